// What is no speech is refused; speech passes with figures that are right; warnings come when they should.
#include "quality/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "quality/fft.h"
#include "quality/sounds.h"

namespace higgins::quality {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace testing;  // NOLINT(google-build-using-namespace): the sounds

std::vector<std::string> Codes(const Quality& quality) {
  std::vector<std::string> codes;
  for (const Warning& warning : quality.warnings) codes.push_back(warning.code);
  return codes;
}

/// Three seconds of voice with half a second of room before and after.
Clip Recording(double room_rms = 0.0003) {
  const Clip voice = Joined(Joined(Silence(0.5), Voice(3.0)), Silence(0.5));
  return Mix(voice, WhiteNoise(4.0, room_rms));
}

struct Sound {
  const char* name;
  Clip clip;
};

std::vector<Sound> NoSpeech() {
  return {{"digital silence", Silence(3)},
          {"dither", WhiteNoise(3, 1.0 / 65536)},
          {"room", WhiteNoise(3, 0.001)},
          {"white noise", WhiteNoise(3, 0.2)},
          {"a burst of white noise", Only(WhiteNoise(3, 0.2), 1, 2)},
          {"brown noise", BrownNoise(3, 0.1)},
          {"a burst of brown noise", Only(BrownNoise(3, 0.1), 1, 2)},
          {"50 Hz", Hum(3, 50, 1, 0.3)},
          {"mains hum", Hum(3, 50, 20, 0.1)},
          {"a buzz", Hum(3, 120, 40, 0.1)},
          {"a buzz, switched", Only(Hum(3, 120, 40, 0.1), 1, 2)},
          {"a buzz in a room", Mix(Hum(3, 120, 40, 0.1), WhiteNoise(3, 0.005))},
          {"a tone", Hum(3, 440, 1, 0.3)},
          {"a beep", Only(Hum(3, 1000, 1, 0.3), 1, 1.5)},
          {"clicks", Clicks(3, 0.3, 0.5)},
          {"fast clicks in a room", Mix(Clicks(3, 0.12, 0.5), WhiteNoise(3, 0.001))},
          {"one click", Clicks(3, 3.0, 0.5)},
          {"clicks on hum", Mix(Clicks(3, 0.3, 0.5), Hum(3, 50, 20, 0.05))},
          {"half a second of noise", WhiteNoise(0.5, 0.1)},
          {"half a second of hum", Hum(0.5, 100, 20, 0.1)}};
}

TEST(Gate, RefusesWhatIsNoSpeech) {
  for (const Sound& sound : NoSpeech()) {
    const Result<void> gate = Gate(Measure(sound.clip), sound.clip, 1);
    ASSERT_FALSE(gate) << sound.name;
    EXPECT_EQ(gate.error().code, ErrorCode::kNoSpeech) << sound.name;
  }
}

TEST(Gate, SaysThatTheMicrophoneWasMuted) {
  const Clip clip = Silence(2);
  EXPECT_THAT(Gate(Measure(clip), clip, 1).error().message, HasSubstr("every sample is zero"));
}

TEST(Gate, RefusesWhatIsTooShort) {
  const auto code = [](const Clip& clip, int num_phones) {
    return Gate(Measure(clip), clip, num_phones).error().code;
  };
  EXPECT_EQ(code(Clip{}, 1), ErrorCode::kAudioTooShort);
  EXPECT_EQ(code(Voice(0.09), 1), ErrorCode::kAudioTooShort);
  const Clip clip = Recording();  // 4 s: 133 phones of 30 ms
  EXPECT_TRUE(Gate(Measure(clip), clip, 133));
  EXPECT_EQ(code(clip, 134), ErrorCode::kAudioTooShort);
  EXPECT_THAT(Gate(Measure(clip), clip, 200).error().message,
              HasSubstr("lasts 4000 ms, too short for the 200 phones"));
}

TEST(Measure, GoodRecordingHasRightFiguresAndNoWarning) {
  const Clip clip = Recording();
  const Quality quality = Measure(clip);
  EXPECT_THAT(Codes(quality), IsEmpty());
  EXPECT_DOUBLE_EQ(quality.figures.duration_ms, 4000.0);
  // Syllables from 0.5 s to 3.25 s; the pauses between them are shorter than a region's.
  ASSERT_FALSE(quality.speech.empty());
  EXPECT_NEAR(quality.speech.front().begin_samples / 16000.0, 0.5, 0.1);
  EXPECT_NEAR(quality.speech.back().end_samples / 16000.0, 3.25, 0.15);
  EXPECT_GT(quality.figures.speech_ms, 1400.0);
  EXPECT_LT(quality.figures.speech_ms, 3100.0);
  EXPECT_NEAR(quality.figures.level_dbfs, -25.0, 3.0);
  float peak = 0.0F;
  for (const float sample : clip.samples) peak = std::max(peak, std::abs(sample));
  EXPECT_NEAR(quality.figures.peak_dbfs, 20 * std::log10(peak), 1e-6);
  EXPECT_EQ(quality.figures.clipped_fraction, 0.0);
}

TEST(Measure, RegionsAreOrderedApartAndInside) {
  for (const double seconds : {0.35, 1.0, 2.345, 6.0}) {
    const Clip clip =
        Mix(Joined(Voice(seconds), Joined(Silence(1.0), Voice(seconds))), WhiteNoise(20, 0.0003));
    int last_end = -1;
    double speech_ms = 0.0;
    for (const SpeechRegion& region : Measure(clip).speech) {
      EXPECT_GT(region.begin_samples, last_end);
      EXPECT_GT(region.end_samples, region.begin_samples);
      EXPECT_LE(region.end_samples, static_cast<int>(clip.samples.size()));
      last_end = region.end_samples;
      speech_ms += (region.end_samples - region.begin_samples) / 16.0;
    }
    EXPECT_NEAR(Measure(clip).figures.speech_ms, speech_ms, 1e-6);
  }
}

TEST(Measure, SnrFollowsTheNoise) {
  double last_db = 100.0;
  for (const double noise_rms : {0.0003, 0.001, 0.003, 0.01}) {
    const double snr_db = Measure(Recording(noise_rms)).figures.snr_db;
    EXPECT_LT(snr_db, last_db);
    EXPECT_NEAR(snr_db, 20 * std::log10(0.05 / noise_rms), 6.0);
    last_db = snr_db;
  }
}

TEST(Measure, WarnsOfEachDefect) {
  EXPECT_THAT(Codes(Measure(Recording(0.05))), ElementsAre("low_snr"));
  EXPECT_THAT(Codes(Measure(Scaled(Recording(), 0.02))), ElementsAre("low_level"));

  Clip clipped = Scaled(Recording(), 24.0);
  for (float& sample : clipped.samples) sample = std::clamp(sample, -1.0F, 1.0F);
  EXPECT_THAT(Codes(Measure(clipped)), ElementsAre("clipping"));
  EXPECT_THAT(Codes(Measure(Scaled(clipped, 0.5))), ElementsAre("clipping"));  // turned down afterwards

  const Clip mostly_silence = Mix(Joined(Voice(1.0), Silence(15.0)), WhiteNoise(16, 0.0003));
  EXPECT_THAT(Codes(Measure(mostly_silence)), ElementsAre("mostly_silence"));
}

TEST(Measure, IsDeterministicAndTakesAnyLength) {
  for (const std::size_t size : {0U, 1U, 319U, 320U, 321U, 512U, 16001U}) {
    Clip clip = Voice(1.1);
    clip.samples.resize(size);
    const Quality first = Measure(clip), second = Measure(clip);
    EXPECT_EQ(first.figures.snr_db, second.figures.snr_db);
    EXPECT_EQ(first.speech.size(), second.speech.size());
  }
}

TEST(Measure, TightlyCutWordPasses) {
  Clip clip = Voice(0.5);
  clip.samples.resize(NumSamples(0.24));
  clip.samples.erase(clip.samples.begin(),
                     clip.samples.begin() + static_cast<std::ptrdiff_t>(NumSamples(0.02)));
  EXPECT_TRUE(Gate(Measure(clip), clip, 3));
}

TEST(Measure, TakesUnder3MsFor5Seconds) {
#if defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
  GTEST_SKIP() << "timed in optimised builds only";
#endif
  const Clip clip = Mix(Voice(5.0), WhiteNoise(5, 0.001));
  double best_ms = 1e9;  // 1.3 ms on a quiet machine; the best of many, as others may be at work
  for (int round = 0; round < 200 && best_ms >= 3.0; ++round) {
    const auto start = std::chrono::steady_clock::now();
    ASSERT_FALSE(Measure(clip).speech.empty());
    best_ms = std::min(
        best_ms, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  EXPECT_LT(best_ms, 3.0);
}

TEST(Fft512, AgreesWithTheDefinition) {
  const Clip noise = WhiteNoise(0.032, 1.0);
  ASSERT_EQ(noise.samples.size(), 512U);
  std::array<float, Fft512::kNumBins> power{};
  const Fft512 fft;
  fft.Power(std::span<const float, 512>(noise.samples.data(), 512), power);
  for (int k = 0; k < Fft512::kNumBins; ++k) {
    double real = 0.0, imag = 0.0;
    for (int n = 0; n < 512; ++n) {
      const double angle = -2 * std::numbers::pi * k * n / 512;
      real += static_cast<double>(noise.samples[static_cast<std::size_t>(n)]) * std::cos(angle);
      imag += static_cast<double>(noise.samples[static_cast<std::size_t>(n)]) * std::sin(angle);
    }
    const double expected = real * real + imag * imag;
    EXPECT_NEAR(power[static_cast<std::size_t>(k)], expected, 1e-3 * (expected + 10));
  }
}

}  // namespace
}  // namespace higgins::quality
