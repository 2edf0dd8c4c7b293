#include "transports/cli/metrics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace higgins::cli {
namespace {

// Expected values: scipy 1.17 and scikit-learn 1.9.
const std::vector<double> kScores = {0.1, 0.4, 0.35, 0.8, 0.35, 0.9, 0.2, 0.65};
const std::vector<bool> kPositive = {false, false, true, true, false, true, false, false};

TEST(Pearson, AgreesWithScipy) {
  const std::vector<double> predictions = {0.9, 0.7, 0.3, 0.55, 0.2, 0.8, 0.95};
  const std::vector<double> labels = {2.0, 1.8, 0.4, 1.2, 0.0, 2.0, 1.6};
  EXPECT_NEAR(Pearson(predictions, labels), 0.9330344390926175, 1e-12);
  EXPECT_NEAR(MeanSquaredError(predictions, labels), 0.6792857142857143, 1e-12);
}

TEST(Pearson, ByHand) {
  const std::vector<double> x = {1, 2, 3};
  const std::vector<double> rising = {10, 20, 30};
  const std::vector<double> falling = {3, 2, 1};
  const std::vector<double> constant = {5, 5, 5};
  EXPECT_DOUBLE_EQ(Pearson(x, rising), 1.0);
  EXPECT_DOUBLE_EQ(Pearson(x, falling), -1.0);
  EXPECT_EQ(Pearson(x, constant), 0.0);
  EXPECT_EQ(Pearson({}, {}), 0.0);
}

TEST(AreaUnderRoc, AgreesWithScikitLearn) {
  EXPECT_NEAR(AreaUnderRoc(kScores, kPositive), 0.8333333333333333, 1e-12);
}

TEST(AreaUnderRoc, EdgeCases) {
  const std::vector<double> scores = {0.2, 0.2};
  EXPECT_EQ(AreaUnderRoc(scores, {true, false}), 0.5);
  EXPECT_EQ(AreaUnderRoc(scores, {true, true}), 0.5);
  EXPECT_EQ(AreaUnderRoc({}, {}), 0.5);
}

// The definition, pair by pair.
RC_GTEST_PROP(AreaUnderRoc, IsTheShareOfOrderedPairs, ()) {
  const auto coarse = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
  const std::vector<double> scores(coarse.begin(), coarse.end());
  const auto positive = *rc::gen::container<std::vector<bool>>(scores.size(), rc::gen::arbitrary<bool>());
  double num_pairs = 0.0;
  double num_ordered = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (!positive[i] || positive[j]) continue;
      num_pairs += 1.0;
      num_ordered += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
    }
  }
  const double expected = num_pairs > 0.0 ? num_ordered / num_pairs : 0.5;
  RC_ASSERT(std::abs(AreaUnderRoc(scores, positive) - expected) < 1e-12);
}

TEST(DetectionAt, CountsByHand) {
  const OperatingPoint point =
      DetectionAt(0.35, kScores, kPositive);  // flags 6, of which 3 of the 3 positives
  EXPECT_DOUBLE_EQ(point.precision, 0.5);
  EXPECT_DOUBLE_EQ(point.recall, 1.0);
  EXPECT_DOUBLE_EQ(point.f1, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(point.flagged_share, 6.0 / 8.0);
  EXPECT_DOUBLE_EQ(point.false_alarm_share, 3.0 / 5.0);
  const OperatingPoint none = DetectionAt(2.0, kScores, kPositive);
  EXPECT_EQ(none.precision, 0.0);
  EXPECT_EQ(none.f1, 0.0);
}

TEST(BestF1, AgreesWithScikitLearn) {
  const OperatingPoint best = BestF1(kScores, kPositive);
  EXPECT_DOUBLE_EQ(best.threshold, 0.8);
  EXPECT_DOUBLE_EQ(best.f1, 0.8);
  EXPECT_DOUBLE_EQ(best.precision, 1.0);
}

RC_GTEST_PROP(BestF1, IsTheBestOfAllThresholds, ()) {
  const auto coarse = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
  const std::vector<double> scores(coarse.begin(), coarse.end());
  const auto positive = *rc::gen::container<std::vector<bool>>(scores.size(), rc::gen::arbitrary<bool>());
  double best = 0.0;
  for (const double threshold : scores) best = std::max(best, DetectionAt(threshold, scores, positive).f1);
  const OperatingPoint found = BestF1(scores, positive);
  RC_ASSERT(found.f1 == best);
  if (best > 0.0) RC_ASSERT(DetectionAt(found.threshold, scores, positive).f1 == best);
}

TEST(EditDistance, ByHand) {
  const std::vector<std::string> cat = {"K", "AE", "T"};
  EXPECT_EQ(EditDistance(cat, cat), 0);
  EXPECT_EQ(EditDistance(cat, {"K", "EH", "T"}), 1);
  EXPECT_EQ(EditDistance(cat, {"K", "T"}), 1);
  EXPECT_EQ(EditDistance(cat, {"S", "K", "AE", "T", "S"}), 2);
  EXPECT_EQ(EditDistance(cat, {}), 3);
  EXPECT_EQ(EditDistance({}, cat), 3);
  EXPECT_EQ(EditDistance({"AE", "T", "K"}, cat), 2);
}

TEST(Percentile, AgreesWithNumpy) {
  const std::vector<double> values = {40, 15, 50, 35, 20};
  EXPECT_DOUBLE_EQ(Percentile(values, 50), 35.0);
  EXPECT_DOUBLE_EQ(Percentile(values, 95), 48.0);
  EXPECT_DOUBLE_EQ(Percentile(values, 99), 49.6);
  EXPECT_DOUBLE_EQ(Percentile(values, 0), 15.0);
  EXPECT_DOUBLE_EQ(Percentile(values, 100), 50.0);
  EXPECT_EQ(Percentile({}, 50), 0.0);
  EXPECT_EQ(Percentile({7}, 99), 7.0);
}

}  // namespace
}  // namespace higgins::cli
