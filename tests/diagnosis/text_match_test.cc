#include "diagnosis/text_match.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "types/findings.h"

namespace higgins {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(TextMatch, IsTheFormulaOfItsHeader) {
  // m = (2 * -0.6 - 4 - 6 - 10) / 5 = -4.24, of which the last was floored.
  EXPECT_NEAR(TextMatch({-4.0F, -6.0F, -25.0F}), 1.0 / (1.0 + std::exp(-3.0 * (-4.24 + 4.8))), 1e-9);
}

TEST(TextMatch, WhatIsReadWellIsCertain) { EXPECT_GT(TextMatch(std::vector<float>(20, -0.5F)), 0.999); }

TEST(TextMatch, WhatAPoorLearnerReadsWasRead) {
  // Every third phone is quite wrong.
  std::vector<float> gop;
  for (int i = 0; i < 30; ++i) gop.push_back(i % 3 == 0 ? -15.0F : -1.5F);
  EXPECT_GT(TextMatch(gop), 0.75);
}

TEST(TextMatch, AnotherTextIsNotWhatWasRead) {
  EXPECT_LT(TextMatch(std::vector<float>(10, -8.0F)), 0.01);
  EXPECT_LT(TextMatch(std::vector<float>(4, -kInfinity)), kTextMismatchBelow);
}

TEST(TextMatch, OneOrTwoWrongPhonesAreAnErrorAndNoOtherText) {
  EXPECT_GT(TextMatch({-30.0F}), kTextMismatchBelow);
  EXPECT_GT(TextMatch({-30.0F, -30.0F, -0.5F}), kTextMismatchBelow);
}

TEST(TextMatch, WithoutPhonesNothingSpeaksAgainstIt) { EXPECT_EQ(TextMatch({}), 1.0); }

RC_GTEST_PROP(TextMatch, IsAProbabilityThatABetterPhoneNeverLowers, ()) {
  std::vector<float> gop;
  for (const int tenths :
       *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 300)))) {
    gop.push_back(-0.1F * static_cast<float>(tenths));
  }
  const double match = TextMatch(gop);
  RC_ASSERT(match >= 0.0 && match <= 1.0);
  gop[*rc::gen::inRange<std::size_t>(0, gop.size())] = 0.0F;
  RC_ASSERT(TextMatch(gop) >= match);
}

}  // namespace
}  // namespace higgins
