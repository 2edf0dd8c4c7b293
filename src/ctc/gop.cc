#include "ctc/gop.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "base/log_math.h"
#include "ctc/edit_likelihoods.h"
#include "ctc/forward_backward.h"
#include "ctc/input.h"

namespace higgins::ctc {

namespace {

Result<void> CheckAlignment(const Alignment& alignment, std::size_t num_labels, int num_frames) {
  bool fits = alignment.phones.size() == num_labels;
  int end = 0;
  for (const FrameSpan& span : alignment.phones) {
    fits = fits && span.begin >= end && span.end > span.begin && span.end <= num_frames;
    end = span.end;
  }
  if (fits) return {};
  return Error{ErrorCode::kInvalidArgument, "the alignment does not fit " + std::to_string(num_labels) +
                                                " labels and " + std::to_string(num_frames) + " frames"};
}

float Ratio(double log_canonical, double log_edited) {
  return static_cast<float>(std::clamp(log_canonical - log_edited, -kMaxRatioNats, kMaxRatioNats));
}

/// log sum exp over a row without its blank column, which holds something else.
double LogSumOfPhones(std::span<const double> row, int blank) {
  double largest = kLogZero;
  for (std::size_t q = 0; q < row.size(); ++q) {
    if (static_cast<int>(q) != blank) largest = std::max(largest, row[q]);
  }
  if (largest == kLogZero) return kLogZero;
  double sum = 0.0;
  for (std::size_t q = 0; q < row.size(); ++q) {
    if (static_cast<int>(q) != blank) sum += std::exp(row[q] - largest);
  }
  return largest + std::log(sum);
}

void FillRatios(EditLikelihoods& edits, std::span<const int> labels, int blank, GopScores& scores) {
  const double canonical = scores.log_likelihood;
  const int num_labels = static_cast<int>(labels.size());
  const auto blank_column = static_cast<std::size_t>(blank);
  scores.substitution_ratio = Matrix(num_labels, edits.num_columns);
  scores.insertion_ratio = Matrix(num_labels + 1, edits.num_columns);
  std::vector<double> inserted(labels.size() + 1);
  for (int i = 0; i <= num_labels; ++i) {
    const std::span<const double> from = edits.insertion_row(i);
    const std::span<float> to = scores.insertion_ratio.row(i);
    std::transform(from.begin(), from.end(), to.begin(),
                   [canonical](double p) { return Ratio(canonical, p); });
    to[blank_column] = 0.0F;
    inserted[static_cast<std::size_t>(i)] = LogSumOfPhones(from, blank);
  }
  for (int i = 0; i < num_labels; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::span<double> from = edits.substitution_row(i);
    // The same number by another route, equal to rounding; exactly so, the ratio is 0 and no score exceeds 0.
    from[static_cast<std::size_t>(labels[index])] = canonical;
    const std::span<float> to = scores.substitution_ratio.row(i);
    std::transform(from.begin(), from.end(), to.begin(),
                   [canonical](double p) { return Ratio(canonical, p); });
    const double with_s = LogSumOfPhones(from, blank);
    const double with_sd = LogAdd(with_s, from[blank_column]);
    const double with_sdi = LogAdd(with_sd, LogAdd(inserted[index], inserted[index + 1]));
    scores.gop_s.push_back(Ratio(canonical, std::max(canonical, with_s)));
    scores.gop_sd.push_back(Ratio(canonical, std::max(canonical, with_sd)));
    scores.gop_sdi.push_back(Ratio(canonical, std::max(canonical, with_sdi)));
  }
}

void FillOccupancies(const ForwardBackward& lattice, const LinearPosteriors& posteriors,
                     std::span<const int> labels, GopScores& scores) {
  scores.occupancy = Matrix(static_cast<int>(labels.size()), lattice.num_frames);
  std::vector<double> sums(labels.size(), 0.0);
  for (int t = 0; t < lattice.num_frames; ++t) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const int index = static_cast<int>(i);
      const double occupancy = lattice.Occupancy(t, 2 * index + 1, posteriors(t, labels[i]));
      scores.occupancy(index, t) = static_cast<float>(occupancy);
      sums[i] += occupancy;
    }
  }
  scores.occupancy_frames.assign(sums.begin(), sums.end());
}

/// GOP-SA of one label; `sums` is a workspace [columns].
float SegmentMargin(MatrixView<const float> log_posteriors, FrameSpan span, int label, int blank,
                    std::vector<double>& sums) {
  std::fill(sums.begin(), sums.end(), 0.0);
  for (int t = span.begin; t < span.end; ++t) {
    const std::span<const float> row = log_posteriors.row(t);
    for (std::size_t q = 0; q < sums.size(); ++q) sums[q] += Floored(row[q]);
  }
  const double own = sums[static_cast<std::size_t>(label)];
  sums[static_cast<std::size_t>(label)] = sums[static_cast<std::size_t>(blank)] = kLogZero;
  const double best = *std::max_element(sums.begin(), sums.end());
  if (best == kLogZero) return 0.0F;  // a model of one phone has no competitor
  return static_cast<float>((own - best) / (span.end - span.begin));
}

}  // namespace

Result<GopScores> ComputeGop(MatrixView<const float> log_posteriors, std::span<const int> labels,
                             const Alignment& alignment, int blank) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  if (Result<void> checked = CheckAlignment(alignment, labels.size(), log_posteriors.rows()); !checked) {
    return checked.error();
  }
  const LinearPosteriors posteriors(log_posteriors);
  const ForwardBackward lattice = RunForwardBackward(posteriors, labels, blank);
  EditLikelihoods edits = ComputeEditLikelihoods(posteriors, labels, blank, lattice);

  GopScores scores;
  scores.log_likelihood = lattice.likelihood.Log();
  FillRatios(edits, labels, blank, scores);
  FillOccupancies(lattice, posteriors, labels, scores);
  std::vector<double> sums(static_cast<std::size_t>(log_posteriors.columns()));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    scores.gop_sa.push_back(SegmentMargin(log_posteriors, alignment.phones[i], labels[i], blank, sums));
  }
  return scores;
}

Result<double> LogLikelihood(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  return ForwardLogLikelihood(LinearPosteriors(log_posteriors), labels, blank);
}

}  // namespace higgins::ctc
