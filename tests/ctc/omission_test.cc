// Against the definition: the likelihood of the text without the word, by a forward pass of its own.
#include "ctc/omission.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "ctc/forward_backward.h"
#include "ctc/input.h"
#include "ctc/testing.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

RC_GTEST_PROP(OmissionProperty, IsTheRatioOfTheLikelihoods, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int num_labels = 5;
  std::vector<int> labels, word_of_label;
  const int num_words = *rc::gen::inRange(1, 5);
  for (int w = 0; w < num_words; ++w) {
    const int length = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < length; ++i) {
      labels.push_back(1 + static_cast<int>(random() % (num_labels - 1)));
      word_of_label.push_back(w);
    }
  }
  const int num_frames = MinFrames(labels) + static_cast<int>(random() % 12);
  const Matrix y = RandomLogPosteriors(random, num_frames, num_labels, *rc::gen::element(0.5, 3.0, 30.0));
  const auto ratios = OmissionRatios(y.view(), labels, word_of_label, num_words, kBlank);
  RC_ASSERT(ratios.has_value());
  const LinearPosteriors posteriors(y.view());
  const double whole = ForwardLogLikelihood(posteriors, labels, kBlank);
  for (int w = 0; w < num_words; ++w) {
    std::vector<int> rest;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (word_of_label[i] != w) rest.push_back(labels[i]);
    }
    double without = 0.0;
    if (rest.empty()) {
      for (int t = 0; t < num_frames; ++t) without += Floored(y.view()(t, kBlank));
    } else {
      without = ForwardLogLikelihood(posteriors, rest, kBlank);
    }
    const double expected = without - whole;
    RC_ASSERT(std::abs((*ratios)[static_cast<std::size_t>(w)] - expected) <
              1e-6 * (1.0 + std::abs(expected)));
  }
}

TEST(Omission, RefusesWhatDoesNotFit) {
  std::mt19937 random(1);
  const Matrix y = RandomLogPosteriors(random, 10, 4, 1.0);
  EXPECT_FALSE(OmissionRatios(y.view(), std::vector<int>{1, 2}, std::vector<int>{0}, 1, kBlank));
  EXPECT_FALSE(OmissionRatios(y.view(), std::vector<int>{1, 9}, std::vector<int>{0, 0}, 1, kBlank));
}

}  // namespace
}  // namespace higgins::ctc
