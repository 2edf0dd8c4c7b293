#pragma once

#include <vector>

#include "types/gop_scores.h"

namespace higgins {

/// The energy of a frame whose samples are all zero.
inline constexpr float kEnergyFloorDb = -100.0F;

/// Frame tracks at the acoustic model's frame shift.
struct Prosody {
  std::vector<float> f0_hz;      ///< [frames]; 0 where unvoiced
  std::vector<float> energy_db;  ///< [frames]; RMS over the frame, dBFS, floored at kEnergyFloorDb
};

/// Shorter, and a silence may be the closure of a stop.
inline constexpr double kMinPauseMs = 200.0;

/// A silence between two words.
struct Pause {
  int phone_before = 0;  ///< the last canonical phone that was said before it
  int phone_after = 0;   ///< the first one after it
  FrameSpan frames;      ///< from its first quiet frame to its last: a breath within does not split it
};

}  // namespace higgins
