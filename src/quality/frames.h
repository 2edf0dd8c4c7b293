// What one look over the clip gives: every 20 ms, the energy of the speech band, how it is spread over
// frequency, and how periodic the waveform is.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace higgins::quality {

inline constexpr int kHopSamples = 320;     ///< 20 ms at 16 kHz
inline constexpr int kWindowSamples = 512;  ///< 32 ms, centred on the hop
inline constexpr int kNumBands = 12;
inline constexpr float kFloorDb = -100.0F;

struct Frame {
  float energy_db = kFloorDb;  ///< 100 to 7500 Hz, dBFS of the mean square, at least kFloorDb
  std::array<float, kNumBands> band_db{};
  float periodicity = 0.0F;  ///< largest normalised autocorrelation over 70-400 Hz, 0 to 1
};

/// One frame per hop, the last partial hop included. `samples` at 16 kHz; beyond its ends it counts as zeros.
std::vector<Frame> AnalyseFrames(std::span<const float> samples);

}  // namespace higgins::quality
