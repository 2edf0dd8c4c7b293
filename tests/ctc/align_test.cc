#include "ctc/align.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

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

// Blank, 1, a stretch of 3 and 2 with blanks in it, 2, blank.
TEST(AlignWithAdded, FindsWhatIsNoneOfTheLabelsWithoutTheBlanksAroundIt) {
  const Matrix y = Saying({0, 1, 0, 3, 0, 2, 3, 0, 2, 0}, 4);
  const auto path = AlignWithAdded(y.view(), std::vector<int>{1, 2}, std::vector<int>{1}, kBlank, 1.0);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->said.phones, (std::vector<FrameSpan>{{1, 2}, {8, 9}}));
  EXPECT_EQ(path->added, (std::vector<FrameSpan>{{3, 7}}));
}

// 3 at odds of two to one with the blank.
TEST(AlignWithAdded, HoldsPhonesThatAreNotSureOfThemselves) {
  Matrix y = Saying({0, 1, 0, 2, 0, 3, 0, 0, 2, 0}, 4);
  y(5, 3) = std::log(0.6F);
  y(5, kBlank) = std::log(0.3F);
  const auto path = AlignWithAdded(y.view(), std::vector<int>{1, 2}, std::vector<int>{1}, kBlank, 1.5);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->said.phones, (std::vector<FrameSpan>{{1, 2}, {8, 9}}));
  EXPECT_EQ(path->added, (std::vector<FrameSpan>{{3, 6}}));
}

TEST(AlignWithAdded, IsEmptyWhereNothingWasSaid) {
  const Matrix y = Saying({0, 1, 0, 0, 2, 0}, 4);
  for (const int place : {0, 1, 2}) {
    const auto path = AlignWithAdded(y.view(), std::vector<int>{1, 2}, std::vector<int>{place}, kBlank, 1.0);
    ASSERT_TRUE(path);
    EXPECT_EQ(path->said.phones, (std::vector<FrameSpan>{{1, 2}, {4, 5}})) << place;
    EXPECT_EQ(path->added[0].begin, path->added[0].end) << place;
  }
}

TEST(AlignWithAdded, RefusesPlacesThatAreNone) {
  const Matrix y = Saying({0, 1, 0, 0, 2, 0}, 4);
  for (const std::vector<int>& places : {std::vector<int>{3}, {-1}, {1, 1}, {1, 0}}) {
    const auto path = AlignWithAdded(y.view(), std::vector<int>{1, 2}, places, kBlank, 1.0);
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(AlignWithAdded, RefusesTooFewFrames) {
  const Matrix y = Saying({1, 2}, 3);
  const auto path = AlignWithAdded(y.view(), std::vector<int>{1, 2}, std::vector<int>{1}, kBlank, 1.0);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kAudioTooShort);
}

// The best of all ways to give each token of `tokens` (kAny: added speech) a span of frames.
class BestSpans {
 public:
  static constexpr int kAny = -1;
  BestSpans(const Matrix& y, const std::vector<int>& tokens, double cost)
      : y_(y), tokens_(tokens), cost_(cost) {}

  double From(std::size_t token, int frame) const {
    if (token == tokens_.size()) return Blank(frame, y_.rows());
    double best = -1e9;
    const bool twin = token > 0 && tokens_[token] == tokens_[token - 1] && tokens_[token] != kAny;
    for (int begin = frame + (twin ? 1 : 0); begin < y_.rows(); ++begin) {
      double said = 0.0;
      for (int end = begin + 1; end <= y_.rows(); ++end) {
        said += Said(tokens_[token], end - 1);
        best = std::max(best, Blank(frame, begin) + said + From(token + 1, end));
      }
    }
    return best;
  }

 private:
  double Blank(int begin, int end) const {
    double sum = 0.0;
    for (int t = begin; t < end; ++t) sum += y_(t, kBlank);
    return sum;
  }
  double Said(int token, int t) const {
    if (token != kAny) return y_(t, token);
    const double blank = y_(t, kBlank);
    return std::max(blank, std::log1p(-std::exp(blank)) - cost_);
  }
  const Matrix& y_;
  const std::vector<int>& tokens_;
  double cost_;
};

RC_GTEST_PROP(AlignWithAddedProperty, IsTheBestOfAllPaths, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const std::vector<int> labels = RandomLabels(random, *rc::gen::inRange(1, 4), 4);
  const double cost = 0.5 * *rc::gen::inRange(0, 6);
  std::vector<int> places, tokens;
  for (std::size_t i = 0; i <= labels.size(); ++i) {
    if (*rc::gen::inRange(0, 3) == 0) {
      places.push_back(static_cast<int>(i));
      tokens.push_back(BestSpans::kAny);
    }
    if (i < labels.size()) tokens.push_back(labels[i]);
  }
  const Matrix y = RandomLogPosteriors(random, 2 * static_cast<int>(tokens.size()) + 1, 4, 2.0);
  const auto path = AlignWithAdded(y.view(), labels, places, kBlank, cost);
  RC_ASSERT(path);
  RC_ASSERT(std::abs(path->said.log_likelihood - BestSpans(y, tokens, cost).From(0, 0)) < 1e-4);
  RC_ASSERT(path->added.size() == places.size());
  // In order: every addition between the labels beside it.
  for (std::size_t a = 0; a < places.size(); ++a) {
    const FrameSpan span = path->added[a];
    if (span.begin == span.end) continue;
    const auto place = static_cast<std::size_t>(places[a]);
    RC_ASSERT(place == 0 || path->said.phones[place - 1].end <= span.begin);
    RC_ASSERT(place == labels.size() || span.end <= path->said.phones[place].begin);
  }
}

TEST(AlignPrefix, EndsWhereTheSpeakerIs) {
  const std::vector<int> labels{1, 2, 3};
  EXPECT_EQ(AlignPrefix(Saying({0, 0, 0}, 4).view(), labels, kBlank)->phones.size(), 0U);
  const Result<Alignment> part = AlignPrefix(Saying({0, 1, 1, 0, 2, 0}, 4).view(), labels, kBlank);
  ASSERT_TRUE(part);
  ASSERT_EQ(part->phones.size(), 2U);
  EXPECT_EQ(part->phones[0], (FrameSpan{1, 3}));
  EXPECT_EQ(part->phones[1], (FrameSpan{4, 5}));
  EXPECT_EQ(AlignPrefix(Saying({1, 2, 3, 0}, 4).view(), labels, kBlank)->phones.size(), 3U);
  EXPECT_EQ(AlignPrefix(Saying({1}, 4).view(), labels, kBlank)->phones.size(),
            1U);  // fewer frames than labels
}

TEST(AlignPrefix, RefusesLabelsThatAreNotThere) {
  const Matrix y = Saying({1, 2}, 4);
  for (const std::vector<int>& labels : {std::vector<int>{}, {1, 9}, {kBlank}, {-1}}) {
    const Result<Alignment> alignment = AlignPrefix(y.view(), labels, kBlank);
    ASSERT_FALSE(alignment);
    EXPECT_EQ(alignment.error().code, ErrorCode::kInvalidArgument);
  }
}

RC_GTEST_PROP(AlignPrefixProperty, IsTheBestOfAllPrefixes, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const std::vector<int> labels = RandomLabels(random, *rc::gen::inRange(1, 8), 6);
  const int num_frames = *rc::gen::inRange(1, 20);
  const Matrix y = RandomLogPosteriors(random, num_frames, 6, *rc::gen::element(1.0, 30.0));
  double best = 0.0;  // of saying nothing
  for (int t = 0; t < num_frames; ++t) best += Floored(y.view()(t, kBlank));
  for (std::size_t size = 1; size <= labels.size(); ++size) {
    const Result<Alignment> whole = Align(y.view(), std::span(labels).first(size), kBlank);
    if (whole) best = std::max(best, whole->log_likelihood);
  }
  const Result<Alignment> prefix = AlignPrefix(y.view(), labels, kBlank);
  RC_ASSERT(prefix.has_value());
  RC_ASSERT(std::abs(prefix->log_likelihood - best) < 1e-6);
}

}  // namespace
}  // namespace higgins::ctc
