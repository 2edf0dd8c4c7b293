#include "ctc/align.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "ctc/input.h"
#include "ctc/testing.h"

namespace higgins {

bool operator==(const FrameSpan& a, const FrameSpan& b) { return a.begin == b.begin && a.end == b.end; }

}  // namespace higgins

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

/// Frame t says `path[t]` with log posterior -0.1, the other labels have -5.
Matrix Saying(const std::vector<int>& path, int num_columns) {
  Matrix y(static_cast<int>(path.size()), num_columns, -5.0F);
  for (int t = 0; t < y.rows(); ++t) y(t, path[static_cast<std::size_t>(t)]) = -0.1F;
  return y;
}

TEST(Align, FindsTheFramesOfEachLabelWithoutTheBlanks) {
  const Matrix y = Saying({0, 2, 2, 0, 0, 1, 3, 3, 3, 0}, 4);
  const Result<Alignment> alignment = Align(y.view(), std::vector<int>{2, 1, 3}, kBlank);
  ASSERT_TRUE(alignment);
  EXPECT_EQ(alignment->phones, (std::vector<FrameSpan>{{1, 3}, {5, 6}, {6, 9}}));
  EXPECT_NEAR(alignment->log_likelihood, -1.0, 1e-6);
}

TEST(Align, KeepsABlankBetweenEqualLabelsEvenWhereNoneWasHeard) {
  const Matrix y = Saying({2, 2, 2, 2}, 3);
  const Result<Alignment> alignment = Align(y.view(), std::vector<int>{2, 2}, kBlank);
  ASSERT_TRUE(alignment);
  EXPECT_LT(alignment->phones[0].end, alignment->phones[1].begin);
}

TEST(Align, MayFinishInTheLastLabelOrInTheBlankAfterIt) {
  const std::vector<int> labels{1, 2};
  EXPECT_EQ(Align(Saying({1, 1, 2}, 3).view(), labels, kBlank)->phones[1], (FrameSpan{2, 3}));
  EXPECT_EQ(Align(Saying({1, 2, 0}, 3).view(), labels, kBlank)->phones[1], (FrameSpan{1, 2}));
}

TEST(Align, RefusesTooFewFrames) {
  const Result<Alignment> alignment = Align(Saying({1, 1}, 3).view(), std::vector<int>{1, 1}, kBlank);
  ASSERT_FALSE(alignment);
  EXPECT_EQ(alignment.error().code, ErrorCode::kAudioTooShort);
}

RC_GTEST_PROP(AlignProperty, GivesEveryLabelOneSpanInOrder, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const std::vector<int> labels = RandomLabels(random, *rc::gen::inRange(1, 40), 8);
  const int num_frames = MinFrames(labels) + *rc::gen::inRange(0, 100);
  const Result<Alignment> alignment = Align(
      RandomLogPosteriors(random, num_frames, 8, *rc::gen::element(0.0, 1.0, 30.0)).view(), labels, kBlank);
  RC_ASSERT(alignment.has_value());
  RC_ASSERT(alignment->phones.size() == labels.size());
  int end = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const FrameSpan& span = alignment->phones[i];
    RC_ASSERT(span.begin >= end + (i > 0 && labels[i] == labels[i - 1] ? 1 : 0));
    RC_ASSERT(span.end > span.begin);
    end = span.end;
  }
  RC_ASSERT(end <= num_frames);
}

}  // namespace
}  // namespace higgins::ctc
