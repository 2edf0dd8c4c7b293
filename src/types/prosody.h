#pragma once

#include <vector>

namespace higgins {

/// Frame tracks at the acoustic model's frame shift.
struct Prosody {
  std::vector<float> f0_hz;      ///< [frames]; 0 where unvoiced
  std::vector<float> energy_db;  ///< [frames]; RMS over the frame, dBFS, floored at -100
};

}  // namespace higgins
