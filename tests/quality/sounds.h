// Sounds that are no speech, and a voice that is: made by code, 16 kHz.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <vector>

#include "types/clip.h"

namespace higgins::quality::testing {

inline std::size_t NumSamples(double seconds) {
  return static_cast<std::size_t>(seconds * Clip::kSampleRateHz);
}

inline Clip Silence(double seconds) { return Clip{std::vector<float>(NumSamples(seconds))}; }

inline Clip WhiteNoise(double seconds, double rms, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, static_cast<float>(rms));
  Clip clip = Silence(seconds);
  for (float& sample : clip.samples) sample = normal(random);
  return clip;
}

/// Noise whose power falls by 6 dB an octave: wind, traffic, a hand on the microphone.
inline Clip BrownNoise(double seconds, double rms) {
  Clip clip = WhiteNoise(seconds, 1.0);
  double level = 0.0, power = 0.0;
  for (float& sample : clip.samples) {
    level = 0.995 * level + static_cast<double>(sample);
    sample = static_cast<float>(level);
    power += level * level;
  }
  const double scale = rms / std::sqrt(power / static_cast<double>(clip.samples.size()));
  for (float& sample : clip.samples) sample = static_cast<float>(scale * sample);
  return clip;
}

/// `num_harmonics` of `f0_hz`, each 1 / n as strong: 1 is a tone, many are a hum or a buzz.
inline Clip Hum(double seconds, double f0_hz, int num_harmonics, double amplitude) {
  Clip clip = Silence(seconds);
  for (std::size_t i = 0; i < clip.samples.size(); ++i) {
    double sum = 0.0;
    for (int n = 1; n <= num_harmonics; ++n) {
      sum += std::sin(2 * std::numbers::pi * f0_hz * n * static_cast<double>(i) / Clip::kSampleRateHz) / n;
    }
    clip.samples[i] = static_cast<float>(amplitude * sum);
  }
  return clip;
}

/// Two milliseconds of noise every `period_s`: a keyboard, a mouse.
inline Clip Clicks(double seconds, double period_s, double amplitude) {
  Clip clip = WhiteNoise(seconds, amplitude);
  for (std::size_t i = 0; i < clip.samples.size(); ++i) {
    if (i % NumSamples(period_s) >= NumSamples(0.002)) clip.samples[i] = 0.0F;
  }
  return clip;
}

/// Silence in all but [begin_s, end_s).
inline Clip Only(Clip clip, double begin_s, double end_s) {
  for (std::size_t i = 0; i < clip.samples.size(); ++i) {
    if (i < NumSamples(begin_s) || i >= NumSamples(end_s)) clip.samples[i] = 0.0F;
  }
  return clip;
}

inline Clip Mix(Clip a, const Clip& b) {
  for (std::size_t i = 0; i < std::min(a.samples.size(), b.samples.size()); ++i) a.samples[i] += b.samples[i];
  return a;
}

inline Clip Scaled(Clip clip, double factor) {
  for (float& sample : clip.samples) sample = static_cast<float>(factor * sample);
  return clip;
}

inline Clip Joined(Clip a, const Clip& b) {
  for (const float sample : b.samples) a.samples.push_back(sample);
  return a;
}

/// Syllables of a quarter of a second (pulses at a gliding pitch through two gliding resonances), RMS about
/// 0.1.
inline Clip Voice(double seconds) {
  Clip clip = Silence(seconds);
  double phase = 0.0, y1[2] = {0, 0}, y2[2] = {0, 0};
  for (std::size_t i = 0; i < clip.samples.size(); ++i) {
    const double t = static_cast<double>(i) / Clip::kSampleRateHz;
    const double f0 = 120 + 20 * std::sin(2 * std::numbers::pi * 0.7 * t);
    phase += f0 / Clip::kSampleRateHz;
    double pulse = 0.0;
    if (phase >= 1.0) {
      phase -= 1.0;
      pulse = 1.0;
    }
    const double syllable = std::max(0.0, std::sin(2 * std::numbers::pi * 2 * t));  // 250 ms on, 250 ms off
    const double formant_hz[2] = {500 + 250 * std::sin(2 * std::numbers::pi * 3.1 * t),
                                  1500 + 500 * std::sin(2 * std::numbers::pi * 2.3 * t)};
    double out = pulse;
    for (int k = 0; k < 2; ++k) {
      const double r = std::exp(-std::numbers::pi * 90 / Clip::kSampleRateHz);
      const double y = out +
                       2 * r * std::cos(2 * std::numbers::pi * formant_hz[k] / Clip::kSampleRateHz) * y1[k] -
                       r * r * y2[k];
      y2[k] = y1[k];
      y1[k] = y;
      out = y;
    }
    clip.samples[i] = static_cast<float>(syllable * out);
  }
  double power = 0.0;
  for (const float sample : clip.samples) power += static_cast<double>(sample) * static_cast<double>(sample);
  return Scaled(std::move(clip), 0.05 / std::sqrt(power / static_cast<double>(NumSamples(seconds))));
}

}  // namespace higgins::quality::testing
