#include "ctc/gop.h"

#include <cmath>
#include <limits>
#include <random>

#include "ctc/align.h"
#include "ctc/input.h"
#include "ctc/testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "oracle/ctc_oracle.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

GopScores Score(const Matrix& y, const std::vector<int>& labels) {
  const Result<Alignment> alignment = Align(y.view(), labels, kBlank);
  EXPECT_TRUE(alignment) << alignment.error().message;
  Result<GopScores> scores = ComputeGop(y.view(), labels, *alignment, kBlank);
  EXPECT_TRUE(scores) << scores.error().message;
  return *std::move(scores);
}

/// One frame per entry of `path`, in which its label has all but `rest` of the probability.
Matrix Saying(const std::vector<int>& path, int num_columns, double rest) {
  Matrix y(static_cast<int>(path.size()), num_columns,
           static_cast<float>(std::log(rest / (num_columns - 1))));
  for (int t = 0; t < y.rows(); ++t)
    y(t, path[static_cast<std::size_t>(t)]) = static_cast<float>(std::log1p(-rest));
  return y;
}

void ExpectFinite(const GopScores& scores) {
  EXPECT_TRUE(std::isfinite(scores.log_likelihood));
  for (const Matrix* matrix : {&scores.substitution_ratio, &scores.insertion_ratio}) {
    for (const float value : matrix->values()) {
      ASSERT_LE(std::abs(value), kMaxRatioNats);  // false for NaN too
    }
  }
  for (const auto* values : {&scores.gop_s, &scores.gop_sd, &scores.gop_sdi}) {
    for (const float value : *values) {
      ASSERT_LE(value, 0.0F);
      ASSERT_GE(value, -kMaxRatioNats);
    }
  }
  for (const float value : scores.gop_sa) ASSERT_TRUE(std::isfinite(value));
  for (const float value : scores.occupancy.values()) {
    ASSERT_GE(value, 0.0F);
    ASSERT_LE(value, 1.0F);
  }
}

TEST(ComputeGop, EveryFigureFollowsFromTheLikelihoodsOfTheEditedLabels) {
  std::mt19937 random(5);
  const std::vector<int> labels{3, 1, 1, 5, 2};
  const Matrix y = RandomLogPosteriors(random, 30, 6, 3.0);
  const GopScores scores = Score(y, labels);
  const double canonical = oracle::LogLikelihood(y.view(), labels, kBlank);
  const auto ratio_of = [&](const oracle::Labels& edited) {
    return canonical - oracle::LogLikelihood(y.view(), edited, kBlank);
  };
  const auto inserted = [&](std::size_t position) {
    double sum = 0.0;
    for (int q = 1; q < 6; ++q) sum += std::exp(-ratio_of(oracle::Inserted(labels, position, q)));
    return sum;
  };
  EXPECT_NEAR(scores.log_likelihood, canonical, 1e-9);
  ASSERT_EQ(scores.insertion_ratio.rows(), 6);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const int row = static_cast<int>(i);
    double sum = 0.0;
    for (int q = 1; q < 6; ++q) {
      const double ratio = ratio_of(oracle::Substituted(labels, i, q));
      sum += std::exp(-ratio);
      EXPECT_NEAR(scores.substitution_ratio(row, q), ratio, 1e-4);
      EXPECT_NEAR(scores.insertion_ratio(row, q), ratio_of(oracle::Inserted(labels, i, q)), 1e-4);
    }
    const double deletion = ratio_of(oracle::Deleted(labels, i));
    EXPECT_NEAR(scores.substitution_ratio(row, kBlank), deletion, 1e-4);
    EXPECT_EQ(scores.substitution_ratio(row, labels[i]), 0.0F);
    EXPECT_EQ(scores.insertion_ratio(row, kBlank), 0.0F);
    EXPECT_NEAR(scores.gop_s[i], -std::log(sum), 1e-5);
    sum += std::exp(-deletion);
    EXPECT_NEAR(scores.gop_sd[i], -std::log(sum), 1e-5);
    sum += inserted(i) + inserted(i + 1);
    EXPECT_NEAR(scores.gop_sdi[i], -std::log(sum), 1e-5);
    double occupancy = 0.0;
    for (const float value : scores.occupancy.row(row)) occupancy += value;
    EXPECT_NEAR(scores.occupancy_frames[i], occupancy, 1e-4);
  }
}

TEST(ComputeGop, NamesWhatWasSaidInstead) {
  // Said: 1 4 3. Expected: 1 2 3.
  const Matrix y = Saying({0, 1, 1, 0, 4, 0, 3, 0}, 6, 1e-3);
  const GopScores scores = Score(y, {1, 2, 3});
  EXPECT_LT(scores.substitution_ratio(1, 4), -5.0F);
  EXPECT_LT(scores.gop_sd[1], -5.0F);
  EXPECT_GT(scores.gop_sd[0], -0.1F);
  EXPECT_GT(scores.gop_sd[2], -0.1F);
}

TEST(ComputeGop, NamesWhatWasLeftOutAndWhatWasAdded) {
  // Said: 1 3 5. Expected: 1 2 3.
  const GopScores scores = Score(Saying({0, 1, 1, 0, 3, 3, 0, 5, 0}, 6, 1e-3), {1, 2, 3});
  EXPECT_LT(scores.substitution_ratio(1, kBlank), -5.0F);
  EXPECT_LT(scores.insertion_ratio(3, 5), -5.0F);
  EXPECT_GT(scores.insertion_ratio(0, 5), 0.0F);
  EXPECT_LT(scores.gop_sdi[2], scores.gop_sd[2] - 5.0F);
}

TEST(ComputeGop, GopSaIsTheMarginOverTheBestOtherPhoneOfTheSegment) {
  Matrix y(3, 4, -9.0F);
  for (int t = 0; t < 3; ++t) y(t, kBlank) = -0.1F;  // the blank is no competitor
  y(1, 2) = -0.01F;
  y(1, 3) = -4.0F;
  EXPECT_NEAR(Score(y, {2}).gop_sa[0], 3.99, 1e-6);
  EXPECT_NEAR(Score(y, {3}).gop_sa[0], -3.99, 1e-6);
}

TEST(ComputeGop, AnEditThatTheFramesCannotHoldHasTheLargestRatio) {
  const GopScores scores = Score(Saying({1, 2, 1}, 4, 0.1), {1, 2, 1});
  for (int q = 1; q < 4; ++q) EXPECT_EQ(scores.insertion_ratio(1, q), static_cast<float>(kMaxRatioNats));
  EXPECT_EQ(scores.substitution_ratio(1, 1), static_cast<float>(kMaxRatioNats));
  ExpectFinite(scores);
}

TEST(ComputeGop, StaysFiniteAndExactOnALongRecordingOfSomethingElse) {
  std::mt19937 random(9);
  const std::vector<int> labels = RandomLabels(random, 200, 40);
  const Matrix y = SpokenLogPosteriors(random, RandomLabels(random, 200, 40), 1500, 40);
  const GopScores scores = Score(y, labels);
  ExpectFinite(scores);
  for (const std::size_t i : {std::size_t{0}, std::size_t{100}, std::size_t{199}}) {
    const int q = 1 + static_cast<int>(i) % 39;
    const double edited = oracle::LogLikelihood(y.view(), oracle::Substituted(labels, i, q), kBlank);
    EXPECT_NEAR(scores.substitution_ratio(static_cast<int>(i), q), scores.log_likelihood - edited, 1e-3);
  }
}

TEST(ComputeGop, IsFiniteWhereAModelWasCertain) {
  const float never = -std::numeric_limits<float>::infinity();
  Matrix y(12, 5, never);
  for (int t = 0; t < 12; ++t) y(t, t % 3 == 0 ? 1 : kBlank) = 0.0F;
  ExpectFinite(Score(y, {1, 1, 1, 1}));
  ExpectFinite(Score(y, {4, 2, 3}));  // never said
}

TEST(ComputeGop, GivesTheSameBitsEveryTime) {
  std::mt19937 random(2);
  const std::vector<int> labels = RandomLabels(random, 20, 40);
  const Matrix y = SpokenLogPosteriors(random, labels, 120, 40);
  const GopScores first = Score(y, labels);
  const GopScores second = Score(y, labels);
  EXPECT_THAT(first.substitution_ratio.values(),
              testing::ElementsAreArray(second.substitution_ratio.values()));
  EXPECT_EQ(first.gop_sdi, second.gop_sdi);
}

TEST(ComputeGop, RefusesWhatCannotBeScored) {
  const Matrix y = Saying({1, 0, 2}, 4, 0.1);
  const Alignment fits{{{0, 1}, {2, 3}}, 0.0};
  const std::vector<int> labels{1, 2};
  const auto code = [&](const Matrix& matrix, const std::vector<int>& some_labels, const Alignment& alignment,
                        int blank) {
    const Result<GopScores> result = ComputeGop(matrix.view(), some_labels, alignment, blank);
    return result ? ErrorCode::kInternal : result.error().code;
  };
  EXPECT_TRUE(ComputeGop(y.view(), labels, fits, kBlank));
  EXPECT_EQ(code(y, {}, fits, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, {1, 4}, fits, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, {1, -1}, fits, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, {1, kBlank}, fits, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, labels, fits, 4), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(Matrix(), labels, fits, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, {1, 1, 1}, fits, kBlank), ErrorCode::kAudioTooShort);
  EXPECT_EQ(code(y, labels, {{{0, 1}}, 0.0}, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, labels, {{{0, 2}, {1, 3}}, 0.0}, kBlank), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(y, labels, {{{0, 1}, {2, 4}}, 0.0}, kBlank), ErrorCode::kInvalidArgument);
  Matrix damaged = y;
  damaged(1, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code(damaged, labels, fits, kBlank), ErrorCode::kInvalidArgument);
  damaged(1, 1) = 3.0F;
  EXPECT_EQ(code(damaged, labels, fits, kBlank), ErrorCode::kInvalidArgument);
}

TEST(LogLikelihood, CountsTheMandatoryBlanksBetweenEqualLabels) {
  const Matrix y = Saying({1, 0, 1}, 3, 0.1);
  EXPECT_NEAR(*LogLikelihood(y.view(), std::vector<int>{1, 1}, kBlank), 3 * std::log(0.9), 1e-6);
  const Result<double> too_short = LogLikelihood(y.view(), std::vector<int>{1, 1, 2}, kBlank);
  ASSERT_FALSE(too_short);
  EXPECT_EQ(too_short.error().code, ErrorCode::kAudioTooShort);
  EXPECT_THAT(too_short.error().message, testing::HasSubstr("at least 4"));
}

}  // namespace
}  // namespace higgins::ctc
