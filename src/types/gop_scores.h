// Segmentation-free goodness of pronunciation (arXiv 2507.16838) of a canonical phone sequence.
#pragma once

#include <vector>

#include "base/matrix.h"

namespace higgins {

/// Frames [begin, end) of the Viterbi path in which a label is emitted; of what was not said end = begin.
struct FrameSpan {
  int begin = 0;
  int end = 0;
};

struct Alignment {
  std::vector<FrameSpan> phones;  ///< [phones], in order, not overlapping
  double log_likelihood = 0.0;    ///< of the best path, nats
};

/// All figures are in nats unless said. N phones, V labels (blank included), T frames.
struct GopScores {
  double log_likelihood = 0.0;  ///< log p(canonical), summed over all segmentations

  /// [N x V]: log p(canonical) - log p(canonical with phone i replaced by label q); the blank's column holds
  /// the deletion of phone i. Positive: the canonical phone is the better explanation. 0 where q is the
  /// canonical phone.
  Matrix substitution_ratio;
  /// [N+1 x V]: log p(canonical) - log p(canonical with label q inserted before phone i); row N: after the
  /// last. The blank's column is unused (0).
  Matrix insertion_ratio;

  std::vector<float> gop_sd;   ///< [N] GOP-SF with substitution and deletion in the denominator, <= 0
  std::vector<float> gop_s;    ///< [N] substitutions only
  std::vector<float> gop_sdi;  ///< [N] insertions beside the phone too
  std::vector<float>
      gop_sa;  ///< [N] GOP-SA: mean log posterior over the Viterbi segment minus the best competitor's

  std::vector<float> occupancy_frames;  ///< [N] expected number of frames that emit phone i
  Matrix occupancy;                     ///< [N x T] posterior probability that frame t emits phone i
};

}  // namespace higgins
