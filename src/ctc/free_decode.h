// What the acoustic model heard when nobody told it the text.
#pragma once

#include <vector>

#include "base/matrix.h"

namespace higgins::ctc {

struct DecodedPhone {
  int label = 0;
  int begin_frame = 0;  ///< frames [begin, end) in which the label is the likeliest
  int end_frame = 0;
  float log_posterior = 0.0F;  ///< mean over these frames, nats
};

/// Best-path decoding of `log_posteriors` [frames x labels, nats]: the likeliest label of every frame (the
/// lowest of equals), repeats collapsed, blanks dropped. Nothing for no frames.
std::vector<DecodedPhone> FreeDecode(MatrixView<const float> log_posteriors, int blank);

}  // namespace higgins::ctc
