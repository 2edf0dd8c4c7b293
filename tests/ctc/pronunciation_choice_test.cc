#include "ctc/pronunciation_choice.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "base/log_math.h"
#include "ctc/align.h"
#include "ctc/input.h"
#include "ctc/testing.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

using Variants = std::vector<std::vector<int>>;

Prompt MakePrompt(const std::vector<Variants>& words) {
  Prompt prompt;
  for (const Variants& variants : words) {
    PromptWord word;
    word.text = "word";
    for (const std::vector<int>& labels : variants) {
      Pronunciation pronunciation;
      for (const int label : labels) pronunciation.phones.push_back({label, -1});
      word.pronunciations.push_back(pronunciation);
    }
    prompt.words.push_back(word);
  }
  return prompt;
}

std::vector<int> LabelsOf(const Prompt& prompt, const std::vector<int>& chosen) {
  std::vector<int> labels;
  for (const Phone& phone : Flatten(prompt, chosen).phones) labels.push_back(phone.label);
  return labels;
}

Matrix Saying(const std::vector<int>& path, int num_columns) {
  Matrix y(static_cast<int>(path.size()), num_columns, -5.0F);
  for (int t = 0; t < y.rows(); ++t) y(t, path[static_cast<std::size_t>(t)]) = -0.1F;
  return y;
}

TEST(ChoosePronunciations, TakesTheOnesThatWereSaid) {
  const Prompt prompt = MakePrompt({{{1, 2}, {1, 3}}, {{4}}, {{5, 1}, {5}, {2, 1}}});
  const Result<std::vector<int>> chosen =
      ChoosePronunciations(Saying({0, 1, 3, 3, 0, 4, 0, 5, 5, 0}, 6).view(), prompt, kBlank);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(*chosen, (std::vector<int>{1, 0, 1}));
}

TEST(ChoosePronunciations, PrefersTheCitationFormWhenNothingTells) {
  const Prompt prompt = MakePrompt({{{1, 2}, {1, 2}}, {{3}, {3}, {3}}, {{4, 1}, {4, 2}}});
  const Result<std::vector<int>> chosen = ChoosePronunciations(Matrix(20, 6, -2.0F).view(), prompt, kBlank);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(*chosen, (std::vector<int>{0, 0, 0}));
}

TEST(ChoosePronunciations, AWordWithoutAChoiceGetsTheFirst) {
  const Prompt prompt = MakePrompt({{{1, 2}}, {{3}}});
  const Result<std::vector<int>> chosen = ChoosePronunciations(Saying({1, 2, 3}, 4).view(), prompt, kBlank);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(*chosen, (std::vector<int>{0, 0}));
}

TEST(ChoosePronunciations, TakesTheShorterFormWhereOnlyThatFits) {
  const Prompt prompt = MakePrompt({{{1, 2, 3}, {1}}, {{1, 2}, {2}}});
  EXPECT_EQ(*ChoosePronunciations(Saying({3, 3}, 4).view(), prompt, kBlank), (std::vector<int>{1, 1}));
  const Result<std::vector<int>> too_short = ChoosePronunciations(Saying({3}, 4).view(), prompt, kBlank);
  ASSERT_FALSE(too_short);
  EXPECT_EQ(too_short.error().code, ErrorCode::kAudioTooShort);
}

TEST(ChoosePronunciations, RefusesAPromptThatCannotBeRead) {
  const Matrix y = Saying({1, 2, 3}, 4);
  for (const Prompt& prompt : {MakePrompt({}), MakePrompt({{}}), MakePrompt({{{1}, {}}}),
                               MakePrompt({{{4}, {1}}}), MakePrompt({{{kBlank}}}), MakePrompt({{{-1}}})}) {
    const Result<std::vector<int>> chosen = ChoosePronunciations(y.view(), prompt, kBlank);
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::kInvalidArgument);
  }
}

// The oracle aligns every combination by itself.
RC_GTEST_PROP(ChoosePronunciationsProperty, NoCombinationHasABetterPath, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  std::vector<Variants> words(static_cast<std::size_t>(*rc::gen::inRange(1, 5)));
  for (Variants& variants : words) {
    variants.resize(static_cast<std::size_t>(*rc::gen::inRange(1, 4)));
    for (std::vector<int>& labels : variants) labels = RandomLabels(random, *rc::gen::inRange(1, 4), 4);
  }
  const Prompt prompt = MakePrompt(words);
  const Matrix y = RandomLogPosteriors(random, *rc::gen::inRange(4, 25), 4, 3.0);

  double best = kLogZero;
  std::vector<int> combination(words.size(), 0);
  for (std::size_t w = 0; w < words.size();) {
    const Result<Alignment> alignment = Align(y.view(), LabelsOf(prompt, combination), kBlank);
    if (alignment) best = std::max(best, alignment->log_likelihood);
    for (w = 0; w < words.size() && ++combination[w] == static_cast<int>(words[w].size()); ++w)
      combination[w] = 0;
  }
  const Result<std::vector<int>> chosen = ChoosePronunciations(y.view(), prompt, kBlank);
  if (best == kLogZero) {
    // A prompt without a choice is not looked at; Align says that it does not fit.
    if (chosen) RC_ASSERT(*chosen == std::vector<int>(words.size(), 0));
    return;
  }
  RC_ASSERT(chosen.has_value());
  const Result<Alignment> alignment = Align(y.view(), LabelsOf(prompt, *chosen), kBlank);
  RC_ASSERT(alignment.has_value());
  RC_ASSERT(std::abs(alignment->log_likelihood - best) < 1e-9);
}

}  // namespace
}  // namespace higgins::ctc
