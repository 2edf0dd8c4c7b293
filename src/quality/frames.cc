#include "quality/frames.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "quality/fft.h"

namespace higgins::quality {
namespace {

constexpr double kRateHz = 16000.0;

// Band edges, Hz: evenly spaced to 1 kHz, then by about a third of an octave, as hearing has it.
constexpr std::array<double, kNumBands + 1> kEdgesHz = {100,  250,  400,  600,  800,  1050, 1400,
                                                        1850, 2400, 3100, 4100, 5500, 7500};

constexpr int kLowRateFactor = 4;  // periodicity is looked for at 4 kHz
constexpr int kLowWindow = kWindowSamples / kLowRateFactor;
constexpr int kMinLag = 9, kMaxLag = 58;  // peaks from 400 to 70 Hz

std::array<std::size_t, kNumBands + 1> BandEdges() {
  std::array<std::size_t, kNumBands + 1> bins{};
  for (std::size_t i = 0; i < bins.size(); ++i) {
    bins[i] = static_cast<std::size_t>(std::lround(kEdgesHz[i] / kRateHz * Fft512::kSize));
  }
  return bins;
}

float Decibels(double power) {
  return std::max(kFloorDb, static_cast<float>(10.0 * std::log10(std::max(power, 1e-20))));
}

/// Hann window, scaled so that the power spectrum's sum over bins is the mean square of the samples.
std::array<float, kWindowSamples> HannWindow() {
  std::array<float, kWindowSamples> window{};
  double sum_of_squares = 0.0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    const double value =
        0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / kWindowSamples);
    window[i] = static_cast<float>(value);
    sum_of_squares += value * value;
  }
  // Two for the negative frequencies, 1 / N for Parseval.
  const auto scale = static_cast<float>(std::sqrt(2.0 / (sum_of_squares * kWindowSamples)));
  for (float& value : window) value *= scale;
  return window;
}

/// Copies samples [begin, begin + out.size()), zeros beyond the ends.
void CopyWindow(std::span<const float> samples, std::ptrdiff_t begin, std::span<float> out) {
  const auto size = static_cast<std::ptrdiff_t>(samples.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::ptrdiff_t at = begin + static_cast<std::ptrdiff_t>(i);
    out[i] = at >= 0 && at < size ? samples[static_cast<std::size_t>(at)] : 0.0F;
  }
}

/// Every fourth sample of the four-sample mean, less its slow drift: enough of a low-pass to find a pitch.
std::vector<float> LowRate(std::span<const float> samples) {
  std::vector<float> low(samples.size() / kLowRateFactor);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const float* s = samples.data() + i * kLowRateFactor;
    low[i] = 0.25F * (s[0] + s[1] + s[2] + s[3]);
  }
  // One-pole high-pass at 60 Hz: an offset would look perfectly periodic.
  const auto decay =
      static_cast<float>(std::exp(-2.0 * std::numbers::pi * 60.0 / (kRateHz / kLowRateFactor)));
  float previous_in = low.empty() ? 0.0F : low[0], previous_out = 0.0F;
  for (float& value : low) {
    const float in = value;
    previous_out = decay * (previous_out + in - previous_in);
    previous_in = in;
    value = previous_out;
  }
  return low;
}

float Dot(const float* a, const float* b, int size) {
  std::array<float, 8>
      sums{};  // eight at a time, so that the compiler may use vectors without reordering a sum
  for (int i = 0; i < size; i += 8) {
    for (std::size_t j = 0; j < sums.size(); ++j)
      sums[j] += a[static_cast<std::size_t>(i) + j] * b[static_cast<std::size_t>(i) + j];
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

/// Largest peak over the lags of sum x[i] x[i + lag] / sqrt(sum x[i]^2 sum x[i + lag]^2), i over kLowWindow
/// samples. A peak, not the largest value: rumble is similar to itself at every short lag.
float Periodicity(std::span<const float, kLowWindow + kMaxLag> x) {
  const float energy = Dot(x.data(), x.data(), kLowWindow);
  if (energy < 1e-9F) return 0.0F;
  float lagged_energy = Dot(x.data() + kMinLag, x.data() + kMinLag, kLowWindow);
  float best = 0.0F, before = 2.0F, last = 2.0F;
  for (int lag = kMinLag; lag <= kMaxLag; ++lag) {
    if (lag > kMinLag) {
      const float leaving = x[static_cast<std::size_t>(lag) - 1];
      const float entering = x[static_cast<std::size_t>(lag + kLowWindow) - 1];
      lagged_energy += entering * entering - leaving * leaving;
    }
    const float product = Dot(x.data(), x.data() + lag, kLowWindow);
    const float value = product / std::sqrt(energy * std::max(lagged_energy, 1e-9F));
    if (last > before && last >= value) best = std::max(best, last);
    before = last;
    last = value;
  }
  return std::clamp(best, 0.0F, 1.0F);
}

}  // namespace

std::vector<Frame> AnalyseFrames(std::span<const float> samples) {
  static const Fft512 fft;
  static const std::array<float, kWindowSamples> hann = HannWindow();
  static const std::array<std::size_t, kNumBands + 1> edges = BandEdges();
  const std::vector<float> low = LowRate(samples);
  std::vector<Frame> frames((samples.size() + kHopSamples - 1) / kHopSamples);
  std::array<float, kWindowSamples> window{};
  std::array<float, Fft512::kNumBins> power{};
  std::array<float, kLowWindow + kMaxLag> low_window{};
  for (std::size_t t = 0; t < frames.size(); ++t) {
    const auto centre = static_cast<std::ptrdiff_t>(t) * kHopSamples + kHopSamples / 2;
    CopyWindow(samples, centre - kWindowSamples / 2, window);
    for (std::size_t i = 0; i < window.size(); ++i) window[i] *= hann[i];
    fft.Power(window, power);
    double total = 0.0;
    for (std::size_t band = 0; band < kNumBands; ++band) {
      double sum = 0.0;
      for (std::size_t bin = edges[band]; bin < edges[band + 1]; ++bin) sum += power[bin];
      frames[t].band_db[band] = Decibels(sum);
      total += sum;
    }
    frames[t].energy_db = Decibels(total);
    CopyWindow(low, centre / kLowRateFactor - static_cast<std::ptrdiff_t>(low_window.size()) / 2, low_window);
    frames[t].periodicity = Periodicity(low_window);
  }
  return frames;
}

}  // namespace higgins::quality
