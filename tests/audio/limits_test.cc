// Length and memory are bounded whatever a header says, and no damage does more than give an error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <random>

#include "audio/decode.h"
#include "audio/recordings.h"

namespace higgins::audio {
namespace {

using testing::ByteVector;
using testing::Encode;
using ::testing::HasSubstr;
using testing::Signal;

constexpr AudioOptions kNoFfmpeg{.max_duration_s = 60.0, .allow_ffmpeg = false};

long PeakMemoryKb() {  // NOLINT(google-runtime-int): getrusage's type
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Clears the total in STREAMINFO (36 bits after rate, channels and width): a flac of unknown length.
ByteVector WithoutTotal(ByteVector flac) {
  flac[21] = flac[21] & std::byte{0xF0};
  for (std::size_t i = 22; i < 26; ++i) flac[i] = std::byte{0};
  return flac;
}

/// Says 2^36 - 1 samples.
ByteVector WithHugeTotal(ByteVector flac) {
  flac[21] = flac[21] | std::byte{0x0F};
  for (std::size_t i = 22; i < 26; ++i) flac[i] = std::byte{0xFF};
  return flac;
}

TEST(Limit, IsExact) {
  const std::vector<float> second(16000, 0.1F);
  EXPECT_TRUE(FromPcm({.samples = second}, {.max_duration_s = 1.0}));
  const std::vector<float> more(16001, 0.1F);
  const Result<Clip> clip = FromPcm({.samples = more}, {.max_duration_s = 1.0});
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, ErrorCode::kAudioTooLong);
  EXPECT_THAT(clip.error().message, HasSubstr("1.0 s; the limit is 1.0 s (max_duration_s)"));
}

TEST(Limit, HoldsForEveryFormat) {
  for (const int format :
       {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS,
        SF_FORMAT_OGG | SF_FORMAT_OPUS, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}) {
    const ByteVector bytes = Encode(Signal(48000, 2.0), 48000, 1, format);
    const Result<Clip> clip = Decode(bytes, {.max_duration_s = 1.0});
    ASSERT_FALSE(clip) << format;
    EXPECT_EQ(clip.error().code, ErrorCode::kAudioTooLong) << clip.error().message;
  }
  for (const auto sizes : {testing::WebmSizes::kKnown, testing::WebmSizes::kLive}) {
    const Result<Clip> clip =
        Decode(testing::EncodeWebm(Signal(48000, 2.0), 1, sizes), {.max_duration_s = 1.0});
    ASSERT_FALSE(clip);
    EXPECT_EQ(clip.error().code, ErrorCode::kAudioTooLong) << clip.error().message;
  }
}

TEST(Memory, IsThatOfTheLimitNotOfTheHeaderOrTheFile) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer keeps freed memory";
#endif
  // Ten minutes of silence are a few hundred bytes of flac a second, 1.9 GB when decoded at 32 bits and 8
  // channels.
  const ByteVector flac = Encode(std::vector<float>(600 * 8000), 8000, 8, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  const long before_kb = PeakMemoryKb();  // NOLINT(google-runtime-int)
  for (const ByteVector& bytes : {flac, WithoutTotal(flac), WithHugeTotal(flac)}) {
    const Result<Clip> clip = Decode(bytes, {});
    ASSERT_FALSE(clip);
    EXPECT_EQ(clip.error().code, ErrorCode::kAudioTooLong) << clip.error().message;
  }
  const ByteVector data(1000);
  for (const std::uint32_t size : {1'000'000'000U, 0xFFFFFFFFU, 0U}) {
    Decode(testing::WavBytes({.data_size = size}, data), {}).has_value();
  }
  EXPECT_LT(PeakMemoryKb() - before_kb, 24 * 1024);
}

TEST(FlacOfUnknownLength, Decodes) {
  const std::vector<float> mono = Signal(16000, 1.0);
  const Result<Clip> clip =
      Decode(WithoutTotal(Encode(mono, 16000, 1, SF_FORMAT_FLAC | SF_FORMAT_PCM_16)), {});
  ASSERT_TRUE(clip) << clip.error().message;
  EXPECT_EQ(clip->samples.size(), mono.size());
}

/// What every answer must look like, whatever the input was.
void ExpectSane(const Result<Clip>& clip, const std::string& what) {
  if (!clip) {
    ASSERT_FALSE(clip.error().message.empty()) << what;
    ASSERT_EQ(clip.error().message.find('\n'), std::string::npos) << what << ": " << clip.error().message;
    ASSERT_NE(clip.error().code, ErrorCode::kInternal) << what << ": " << clip.error().message;
    return;
  }
  ASSERT_FALSE(clip->samples.empty()) << what;
  ASSERT_LE(clip->duration_ms(), 60000.1) << what;
  for (const float sample : clip->samples) ASSERT_TRUE(std::isfinite(sample)) << what;
}

struct Sample {
  const char* name;
  ByteVector bytes;
};

std::vector<Sample> SmallRecordings() {
  const std::vector<float> mono = Signal(48000, 0.06);
  return {{"wav", Encode(Signal(8000, 0.06), 8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16)},
          {"wavex", Encode(Signal(8000, 0.06), 8000, 2, SF_FORMAT_WAVEX | SF_FORMAT_FLOAT)},
          {"rf64", Encode(Signal(8000, 0.06), 8000, 1, SF_FORMAT_RF64 | SF_FORMAT_PCM_16)},
          {"adpcm", Encode(Signal(8000, 0.2), 8000, 1, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM)},
          {"flac", Encode(Signal(8000, 0.2), 8000, 1, SF_FORMAT_FLAC | SF_FORMAT_PCM_16)},
          {"mp3", Encode(Signal(16000, 0.3), 16000, 1, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III)},
          {"opus", Encode(mono, 48000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS)},
          {"vorbis", Encode(Signal(8000, 0.1), 8000, 1, SF_FORMAT_OGG | SF_FORMAT_VORBIS)},
          {"webm", testing::EncodeWebm(mono, 1, testing::WebmSizes::kKnown)},
          {"live webm", testing::EncodeWebm(mono, 2, testing::WebmSizes::kLive)}};
}

TEST(Damage, EveryTruncationGivesAnErrorOrAClip) {
  for (const Sample& sample : SmallRecordings()) {
    const std::size_t step = std::max<std::size_t>(1, sample.bytes.size() / 1500);
    for (std::size_t size = 0; size < sample.bytes.size(); size += step) {
      const std::span<const std::byte> cut = std::span(sample.bytes).first(size);
      // A copy of the exact size, so that a sanitizer sees a read beyond it.
      ExpectSane(Decode(ByteVector(cut.begin(), cut.end()), kNoFfmpeg),
                 std::string(sample.name) + " cut to " + std::to_string(size));
    }
  }
}

TEST(Damage, TruncationsOfWavFlacAndWebmAreNoticed) {
  for (const Sample& sample : SmallRecordings()) {
    const std::string name = sample.name;
    if (name != "wav" && name != "flac" && name != "webm") continue;
    for (std::size_t size = 0; size + 100 < sample.bytes.size(); size += 7) {
      EXPECT_FALSE(Decode(std::span(sample.bytes).first(size), kNoFfmpeg)) << name << " cut to " << size;
    }
  }
}

TEST(Damage, EveryMutationGivesAnErrorOrAClip) {
  std::mt19937 random(20261123);
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  for (const Sample& sample : SmallRecordings()) {
    for (int round = 0; round < 400; ++round) {
      ByteVector bytes = sample.bytes;
      for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
        // Headers are where the danger is: half of the edits go there.
        const std::size_t at = below(below(2) == 0 ? std::min<std::size_t>(bytes.size(), 128) : bytes.size());
        const std::byte extremes[] = {std::byte{0}, std::byte{0xFF}, std::byte{0x7F}, std::byte{0x80}};
        bytes[at] = below(2) == 0 ? extremes[below(4)] : static_cast<std::byte>(below(256));
      }
      ExpectSane(Decode(bytes, kNoFfmpeg), std::string(sample.name) + " round " + std::to_string(round));
    }
  }
}

}  // namespace
}  // namespace higgins::audio
