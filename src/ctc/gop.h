// Goodness of pronunciation from a CTC lattice: GOP-SF (arXiv 2507.16838) and GOP-SA. The room starts here.
#pragma once

#include <span>

#include "base/matrix.h"
#include "higgins/result.h"
#include "types/gop_scores.h"

namespace higgins::ctc {

/// No ratio lies outside +-this, nats; an edit that the frames cannot hold has exactly +this.
inline constexpr double kMaxRatioNats = 1e4;

/// Every figure of GopScores for `labels` (the canonical phones), exact to about 1e-12 nats before the
/// rounding to float, in O(frames x labels x columns):
///   ratio(i, q)  = log p(canonical) - log p(edited)
///   gop_s(i)     = -log sum_{phones q} exp(-ratio_sub(i, q))         q = l_i contributes 1, so <= 0
///   gop_sd(i)    = with the deletion of i in the sum
///   gop_sdi(i)   = with all insertions before and after i as well
///   gop_sa(i)    = mean_t log y_t(l_i) - max_{phones q != l_i} mean_t log y_t(q), t in alignment.phones[i]
/// `log_posteriors` [frames x labels, nats]; values below -300 count as -300. `alignment` is Align of the
/// same input. kInvalidArgument and kAudioTooShort as for Align; kInvalidArgument also for an alignment that
/// does not fit.
Result<GopScores> ComputeGop(MatrixView<const float> log_posteriors, std::span<const int> labels,
                             const Alignment& alignment, int blank);

/// log p(labels | posteriors), summed over all segmentations, nats. Errors as for Align.
Result<double> LogLikelihood(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank);

}  // namespace higgins::ctc
