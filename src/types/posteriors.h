#pragma once

#include "base/matrix.h"

namespace higgins {

/// What the acoustic model says about a clip.
struct Posteriors {
  Matrix log_posteriors;  ///< [frames x labels], nats; every row's exponentials sum to 1
  Matrix states;          ///< [frames x state dimension], encoder states for the scorer
  double frame_shift_ms = 20.0;

  int num_frames() const { return log_posteriors.rows(); }
};

}  // namespace higgins
