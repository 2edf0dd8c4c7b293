// Against the definition: the likelihood of the text without every set of its words, each by a forward pass
// of its own.
#include "ctc/omission.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "base/log_math.h"
#include "ctc/forward_backward.h"
#include "ctc/input.h"
#include "ctc/testing.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

// log p of the labels of the words that `omitted` (a bit each) leaves.
double LogLikelihoodWithout(MatrixView<const float> y, const std::vector<int>& labels,
                            const std::vector<int>& word_of_label, unsigned omitted) {
  std::vector<int> rest;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if ((omitted >> word_of_label[i] & 1U) == 0) rest.push_back(labels[i]);
  }
  if (!rest.empty()) return ForwardLogLikelihood(LinearPosteriors(y), rest, kBlank);
  double silence = 0.0;
  for (int t = 0; t < y.rows(); ++t) silence += Floored(y(t, kBlank));
  return silence;
}

RC_GTEST_PROP(OmissionProperty, IsTheShareOfTheReadingsWithoutTheWord, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int num_labels = *rc::gen::inRange(2, 6);  // of two, every label equals its neighbours
  std::vector<int> labels, word_of_label;
  const int num_words = *rc::gen::inRange(1, 5);
  for (int w = 0; w < num_words; ++w) {
    const int length = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < length; ++i) {
      labels.push_back(1 + static_cast<int>(random() % static_cast<unsigned>(num_labels - 1)));
      word_of_label.push_back(w);
    }
  }
  const int num_frames = MinFrames(labels) + static_cast<int>(random() % 12);
  const Matrix y = RandomLogPosteriors(random, num_frames, num_labels, *rc::gen::element(0.5, 3.0, 30.0));
  const double cost = *rc::gen::element(0.0, 1.5, 9.0);
  const auto probabilities = OmissionProbabilities(y.view(), labels, word_of_label, num_words, kBlank, cost);
  RC_ASSERT(probabilities.has_value());
  double all = kLogZero;
  std::vector<double> without(static_cast<std::size_t>(num_words), kLogZero);
  for (unsigned omitted = 0; omitted < 1U << num_words; ++omitted) {
    const double weight = LogLikelihoodWithout(y.view(), labels, word_of_label, omitted) -
                          cost * static_cast<double>(std::popcount(omitted));
    all = LogAdd(all, weight);
    for (int w = 0; w < num_words; ++w) {
      double& sum = without[static_cast<std::size_t>(w)];
      if ((omitted >> w & 1U) != 0) sum = LogAdd(sum, weight);
    }
  }
  for (std::size_t w = 0; w < without.size(); ++w) {
    RC_ASSERT(std::abs((*probabilities)[w] - std::exp(without[w] - all)) < 1e-9);
  }
}

// Sixty words, of which forty-five in the middle were not said: their cost of e^-450 is far outside a
// double's range, and all of them begin with the label that the word before the gap ended with.
TEST(Omission, ALongGapIsFoundWhole) {
  constexpr int kNumWords = 60;
  constexpr int kGapBegin = 7;
  constexpr int kGapEnd = 52;
  std::mt19937 random(3);
  std::vector<int> labels, word_of_label, said;
  for (int w = 0; w < kNumWords; ++w) {
    const bool in_gap = w >= kGapBegin && w < kGapEnd;
    for (int i = 0; i < 3; ++i) {
      const bool is_shared = (in_gap && i == 0) || (w == kGapBegin - 1 && i == 2);
      labels.push_back(is_shared ? 9 : 1 + (5 * w + 3 * i) % 8);
      word_of_label.push_back(w);
      if (!in_gap) said.push_back(labels.back());
    }
  }
  const Matrix y = SpokenLogPosteriors(random, said, 300, 10);
  const auto probabilities = OmissionProbabilities(y.view(), labels, word_of_label, kNumWords, kBlank, 10.0);
  ASSERT_TRUE(probabilities);
  for (int w = 0; w < kNumWords; ++w) {
    const double probability = (*probabilities)[static_cast<std::size_t>(w)];
    if (w >= kGapBegin && w < kGapEnd) {
      EXPECT_GT(probability, 0.99) << w;
    } else if (w != kGapBegin - 1 && w != kGapEnd) {
      EXPECT_LT(probability, 0.01) << w;
    }
  }
}

TEST(Omission, RefusesWhatDoesNotFit) {
  std::mt19937 random(1);
  const Matrix y = RandomLogPosteriors(random, 10, 4, 1.0);
  EXPECT_FALSE(OmissionProbabilities(y.view(), std::vector<int>{1, 2}, std::vector<int>{0}, 1, kBlank, 9));
  EXPECT_FALSE(OmissionProbabilities(y.view(), std::vector<int>{1, 9}, std::vector<int>{0, 0}, 1, kBlank, 9));
}

}  // namespace
}  // namespace higgins::ctc
