#include "diagnosis/pauses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
    return JudgePauses({{before, after, frames}}, Flatten(prompt, chosen), prompt, kShiftMs);
  }
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
  EXPECT_EQ(judged[0].after_word, 0);
  EXPECT_EQ(judged[0].before_word, 1);
  EXPECT_FALSE(judged[0].at_mark);
  EXPECT_DOUBLE_EQ(judged[0].noticed_probability, NoticedProbability(1.0));
}

TEST_F(JudgePausesTest, WhereTheTextHasAMarkItBelongs) {
  for (const char* text :
       {"well, then", "stop. go", "one; two", "said: go", "who? me", "she (who", "so \u2014 no",
        "so\u2026 no", "so - no", "so -- no", "so--no", "so\u00bb no", "line\nline", "\u201cso\u201d no"}) {
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

TEST_F(JudgePausesTest, APointThatBelongsToAWordIsNoMark) {
  Prompt prompt{.text = "John F. Kennedy",
                .words = {{"john", 0, 4, {}}, {"f", 5, 6, {}}, {"kennedy", 8, 15, {}}}};
  for (PromptWord& word : prompt.words) word.pronunciations = {{{{1, -1}}, PronunciationSource::kDictionary}};
  const CanonicalPhones canonical = Flatten(prompt, {0, 0, 0});
  EXPECT_FALSE(JudgePauses({{1, 2, {50, 100}}}, canonical, prompt, kShiftMs)[0].at_mark);
  prompt.text = "at 5pm. Kennedy";  // "p.m." owns its point
  prompt.words[1].char_begin = 3;
  prompt.words[1].char_end = 7;
  EXPECT_TRUE(JudgePauses({{1, 2, {50, 100}}}, canonical, prompt, kShiftMs)[0].at_mark);
  prompt.text = "at 5pm. kennedy";
  EXPECT_FALSE(JudgePauses({{1, 2, {50, 100}}}, canonical, prompt, kShiftMs)[0].at_mark);
}

TEST_F(JudgePausesTest, AWordThatIsNotInTheTextHasNoMarkBesideIt) {
  Prompt prompt = PromptOf("one, two three");
  prompt.words[1].char_begin = prompt.words[1].char_end = 0;
  const CanonicalPhones canonical = Flatten(prompt, {0, 0, 0});
  EXPECT_FALSE(JudgePauses({{1, 2, {50, 100}}}, canonical, prompt, kShiftMs)[0].at_mark);
  EXPECT_FALSE(JudgePauses({{0, 1, {50, 100}}}, canonical, prompt, kShiftMs)[0].at_mark);
}

}  // namespace
}  // namespace higgins
