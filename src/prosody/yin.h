// Aperiodicity of a window of samples against each lag, after YIN (de Cheveigne & Kawahara 2002, JASA
// 111(4)):
//
//   d(tau)  = sum_{j < W} (x_j - x_{j+tau})^2                         equation 6, the difference function
//   d'(tau) = d(tau) / ((1 / tau) sum_{k=1..tau} d(k)),  d'(0) = 1    equation 8, the cumulative mean
//   normalised one
//
// A dip of d' near 0 is a period. The signal is first low-passed and decimated to 8 kHz: f0 lies below 500
// Hz.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace higgins::prosody {

inline constexpr int kYinRateHz = 8000;
inline constexpr int kYinWindow =
    256;                               ///< W, samples at 8 kHz: 32 ms, nearly two periods of the lowest voice
inline constexpr int kYinMinLag = 16;  ///< 500 Hz, a small child
inline constexpr int kYinMaxLag = 134;   ///< 60 Hz
inline constexpr int kYinNumLags = 136;  ///< 0 to kYinMaxLag and one more for the parabola; a multiple of 8
inline constexpr int kYinSpan = kYinWindow + kYinNumLags;  ///< samples that one window reads

using YinCurve = std::array<float, kYinNumLags>;

/// Low-passes 16 kHz samples at 1.2 kHz and keeps every second one; output[i] is centred on input[2 * i].
std::vector<float> LowPassAndHalve(std::span<const float> samples);

/// d' of the first kYinSpan samples of `window`. All ones when the window holds no energy.
void NormalisedDifference(std::span<const float> window, YinCurve& curve);

}  // namespace higgins::prosody
