#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "sample_report.h"

namespace higgins {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> out;
  for (const auto& [key, value] : object.items()) out.push_back(key);
  return out;
}

// The example of the issue, field by field: what a client written against it reads.
TEST(Json, HoldsThePublicContract) {
  const Json json = Json::parse(ToJson(SampleReport()));
  EXPECT_EQ(json["utterance"].dump(),
            R"({"accuracy":0.82,"fluency":0.91,"prosody":0.76,"completeness":0.95,"total":0.85})");
  const Json& quick = json["words"][0];
  EXPECT_EQ(quick["word"], "quick");
  EXPECT_EQ(quick["accuracy"], 0.65);
  EXPECT_EQ(quick["stress"], 0.7);
  EXPECT_EQ(quick["total"], 0.67);
  const Json& w = quick["phonemes"][1];
  EXPECT_EQ(w["phone"], "W");
  EXPECT_EQ(w["score"], 0.4);
  EXPECT_EQ(w["expected"], "W");
  EXPECT_EQ(w["actual"], "V");
  EXPECT_EQ(w["error"], "substitution");
  EXPECT_TRUE(quick["phonemes"][0]["error"].is_null());
  EXPECT_TRUE(json["words"][1]["phonemes"][3]["expected"].is_null());
  EXPECT_EQ(json["words"][1]["phonemes"][3]["error"], "insertion");
  EXPECT_TRUE(json["words"][2]["phonemes"][2]["actual"].is_null());
  EXPECT_EQ(json["words"][2]["phonemes"][2]["error"], "deletion");
  const Json& error = json["mispronunciations"][0];
  EXPECT_EQ(error["word"], "quick");
  EXPECT_EQ(error["phone_index"], 1);
  EXPECT_EQ(error["expected"], "W");
  EXPECT_EQ(error["actual"], "V");
  EXPECT_EQ(error["type"], "substitution");
  EXPECT_EQ(error["suggestion"], "Make a small circle with your lips.");
  EXPECT_TRUE(json["added_speech"][0]["after_word"].is_null());
  const Json& again = json["added_speech"][1];
  EXPECT_EQ(again["after_word"], 0);
  EXPECT_EQ(again["before_word"], 1);
  EXPECT_EQ(again["probability"], 0.8765);
  EXPECT_EQ(again["phones"], Json::parse(R"(["K","W"])"));
  EXPECT_EQ(again["repeats_begin"], 0);
  EXPECT_EQ(again["repeats_end"], 1);
  EXPECT_TRUE(json["added_speech"][2]["repeats_begin"].is_null());
  EXPECT_TRUE(json["added_speech"][2]["repeats_end"].is_null());
}

TEST(Json, PausesSayWhereHowLongAndWhetherTheyBelong) {
  const Json json = Json::parse(ToJson(SampleReport(), Detail::kSentence));
  EXPECT_EQ(json["pauses"], Json::parse(R"([
    {"after_word": 0, "before_word": 1, "start_ms": 540, "end_ms": 760, "at_mark": true, "noticed_probability": 0},
    {"after_word": 1, "before_word": 2, "start_ms": 1100, "end_ms": 1820, "at_mark": false, "noticed_probability": 0.9123}])"));
}

TEST(Json, KeysComeInAFixedOrder) {
  const Json json = Json::parse(ToJson(SampleReport()));
  EXPECT_EQ(Keys(json),
            (std::vector<std::string>{"utterance", "words", "mispronunciations", "quality", "warnings",
                                      "text", "language", "words_per_minute", "text_match", "added_speech",
                                      "pauses", "engine_version", "pack_version"}));
  EXPECT_EQ(ToJson(SampleReport()), ToJson(SampleReport()));
}

TEST(Json, DetailRemovesPhonesThenWords) {
  const Json word = Json::parse(ToJson(SampleReport(), Detail::kWord));
  ASSERT_EQ(word["words"].size(), 3U);
  for (const Json& entry : word["words"]) EXPECT_FALSE(entry.contains("phonemes"));
  const Json sentence = Json::parse(ToJson(SampleReport(), Detail::kSentence));
  EXPECT_FALSE(sentence.contains("words"));
  EXPECT_EQ(sentence["mispronunciations"].size(), 3U);
}

TEST(Json, IsOneLine) { EXPECT_THAT(ToJson(SampleReport()), Not(HasSubstr("\n"))); }

TEST(Json, NumbersAreFiniteRoundedAndNeverNegativeZero) {
  Report report = SampleReport();
  report.utterance.accuracy = std::nan("");
  report.utterance.fluency = std::numeric_limits<double>::infinity();
  report.utterance.prosody = -0.0;
  report.utterance.total = 2.0 / 3.0;
  report.quality.snr_db = -std::numeric_limits<double>::infinity();
  report.quality.level_dbfs = std::numeric_limits<double>::max();
  const std::string text = ToJson(report);
  const Json json = Json::parse(text);
  EXPECT_THAT(text, HasSubstr(R"("accuracy":0.0,"fluency":0.0,"prosody":0.0,)"));
  EXPECT_EQ(json["utterance"]["total"], 0.6667);
  EXPECT_EQ(json["quality"]["snr_db"], 0.0);
  for (const char* bad : {"-0.0,", "-0.0}", "nan", "inf", ":null,\"level_dbfs\""})
    EXPECT_THAT(text, Not(HasSubstr(bad)));
}

TEST(Json, TextThatIsNotUtf8IsReplaced) {
  Report report = SampleReport();
  report.text = "caf\xE9 \xF0\x9F\x98 \x80";
  report.words[0].word = "\xFF\xFE";
  const Json json = Json::parse(ToJson(report));
  EXPECT_THAT(json["text"].get<std::string>(), HasSubstr("caf\xEF\xBF\xBD "));
  EXPECT_EQ(json["words"][0]["word"], "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_TRUE(Json::accept(ToJson(std::vector<WordPronunciations>{{"\xC3", 0, 1, {}}})));
}

TEST(Json, ControlCharactersAreEscaped) {
  Report report;
  report.text = std::string("a\0b\x1F\"\\", 6);
  EXPECT_EQ(Json::parse(ToJson(report))["text"], report.text);
}

}  // namespace
}  // namespace higgins
