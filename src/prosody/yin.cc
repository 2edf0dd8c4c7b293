#include "prosody/yin.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace higgins::prosody {
namespace {

constexpr int kHalfTaps = 20;
constexpr double kCutoffHz = 1200.0;

/// Hann-windowed sinc, unit gain at 0 Hz; symmetric, so only the right half is kept.
std::array<float, kHalfTaps + 1> LowPassTaps() {
  std::array<double, kHalfTaps + 1> taps{};
  const double cutoff = kCutoffHz / (2.0 * kYinRateHz);  // cycles per input sample
  double sum = 0.0;
  for (int k = 0; k <= kHalfTaps; ++k) {
    const double angle = std::numbers::pi * k;
    const double sinc = k == 0 ? 2.0 * cutoff : std::sin(2.0 * cutoff * angle) / angle;
    taps[static_cast<std::size_t>(k)] = sinc * (0.5 + 0.5 * std::cos(angle / (kHalfTaps + 1)));
    sum += taps[static_cast<std::size_t>(k)] * (k == 0 ? 1.0 : 2.0);
  }
  std::array<float, kHalfTaps + 1> result{};
  for (std::size_t k = 0; k < taps.size(); ++k) result[k] = static_cast<float>(taps[k] / sum);
  return result;
}

/// Adds the squared differences of kUnroll window samples to every lag. The inner loop runs over lags, which
/// are independent, so that the compiler vectorises it without reordering a floating-point sum.
constexpr int kUnroll = 8;
void AccumulateDifferences(const float* samples, float* difference) {
  for (int lag = 0; lag < kYinNumLags; ++lag) {
    float sum = 0.0F;
    for (int k = 0; k < kUnroll; ++k) {
      const float delta = samples[k] - samples[k + lag];
      sum += delta * delta;
    }
    difference[lag] += sum;
  }
}

}  // namespace

std::vector<float> LowPassAndHalve(std::span<const float> samples) {
  static const std::array<float, kHalfTaps + 1> kTaps = LowPassTaps();
  std::vector<float> padded(kHalfTaps, 0.0F);
  padded.reserve(samples.size() + 2 * kHalfTaps);
  padded.insert(padded.end(), samples.begin(), samples.end());
  padded.resize(samples.size() + 2 * kHalfTaps, 0.0F);
  std::vector<float> halved((samples.size() + 1) / 2);
  for (std::size_t i = 0; i < halved.size(); ++i) {
    const float* centre = padded.data() + 2 * i + kHalfTaps;
    float sum = kTaps[0] * centre[0];
    for (int k = 1; k <= kHalfTaps; ++k) sum += kTaps[static_cast<std::size_t>(k)] * (centre[k] + centre[-k]);
    halved[i] = sum;
  }
  return halved;
}

void NormalisedDifference(std::span<const float> window, YinCurve& curve) {
  static_assert(kYinWindow % kUnroll == 0);
  assert(window.size() >= static_cast<std::size_t>(kYinSpan));
  curve.fill(0.0F);
  for (int j = 0; j < kYinWindow; j += kUnroll) AccumulateDifferences(window.data() + j, curve.data());
  curve[0] = 1.0F;
  double sum = 0.0;
  for (int lag = 1; lag < kYinNumLags; ++lag) {
    float& value = curve[static_cast<std::size_t>(lag)];
    sum += value;
    value = sum > 1e-12 ? static_cast<float>(value * lag / sum) : 1.0F;
  }
}

}  // namespace higgins::prosody
