#pragma once

#include <vector>

#include "types/gop_scores.h"

namespace higgins {

/// Frame tracks at the acoustic model's frame shift.
struct Prosody {
  std::vector<float> f0_hz;      ///< [frames]; 0 where unvoiced
  std::vector<float> energy_db;  ///< [frames]; RMS over the frame, dBFS, floored at -100
};

/// A silence between two words.
struct Pause {
  int before_phone = 0;  ///< canonical phone, the first one of the word after it
  FrameSpan frames;      ///< from its first quiet frame to its last: a breath within does not split it
};

}  // namespace higgins
