// The best CTC path of a labelling: where each phone was said.
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"
#include "higgins/result.h"
#include "types/gop_scores.h"

namespace higgins::ctc {

/// The Viterbi path of `labels` through `log_posteriors` [frames x labels, nats]; a span holds the frames
/// that emit the label, the blanks around it belong to no span. Of equal paths the one that stays longest in
/// earlier states wins. kInvalidArgument: no labels, a label that is out of range or the blank, NaN;
/// kAudioTooShort: fewer frames than labels and mandatory blanks.
Result<Alignment> Align(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank);

/// As Align(), but the path may end anywhere in the text, because the audio ends before the text does:
/// `phones` holds the first labels of `labels`, as many as the best path reaches (none, some or all). Errors:
/// kInvalidArgument, as Align().
Result<Alignment> AlignPrefix(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank);

struct AlignmentWithAdded {
  Alignment said;  ///< of `labels`; its log likelihood is that of the path with what was added
  /// Between the labels beside each, from the first frame to the last in which the blank has less than half
  /// of the probability; begin = end where there is none.
  std::vector<FrameSpan> added;
};

/// As Align(), with speech that is none of `labels` in certain places: before label `added_before[i]`, or at
/// labels.size() behind the last; ascending, each once. As in miscues.h a frame of it holds any phone, with
/// 1 - y_t(blank) at a cost of `added_frame` nats (>= 0), or is blank. Errors: as Align(), and
/// kInvalidArgument for places that are none.
Result<AlignmentWithAdded> AlignWithAdded(MatrixView<const float> log_posteriors, std::span<const int> labels,
                                          std::span<const int> added_before, int blank, double added_frame);

}  // namespace higgins::ctc
