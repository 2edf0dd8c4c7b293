#include "diagnosis/pauses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace higgins {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr double kShiftMs = 20.0;

/// Words of one phone each, at the places of `text` that hold letters.
Prompt PromptOf(const std::string& text) {
  Prompt prompt{.text = text, .words = {}};
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t end = 0, begin; (begin = text.find_first_of(letters, end)) != std::string::npos;) {
    end = std::min(text.size(), text.find_first_not_of(letters, begin));
    prompt.words.push_back({text.substr(begin, end - begin),
                            static_cast<int>(begin),
                            static_cast<int>(end),
                            {{{{1, -1}}, PronunciationSource::kDictionary}}});
  }
  return prompt;
}

class JudgePausesTest : public ::testing::Test {
 protected:
  std::vector<JudgedPause> Judge(const std::string& text, FrameSpan frames = {50, 100}, int before = 0,
                                 int after = 1) const {
    const Prompt prompt = PromptOf(text);
    const std::vector<int> chosen(prompt.words.size(), 0);
    return JudgePauses({{before, after, frames}}, Flatten(prompt, chosen), prompt, reading_, kShiftMs);
  }
  Reading reading_;
};

TEST_F(JudgePausesTest, LongerPausesAreNoticedMore) {
  double previous = 0.0;
  for (const double seconds : {0.2, 0.3, 0.5, 0.8, 1.5, 5.0}) {
    const double p = NoticedProbability(seconds);
    EXPECT_GT(p, previous) << seconds;
    EXPECT_LT(p, 1.0) << seconds;
    previous = p;
  }
  EXPECT_LT(NoticedProbability(0.2), 0.3);
  EXPECT_GT(NoticedProbability(1.5), 0.8);
}

TEST_F(JudgePausesTest, APauseWithinAPhraseIsNoticed) {
  const std::vector<JudgedPause> judged = Judge("the house");
  ASSERT_THAT(judged, SizeIs(1));
  EXPECT_EQ(judged[0].before_word, 1);
  EXPECT_FALSE(judged[0].at_mark);
  EXPECT_DOUBLE_EQ(judged[0].noticed_probability, NoticedProbability(1.0));
}

TEST_F(JudgePausesTest, WhereTheTextHasAMarkItBelongs) {
  for (const char* text : {"well, then", "stop. go", "one; two", "said: go", "who? me", "she (who",
                           "so \u2014 no", "so\u2026 no", "so - no", "line\nline", "\u201cso\u201d no"}) {
    const std::vector<JudgedPause> judged = Judge(text);
    ASSERT_THAT(judged, SizeIs(1)) << text;
    EXPECT_TRUE(judged[0].at_mark) << text;
    EXPECT_EQ(judged[0].noticed_probability, 0.0) << text;
  }
  for (const char* text : {"the house", "well-known", "the  house", "it's"}) {
    EXPECT_FALSE(Judge(text)[0].at_mark) << text;
  }
}

TEST_F(JudgePausesTest, AMarkOnEitherSideOfWordsThatWereLeftOutCounts) {
  EXPECT_TRUE(Judge("one, two three", {50, 100}, 0, 2)[0].at_mark);
  EXPECT_TRUE(Judge("one two, three", {50, 100}, 0, 2)[0].at_mark);
  EXPECT_FALSE(Judge("one two three", {50, 100}, 0, 2)[0].at_mark);
  EXPECT_EQ(Judge("one two three", {50, 100}, 0, 2)[0].before_word, 2);
}

TEST_F(JudgePausesTest, WhatWasSaidInAPauseIsNone) {
  reading_.additions = {{.before_word = 1, .frames = {70, 80}, .probability = 0.9, .heard = {1}}};
  const std::vector<JudgedPause> judged = Judge("the house", {50, 100});
  ASSERT_THAT(judged, SizeIs(2));
  EXPECT_EQ(judged[0].frames.begin, 50);
  EXPECT_LE(judged[0].frames.end, 70);
  EXPECT_GE(judged[1].frames.begin, 80);
  EXPECT_EQ(judged[1].frames.end, 100);
  reading_.additions[0].frames = {55, 95};
  EXPECT_THAT(Judge("the house", {50, 100}), IsEmpty()) << "what is left on either side is too short";
  reading_.additions[0].frames = {200, 220};
  EXPECT_THAT(Judge("the house", {50, 100}), SizeIs(1)) << "elsewhere";
}

}  // namespace
}  // namespace higgins
