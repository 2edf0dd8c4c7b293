// docs/report.schema.json describes what ToJson writes. The validator below knows the keywords that the
// schema uses, and fails on any other, so that nothing in the schema goes unchecked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "sample_report.h"

namespace higgins {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  /// What is wrong, a line each with the path; empty when `value` is valid. A property that the schema does
  /// not describe is reported too: JSON Schema would let it pass, but here it is a field that nobody
  /// documented.
  std::vector<std::string> Check(const Json& value) {
    errors_.clear();
    Visit(root_, value, "$");
    return errors_;
  }

 private:
  static bool HasType(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "boolean") return value.is_boolean();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "null") return value.is_null();
    ADD_FAILURE() << "unknown type " << type;
    return false;
  }

  void Visit(const Json& schema, const Json& value, const std::string& path) {
    for (const auto& [keyword, rule] : schema.items()) {
      if (!Applies(schema, keyword, rule, value, path)) errors_.push_back(path + ": " + keyword);
    }
  }

  bool Applies(const Json& schema, const std::string& keyword, const Json& rule, const Json& value,
               const std::string& path) {
    if (keyword == "$schema" || keyword == "$defs" || keyword == "title" || keyword == "description")
      return true;
    if (keyword == "$ref") {
      Visit(root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, path);
      return true;
    }
    if (keyword == "type") return HasType(value, rule);
    if (keyword == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (keyword == "minimum") return !value.is_number() || value >= rule;
    if (keyword == "maximum") return !value.is_number() || value <= rule;
    if (keyword == "minLength") return !value.is_string() || value.get<std::string>().size() >= rule;
    if (keyword == "pattern") {
      return !value.is_string() ||
             std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
    }
    if (keyword == "anyOf") {
      return std::any_of(rule.begin(), rule.end(), [&](const Json& option) {
        Validator one(root_);
        one.Visit(option, value, path);
        return one.errors_.empty();
      });
    }
    if (keyword == "required") {
      return std::all_of(rule.begin(), rule.end(), [&](const Json& name) { return value.contains(name); });
    }
    if (keyword == "properties") {
      for (const auto& [name, member] : value.items()) {
        if (rule.contains(name)) {
          Visit(rule[name], member, path + "." + name);
        } else {
          errors_.push_back(path + "." + name + ": not described");
        }
      }
      return true;
    }
    if (keyword == "items") {
      for (std::size_t i = 0; i < value.size(); ++i)
        Visit(rule, value[i], path + "[" + std::to_string(i) + "]");
      return true;
    }
    ADD_FAILURE() << "the test does not know the keyword " << keyword << " in " << schema.dump();
    return false;
  }

  const Json& root_;
  std::vector<std::string> errors_;
};

class SchemaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(HIGGINS_SOURCE_DIR) + "/docs/report.schema.json");
    ASSERT_TRUE(file.is_open());
    schema_ = Json::parse(file);
  }
  std::vector<std::string> Check(const Json& value) const { return Validator(schema_).Check(value); }

  Json schema_;
};

TEST_F(SchemaTest, DescribesEveryOutput) {
  EXPECT_EQ(schema_["$schema"], "https://json-schema.org/draft/2020-12/schema");
  for (const Detail detail : {Detail::kFull, Detail::kWord, Detail::kSentence}) {
    EXPECT_THAT(Check(Json::parse(ToJson(SampleReport(), detail))), IsEmpty());
    EXPECT_THAT(Check(Json::parse(ToJson(Report(), detail))), IsEmpty());
  }
}

TEST_F(SchemaTest, RefusesWhatBreaksTheContract) {
  const Json good = Json::parse(ToJson(SampleReport()));
  const auto errors_after = [&](const std::string& pointer, const Json& patch) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = patch;
    return Check(bad);
  };
  EXPECT_THAT(errors_after("/utterance/total", 1.2), Contains("$.utterance.total: maximum"));
  EXPECT_THAT(errors_after("/utterance/total", "high"), Contains("$.utterance.total: type"));
  EXPECT_THAT(errors_after("/words/0/phonemes/0/error", "none"),
              Contains("$.words[0].phonemes[0].error: enum"));
  EXPECT_THAT(errors_after("/words/0/phonemes/0/expected", 3), Contains(HasSubstr("anyOf")));
  EXPECT_THAT(errors_after("/words/0/phonemes/0/phone", "W1"), Contains(HasSubstr("pattern")));
  EXPECT_THAT(errors_after("/words/0/source", "guess"), Contains(HasSubstr("enum")));
  EXPECT_THAT(errors_after("/mispronunciations/0/suggestion", ""), Contains(HasSubstr("minLength")));
  EXPECT_THAT(errors_after("/mispronunciations/0/type", nullptr), Contains(HasSubstr("enum")));
  EXPECT_THAT(errors_after("/new_field", 1), Contains("$.new_field: not described"));
  Json bad = good;
  bad["words"][0].erase("stress");
  EXPECT_THAT(Check(bad), Contains("$.words[0]: required"));
}

}  // namespace
}  // namespace higgins
