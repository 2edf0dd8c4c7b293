// The lexicon against the corpora, where they stand beside the project.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lexicon/pack_files.h"

namespace higgins::lexicon {
namespace {

struct Counts {
  int texts = 0;
  int words = 0;
  int with_phones = 0;  ///< words of which a variant is what the corpus says
};

/// The corpus's phones of a word as labels, stress apart; empty when a phone is not in the set.
std::vector<int> LabelsOf(const nlohmann::json& phones, const PhoneSet& phone_set) {
  std::vector<int> labels;
  for (const auto& name : phones) {
    const auto phone = ParsePhone(name.get<std::string>(), phone_set);
    if (!phone) return {};
    labels.push_back(phone->label);
  }
  return labels;
}

bool HasVariant(const PromptWord& word, const std::vector<int>& labels) {
  return std::any_of(
      word.pronunciations.begin(), word.pronunciations.end(), [&](const Pronunciation& variant) {
        return std::equal(variant.phones.begin(), variant.phones.end(), labels.begin(), labels.end(),
                          [](const Phone& phone, int label) { return phone.label == label; });
      });
}

void CountRecord(const nlohmann::json& record, const PhoneSet& phone_set, Counts& counts) {
  const auto text = record.value("text", std::string());
  if (text.empty()) return;
  ++counts.texts;
  const auto prompt = ShippedLexicon().Lookup(text);
  ASSERT_TRUE(prompt.has_value()) << text << ": " << prompt.error().message;
  const auto words = record.value("words", nlohmann::json::array());
  ASSERT_EQ(prompt->words.size(), words.size()) << text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    ++counts.words;
    counts.with_phones += HasVariant(prompt->words[i], LabelsOf(words[i]["phones"], phone_set)) ? 1 : 0;
  }
}

class Corpus : public testing::TestWithParam<std::pair<const char*, double>> {};

TEST_P(Corpus, EveryTextIsReadAndMostWordsAreSaidAsItsPhones) {
  const auto& [name, least_share] = GetParam();
  std::ifstream labels(std::string(HIGGINS_SOURCE_DIR) + "/../shared/" + name + "/labels.jsonl");
  if (!labels) GTEST_SKIP() << "no corpus " << name << " beside the project";
  const PhoneSet phone_set = CmuPhones();
  Counts counts;
  for (std::string line; std::getline(labels, line);) {
    CountRecord(nlohmann::json::parse(line), phone_set, counts);
    if (HasFatalFailure()) return;
  }
  ASSERT_GT(counts.words, 0);
  const double share = static_cast<double>(counts.with_phones) / counts.words;
  std::printf("%s: %d texts, %d words, of which the corpus's phones are a variant: %.1f %%\n", name,
              counts.texts, counts.words, 100.0 * share);
  EXPECT_GE(share, least_share);
}

INSTANTIATE_TEST_SUITE_P(Shared, Corpus,
                         testing::Values(std::pair<const char*, double>{"so762", 0.88},
                                         std::pair<const char*, double>{"native", 0.99}),
                         [](const auto& test) { return std::string(test.param.first); });

}  // namespace
}  // namespace higgins::lexicon
