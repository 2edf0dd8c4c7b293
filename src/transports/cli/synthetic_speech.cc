#include "transports/cli/synthetic_speech.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <random>
#include <vector>

namespace higgins::cli {
namespace {

constexpr int kRateHz = 16000;
constexpr double kTwoPi = 2.0 * std::numbers::pi;

/// Second-order resonance at `frequency_hz` of 80 Hz width.
class Formant {
 public:
  double Filter(double input, double frequency_hz) {
    const double radius = std::exp(-std::numbers::pi * 80.0 / kRateHz);
    const double output = input * (1.0 - radius) +
                          2.0 * radius * std::cos(kTwoPi * frequency_hz / kRateHz) * last_ -
                          radius * radius * before_last_;
    before_last_ = last_;
    last_ = output;
    return output;
  }

 private:
  double last_ = 0.0;
  double before_last_ = 0.0;
};

std::vector<double> Synthesise(std::size_t num_samples) {
  std::minstd_rand noise(1);
  Formant first;
  Formant second;
  double phase = 0.0;
  std::vector<double> samples(num_samples);
  for (std::size_t i = 0; i < num_samples; ++i) {
    const double t = static_cast<double>(i) / kRateHz;
    phase += (120.0 + 20.0 * std::sin(kTwoPi * 0.4 * t)) / kRateHz;
    const double pulse = phase >= 1.0 ? 1.0 : 0.0;
    phase -= std::floor(phase);
    const double syllable = std::max(0.0, std::sin(kTwoPi * 4.0 * t)) * (std::fmod(t, 2.5) < 2.0 ? 1.0 : 0.0);
    const double voice =
        second.Filter(first.Filter(pulse * syllable, 500.0 + 200.0 * std::sin(kTwoPi * 1.3 * t)),
                      1500.0 + 500.0 * std::sin(kTwoPi * 0.9 * t));
    const double hiss = (static_cast<double>(noise() % 2001) - 1000.0) / 1000.0;
    samples[i] = voice + 1e-5 * hiss;
  }
  return samples;
}

template <typename T>
void Append(T value, std::string* out) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));  // the targets are little-endian, as wav is
  out->append(bytes, sizeof(T));
}

}  // namespace

std::string SyntheticSpeechWav(double seconds) {
  const std::vector<double> samples = Synthesise(static_cast<std::size_t>(seconds * kRateHz));
  double peak = 1e-9;
  for (const double sample : samples) peak = std::max(peak, std::abs(sample));
  const auto num_bytes = static_cast<std::uint32_t>(samples.size() * 2);
  std::string wav = "RIFF";
  Append<std::uint32_t>(36 + num_bytes, &wav);
  wav += "WAVEfmt ";
  Append<std::uint32_t>(16, &wav);
  Append<std::uint16_t>(1, &wav);
  Append<std::uint16_t>(1, &wav);
  Append<std::uint32_t>(kRateHz, &wav);
  Append<std::uint32_t>(kRateHz * 2, &wav);
  Append<std::uint16_t>(2, &wav);
  Append<std::uint16_t>(16, &wav);
  wav += "data";
  Append<std::uint32_t>(num_bytes, &wav);
  for (const double sample : samples)
    Append(static_cast<std::int16_t>(std::lround(sample / peak * 16000.0)), &wav);
  return wav;
}

}  // namespace higgins::cli
