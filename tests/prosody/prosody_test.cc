#include "prosody/prosody.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace higgins {
namespace {

constexpr double kFrameShiftMs = 20.0;

/// A harmonic tone of falling spectrum; f0_hz(time in seconds).
template <typename Frequency>
Clip Voice(double seconds, Frequency f0_hz, double amplitude = 0.2) {
  Clip clip;
  double phase = 0.0;
  const int size = static_cast<int>(seconds * Clip::kSampleRateHz);
  for (int i = 0; i < size; ++i) {
    const double f0 = f0_hz(static_cast<double>(i) / Clip::kSampleRateHz);
    phase += 2.0 * std::numbers::pi * f0 / Clip::kSampleRateHz;
    double sample = 0.0;
    for (int k = 1; k <= 20 && k * f0 < 7000; ++k) sample += std::sin(k * phase + 0.3 * k * k) / k;
    clip.samples.push_back(static_cast<float>(amplitude * sample));
  }
  return clip;
}

Clip Noise(double seconds, double deviation, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, static_cast<float>(deviation));
  Clip clip;
  clip.samples.resize(static_cast<std::size_t>(seconds * Clip::kSampleRateHz));
  for (float& sample : clip.samples) sample = normal(generator);
  return clip;
}

int NumFrames(const Clip& clip) { return static_cast<int>(clip.duration_ms() / kFrameShiftMs); }

double VoicedFraction(const Prosody& prosody) {
  const auto voiced =
      std::count_if(prosody.f0_hz.begin(), prosody.f0_hz.end(), [](float f0) { return f0 > 0; });
  return static_cast<double>(voiced) / static_cast<double>(prosody.f0_hz.size());
}

TEST(Prosody, FindsTheFundamentalOfSteadyVoices) {
  for (const double f0 : {62.0, 75.0, 97.3, 120.0, 181.0, 240.0, 311.0, 402.0, 490.0}) {
    const Clip clip = Voice(1.0, [f0](double) { return f0; });
    const Prosody prosody = ComputeProsody(clip, NumFrames(clip), kFrameShiftMs);
    for (std::size_t t = 3; t + 3 < prosody.f0_hz.size(); ++t) {
      EXPECT_NEAR(prosody.f0_hz[t], f0, 0.01 * f0) << "frame " << t;
    }
  }
}

TEST(Prosody, FindsAFundamentalThatIsMissingFromTheSpectrum) {
  Clip clip;
  for (int i = 0; i < Clip::kSampleRateHz; ++i) {
    double sample = 0.0;
    for (int k = 3; k <= 8; ++k)
      sample += 0.05 * std::sin(2.0 * std::numbers::pi * 110.0 * k * i / Clip::kSampleRateHz);
    clip.samples.push_back(static_cast<float>(sample));
  }
  const Prosody prosody = ComputeProsody(clip, 50, kFrameShiftMs);
  for (std::size_t t = 3; t < 47; ++t) EXPECT_NEAR(prosody.f0_hz[t], 110.0, 1.5) << t;
}

TEST(Prosody, FollowsAGlideAtTheFramesMiddle) {
  const auto glide = [](double s) { return 110.0 * std::exp2(s / 2.0); };  // half an octave a second
  const Clip clip = Voice(2.0, glide);
  const Prosody prosody = ComputeProsody(clip, NumFrames(clip), kFrameShiftMs);
  for (std::size_t t = 3; t + 3 < prosody.f0_hz.size(); ++t) {
    const double expected = glide((static_cast<double>(t) + 0.5) * kFrameShiftMs / 1000.0);
    EXPECT_NEAR(std::log2(prosody.f0_hz[t] / expected), 0.0, 0.01) << "frame " << t;
  }
}

TEST(Prosody, NoiseAndSilenceAreUnvoiced) {
  const Clip noise = Noise(3.0, 0.1);
  EXPECT_LT(VoicedFraction(ComputeProsody(noise, NumFrames(noise), kFrameShiftMs)), 0.05);
  const Clip silence{std::vector<float>(16000, 0.0F)};
  EXPECT_EQ(VoicedFraction(ComputeProsody(silence, 50, kFrameShiftMs)), 0.0);
}

TEST(Prosody, KeepsThePitchOfAVoiceInNoise) {
  Clip clip = Voice(2.0, [](double s) { return 150.0 + 20.0 * std::sin(6.0 * s); });
  const Clip noise = Noise(2.0, 0.03, 7);  // about 17 dB under the voice
  for (std::size_t i = 0; i < clip.samples.size(); ++i) clip.samples[i] += noise.samples[i];
  const Prosody prosody = ComputeProsody(clip, NumFrames(clip), kFrameShiftMs);
  EXPECT_GT(VoicedFraction(prosody), 0.95);
  for (const float f0 : prosody.f0_hz) {
    if (f0 > 0) {
      EXPECT_NEAR(f0, 150.0, 30.0);  // no octave error anywhere
    }
  }
}

TEST(Prosody, VoicingBeginsAndEndsWithTheVoice) {
  Clip clip{std::vector<float>(8000, 0.0F)};
  const Clip voice = Voice(0.5, [](double) { return 200.0; });
  clip.samples.insert(clip.samples.end(), voice.samples.begin(), voice.samples.end());
  clip.samples.resize(24000, 0.0F);
  const Prosody prosody = ComputeProsody(clip, 75, kFrameShiftMs);
  for (std::size_t t = 0; t < 75; ++t) {
    if (t < 24 || t > 50) {
      EXPECT_EQ(prosody.f0_hz[t], 0.0F) << t;
    } else if (t > 26 && t < 48) {
      EXPECT_NEAR(prosody.f0_hz[t], 200.0, 2.0) << t;
    }
  }
}

TEST(Prosody, AnOffsetDoesNotHideTheVoice) {
  Clip clip = Voice(0.5, [](double) { return 130.0; });
  for (float& sample : clip.samples) sample += 0.3F;
  const Prosody prosody = ComputeProsody(clip, 25, kFrameShiftMs);
  for (std::size_t t = 3; t < 22; ++t) EXPECT_NEAR(prosody.f0_hz[t], 130.0, 1.5);
}

TEST(Prosody, EnergyIsTheLevelOfTheFrame) {
  Clip clip;
  for (int i = 0; i < 3200; ++i) {  // 100 ms at -9.03 dBFS (a sine of amplitude 0.5), 100 ms at -29.03
    const double amplitude = i < 1600 ? 0.5 : 0.05;
    clip.samples.push_back(
        static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * 1000.0 * i / 16000)));
  }
  const Prosody prosody = ComputeProsody(clip, 12, kFrameShiftMs);
  for (std::size_t t = 0; t < 5; ++t) EXPECT_NEAR(prosody.energy_db[t], -9.03, 0.05);
  for (std::size_t t = 5; t < 10; ++t) EXPECT_NEAR(prosody.energy_db[t], -29.03, 0.05);
  EXPECT_EQ(prosody.energy_db[10], -100.0F);  // beyond the clip's end
  EXPECT_EQ(prosody.energy_db[11], -100.0F);
}

TEST(Prosody, HasExactlyTheFramesAskedForWhateverTheClip) {
  for (const std::size_t samples : {0U, 1U, 2U, 319U, 320U, 5000U}) {
    for (const int frames : {0, 1, 2, 40}) {
      const Prosody prosody = ComputeProsody(Clip{std::vector<float>(samples, 0.1F)}, frames, kFrameShiftMs);
      ASSERT_EQ(prosody.f0_hz.size(), static_cast<std::size_t>(frames));
      ASSERT_EQ(prosody.energy_db.size(), static_cast<std::size_t>(frames));
      for (int t = 0; t < frames; ++t) {
        const float f0 = prosody.f0_hz[static_cast<std::size_t>(t)];
        EXPECT_TRUE(f0 == 0.0F || (f0 >= 59.0F && f0 <= 501.0F)) << f0;
        EXPECT_GE(prosody.energy_db[static_cast<std::size_t>(t)], -100.0F);
      }
    }
  }
}

TEST(Prosody, LoudnessDoesNotChangeThePitch) {
  const auto f0 = [](double s) { return 180.0 + 40.0 * s; };
  const Clip loud = Voice(1.0, f0, 0.3), soft = Voice(1.0, f0, 0.003);
  const Prosody a = ComputeProsody(loud, 50, kFrameShiftMs), b = ComputeProsody(soft, 50, kFrameShiftMs);
  for (std::size_t t = 0; t < 50; ++t) EXPECT_NEAR(a.f0_hz[t], b.f0_hz[t], 0.05);
}

}  // namespace
}  // namespace higgins
