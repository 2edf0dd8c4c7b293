// All small inputs against an oracle that writes down every path (the way RE2's exhaustive tests make engines
// agree).
#include <cmath>
#include <random>

#include "ctc/align.h"
#include "ctc/edit_likelihoods.h"
#include "ctc/forward_backward.h"
#include "ctc/gop.h"
#include "ctc/testing.h"
#include "gtest/gtest.h"
#include "oracle/ctc_oracle.h"

namespace higgins::ctc {
namespace {

constexpr double kTolerance = 1e-9;

/// Every sequence of 1 to `max_length` labels out of 0..num_labels-1 but the blank.
std::vector<oracle::Labels> AllSequences(int max_length, int num_labels, int blank) {
  std::vector<oracle::Labels> all{{}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (static_cast<int>(all[i].size()) == max_length) continue;
    for (int label = 0; label < num_labels; ++label) {
      if (label != blank) all.push_back(oracle::Inserted(all[i], all[i].size(), label));
    }
  }
  all.erase(all.begin());
  return all;
}

double LogProbability(const std::map<oracle::Labels, oracle::Labelling>& all, const oracle::Labels& labels) {
  const auto found = all.find(labels);
  return found == all.end() ? oracle::kNever : std::log(found->second.probability);
}

void ExpectSameLog(double actual, double expected, const char* what) {
  if (expected == oracle::kNever) {
    EXPECT_EQ(actual, expected) << what;
  } else {
    EXPECT_NEAR(actual, expected, kTolerance) << what;
  }
}

void ExpectEditsAgree(const Matrix& y, const oracle::Labels& labels, int blank,
                      const std::map<oracle::Labels, oracle::Labelling>& all) {
  const LinearPosteriors posteriors(y.view());
  const ForwardBackward lattice = RunForwardBackward(posteriors, labels, blank);
  EditLikelihoods edits = ComputeEditLikelihoods(posteriors, labels, blank, lattice);
  ExpectSameLog(lattice.likelihood.Log(), LogProbability(all, labels), "canonical");
  for (std::size_t i = 0; i <= labels.size(); ++i) {
    for (int q = 0; q < y.columns(); ++q) {
      if (q == blank) continue;
      const auto column = static_cast<std::size_t>(q);
      ExpectSameLog(edits.insertion_row(static_cast<int>(i))[column],
                    LogProbability(all, oracle::Inserted(labels, i, q)), "insertion");
      if (i == labels.size()) continue;
      ExpectSameLog(edits.substitution_row(static_cast<int>(i))[column],
                    LogProbability(all, oracle::Substituted(labels, i, q)), "substitution");
    }
    if (i == labels.size()) continue;
    ExpectSameLog(edits.substitution_row(static_cast<int>(i))[static_cast<std::size_t>(blank)],
                  LogProbability(all, oracle::Deleted(labels, i)), "deletion");
  }
}

void ExpectScoresAgree(const Matrix& y, const oracle::Labels& labels, int blank,
                       const oracle::Labelling& expected) {
  const Result<Alignment> alignment = Align(y.view(), labels, blank);
  ASSERT_TRUE(alignment);
  EXPECT_NEAR(alignment->log_likelihood, expected.best_path, kTolerance);
  std::vector<int> path(static_cast<std::size_t>(y.rows()), blank);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (int t = alignment->phones[i].begin; t < alignment->phones[i].end; ++t) {
      path[static_cast<std::size_t>(t)] = labels[i];
    }
  }
  EXPECT_EQ(oracle::Collapse(path, blank), labels);

  const Result<GopScores> scores = ComputeGop(y.view(), labels, *alignment, blank);
  ASSERT_TRUE(scores);
  EXPECT_NEAR(scores->log_likelihood, std::log(expected.probability), kTolerance);
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    for (int t = 0; t < y.rows(); ++t) {
      EXPECT_NEAR(
          scores->occupancy(i, t),
          expected.emission[static_cast<std::size_t>(i)][static_cast<std::size_t>(t)] / expected.probability,
          1e-6);
    }
  }
}

class Exhaustive : public testing::TestWithParam<double> {};

TEST_P(Exhaustive, EveryLabellingOfEverySmallInputAgreesWithAllPathsWrittenDown) {
  std::mt19937 random(7);
  int num_checked = 0;
  for (int num_labels = 2; num_labels <= 4; ++num_labels) {
    for (int num_frames = 1; num_frames <= 5; ++num_frames) {
      for (int blank = 0; blank < num_labels; ++blank) {
        const Matrix y = RandomLogPosteriors(random, num_frames, num_labels, GetParam());
        const auto all = oracle::EnumeratePaths(y.view(), blank);
        for (const oracle::Labels& labels : AllSequences(3, num_labels, blank)) {
          const auto found = all.find(labels);
          if (found == all.end()) {
            const Result<Alignment> alignment = Align(y.view(), labels, blank);
            ASSERT_FALSE(alignment);
            EXPECT_EQ(alignment.error().code, ErrorCode::kAudioTooShort);
            continue;
          }
          SCOPED_TRACE(testing::Message() << "T=" << num_frames << " V=" << num_labels << " blank=" << blank
                                          << " labels=" << testing::PrintToString(labels));
          ExpectEditsAgree(y, labels, blank, all);
          ExpectScoresAgree(y, labels, blank, found->second);
          ++num_checked;
          if (HasFailure()) return;
        }
      }
    }
  }
  EXPECT_EQ(num_checked, 582);
}

INSTANTIATE_TEST_SUITE_P(FlatToCertain, Exhaustive, testing::Values(0.0, 1.0, 4.0, 20.0));

}  // namespace
}  // namespace higgins::ctc
