// The best CTC path of a labelling: where each phone was said.
#pragma once

#include <span>

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

}  // namespace higgins::ctc
