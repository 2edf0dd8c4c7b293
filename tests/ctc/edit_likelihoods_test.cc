// Larger inputs than can be enumerated: against one textbook forward pass per edit, and by what must hold.
#include "ctc/edit_likelihoods.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>

#include "ctc/input.h"
#include "ctc/testing.h"
#include "oracle/ctc_oracle.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

struct Computed {
  Computed(const Matrix& y, const std::vector<int>& labels)
      : posteriors(y.view()),
        lattice(RunForwardBackward(posteriors, labels, kBlank)),
        edits(ComputeEditLikelihoods(posteriors, labels, kBlank, lattice)) {}
  double substitution(std::size_t i, int q) {
    return edits.substitution_row(static_cast<int>(i))[static_cast<std::size_t>(q)];
  }
  double insertion(std::size_t i, int q) {
    return edits.insertion_row(static_cast<int>(i))[static_cast<std::size_t>(q)];
  }

  LinearPosteriors posteriors;
  ForwardBackward lattice;
  EditLikelihoods edits;
};

// Logarithms of e^-10000 and less carry an error of their own in the oracle, hence the second term.
void ExpectSameLog(double actual, double expected) {
  if (expected == oracle::kNever) {
    EXPECT_EQ(actual, expected);
  } else {
    EXPECT_NEAR(actual, expected, 1e-9 + 1e-13 * std::abs(expected));
  }
}

void ExpectAllEditsAgree(const Matrix& y, const std::vector<int>& labels) {
  Computed computed(y, labels);
  ExpectSameLog(computed.lattice.likelihood.Log(), oracle::LogLikelihood(y.view(), labels, kBlank));
  for (std::size_t i = 0; i <= labels.size(); ++i) {
    for (int q = 1; q < y.columns(); ++q) {
      SCOPED_TRACE(testing::Message() << "label " << i << ", column " << q);
      ExpectSameLog(computed.insertion(i, q),
                    oracle::LogLikelihood(y.view(), oracle::Inserted(labels, i, q), kBlank));
      if (i == labels.size()) continue;
      ExpectSameLog(computed.substitution(i, q),
                    oracle::LogLikelihood(y.view(), oracle::Substituted(labels, i, q), kBlank));
    }
    if (i == labels.size()) continue;
    ExpectSameLog(computed.substitution(i, kBlank),
                  oracle::LogLikelihood(y.view(), oracle::Deleted(labels, i), kBlank));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(EditLikelihoods, AgreeWithOneForwardPassPerEdit) {
  std::mt19937 random(11);
  for (const double spread : {0.5, 3.0, 12.0, 40.0}) {
    SCOPED_TRACE(spread);
    const std::vector<int> labels = RandomLabels(random, 9, 10);
    ExpectAllEditsAgree(RandomLogPosteriors(random, 60, 10, spread), labels);
    ExpectAllEditsAgree(RandomLogPosteriors(random, MinFrames(labels), 10, spread), labels);
    ExpectAllEditsAgree(SpokenLogPosteriors(random, labels, 60, 10), labels);
  }
}

// In 80 frames the substitutes fall e^-8000 behind: no scale that all labels share holds them, and each must
// be found lost and computed by itself.
TEST(EditLikelihoods, AreExactWhereOneLabelIsCertainAndTheOthersImpossible) {
  Matrix y(80, 6, -100.0F);
  for (int t = 0; t < y.rows(); ++t) y(t, t < 40 ? 2 : 3) = 0.0F;
  ExpectAllEditsAgree(y, {2, 3});
  ExpectAllEditsAgree(y, {2});
  ExpectAllEditsAgree(y, {5, 4, 5});
  ExpectAllEditsAgree(y, {3, 3, 2, 2});
}

// What enters grows by hundreds of nats over the frames, what leaves shrinks, and the other way round.
TEST(EditLikelihoods, AreExactWhereTheLikelihoodsRiseAndFallSteeply) {
  std::mt19937 random(3);
  Matrix y = RandomLogPosteriors(random, 90, 5, 60.0);
  for (int t = 0; t < y.rows(); ++t) y(t, kBlank) = t % 30 < 15 ? -250.0F : -1.0F;
  ExpectAllEditsAgree(y, {1, 2, 2, 3, 4, 1});
}

RC_GTEST_PROP(EditLikelihoodsProperty, ReplacingALabelByItselfChangesNothing, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int num_columns = *rc::gen::inRange(2, 41);
  const std::vector<int> labels = RandomLabels(random, *rc::gen::inRange(1, 30), num_columns);
  const int num_frames = MinFrames(labels) + *rc::gen::inRange(0, 120);
  const double spread = *rc::gen::element(0.1, 2.0, 10.0, 50.0);
  Computed computed(RandomLogPosteriors(random, num_frames, num_columns, spread), labels);
  const double canonical = computed.lattice.likelihood.Log();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    RC_ASSERT(std::abs(computed.substitution(i, labels[i]) - canonical) < 1e-9);
  }
}

RC_GTEST_PROP(ForwardBackwardProperty, EveryFrameIsInSomeState, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int num_columns = *rc::gen::inRange(2, 41);
  const std::vector<int> labels = RandomLabels(random, *rc::gen::inRange(1, 40), num_columns);
  const int num_frames = MinFrames(labels) + *rc::gen::inRange(0, 200);
  const double spread = *rc::gen::element(0.1, 2.0, 10.0, 50.0);
  const Computed computed(RandomLogPosteriors(random, num_frames, num_columns, spread), labels);
  for (int t = 0; t < num_frames; ++t) {
    double sum = 0.0;
    for (int s = 0; s < computed.lattice.num_states; ++s) {
      const int label = s % 2 == 1 ? labels[static_cast<std::size_t>(s / 2)] : kBlank;
      sum += computed.lattice.Occupancy(t, s, computed.posteriors(t, label));
    }
    RC_ASSERT(std::abs(sum - 1.0) < 1e-9);
  }
}

}  // namespace
}  // namespace higgins::ctc
