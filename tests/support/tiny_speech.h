// Speaks the artificial language of tests/data/tiny_pack: every phone a tone of its own, over a hum of speech
// that keeps the quality gate content.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace higgins::testing {

inline constexpr int kTinyRateHz = 16000;
inline constexpr const char* kTinyPhones[] = {"",   "AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D",
                                              "DH", "EH", "ER", "EY", "F",  "G",  "HH", "IH", "IY", "JH",
                                              "K",  "L",  "M",  "N",  "NG", "OW", "OY", "P",  "R",  "S",
                                              "SH", "T",  "TH", "UH", "UW", "V",  "W",  "Y",  "Z",  "ZH"};

inline std::vector<int> TinyLabels(const std::string& phones) {
  std::vector<int> labels;
  std::istringstream names(phones);
  for (std::string name; names >> name;) {
    const auto* found = std::find(std::begin(kTinyPhones), std::end(kTinyPhones), name);
    labels.push_back(static_cast<int>(found - std::begin(kTinyPhones)));
  }
  return labels;
}

/// Samples of "K AE T" and the like: each phone 100 ms of its tone between silences of 40 ms, with `lead_ms`
/// of silence before and after. Whole frames of 20 ms.
inline std::vector<float> SpeakTiny(const std::string& phones, int lead_ms = 300) {
  constexpr double kTwoPi = 2.0 * std::numbers::pi;
  constexpr int kPhoneSamples = kTinyRateHz / 10;
  constexpr int kGapSamples = kTinyRateHz / 25;
  const std::size_t lead = static_cast<std::size_t>(lead_ms) * kTinyRateHz / 1000;
  std::vector<float> samples(lead, 0.0F);
  for (const int label : TinyLabels(phones)) {
    for (int i = 0; i < kPhoneSamples; ++i) {
      const double t = static_cast<double>(i) / kTinyRateHz;
      const double shape = std::sin(std::numbers::pi * i / kPhoneSamples);
      // Overtones that come and go, as formants make them.
      double voice = 0.0;
      for (int harmonic = 1; harmonic <= 18; ++harmonic) {
        const double swell = 1.0 + 0.8 * std::sin(kTwoPi * 5.0 * t + harmonic);
        voice += swell * std::cos(kTwoPi * 130.0 * harmonic * t) / harmonic;
      }
      const double tone = std::cos(kTwoPi * (3000.0 + 100.0 * label) * t);
      samples.push_back(static_cast<float>(shape * (0.1 * voice + 0.04 * tone)));
    }
    samples.insert(samples.end(), kGapSamples, 0.0F);
  }
  samples.insert(samples.end(), lead, 0.0F);
  // A floor of noise, as every room has one; the same on every machine.
  std::uint32_t state = 1;
  for (float& sample : samples) {
    state = state * 1664525U + 1013904223U;
    sample += 1e-4F * (static_cast<float>(state >> 8) / 8388608.0F - 1.0F);
  }
  return samples;
}

/// A 16-bit mono wav file of the samples.
inline std::string ToWav(std::span<const float> samples, int rate_hz = kTinyRateHz) {
  std::string wav;
  const auto put = [&wav](auto value) {
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    wav.append(bytes, sizeof(value));
  };
  const auto num_bytes = static_cast<std::uint32_t>(samples.size() * 2);
  wav += "RIFF";
  put(std::uint32_t{36} + num_bytes);
  wav += "WAVEfmt ";
  put(std::uint32_t{16});
  put(std::uint16_t{1});
  put(std::uint16_t{1});
  put(static_cast<std::uint32_t>(rate_hz));
  put(static_cast<std::uint32_t>(rate_hz * 2));
  put(std::uint16_t{2});
  put(std::uint16_t{16});
  wav += "data";
  put(num_bytes);
  for (const float sample : samples)
    put(static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767.0F)));
  return wav;
}

inline std::vector<std::byte> ToBytes(const std::string& text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

}  // namespace higgins::testing
