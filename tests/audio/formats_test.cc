// decode(encode(x)) is x, for every container, width, rate and channel count that is promised.
#include <gtest/gtest.h>

#include <tuple>

#include "audio/decode.h"
#include "audio/recordings.h"

namespace higgins::audio {
namespace {

using testing::Encode;
using testing::Signal;
using testing::SignalToErrorDb;

constexpr double kSeconds = 0.5;

struct Format {
  const char* name;
  int sndfile_format;
  double min_db;  // of signal over error
  int max_shift;  // samples at 16 kHz that the codec may delay
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

constexpr Format kFormats[] = {
    {"wav_u8", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 30, 0},
    {"wav_16", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 75, 0},
    {"wav_24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 85, 0},
    {"wav_32", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 85, 0},
    {"wav_float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 85, 0},
    {"wav_double", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 85, 0},
    {"wav_alaw", SF_FORMAT_WAV | SF_FORMAT_ALAW, 28, 0},
    {"wav_ulaw", SF_FORMAT_WAV | SF_FORMAT_ULAW, 28, 0},
    {"wav_ima_adpcm", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 15, 0},
    {"wavex_16", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 75, 0},
    {"wavex_float", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, 85, 0},
    {"wavex_ulaw", SF_FORMAT_WAVEX | SF_FORMAT_ULAW, 28, 0},
    {"rf64_16", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 75, 0},
    {"rifx_16", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 75, 0},
    {"flac_16", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 75, 0},
    {"flac_24", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 85, 0},
    {"ogg_vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 15, 2},
    {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 15, 2},
};

class FormatTest : public ::testing::TestWithParam<std::tuple<Format, int, int>> {};

TEST_P(FormatTest, ComesBackAsMonoAt16kHz) {
  const auto [format, rate_hz, num_channels] = GetParam();
  const auto bytes = Encode(Signal(rate_hz, kSeconds), rate_hz, num_channels, format.sndfile_format);
  const Result<Clip> clip = Decode(bytes, {});
  ASSERT_TRUE(clip) << clip.error().message;
  EXPECT_NEAR(clip->duration_ms(), kSeconds * 1000, format.min_db > 20 ? 1 : 60);
  EXPECT_GT(SignalToErrorDb(Signal(16000, kSeconds), clip->samples, format.max_shift), format.min_db);
}

std::string CaseName(const ::testing::TestParamInfo<FormatTest::ParamType>& test) {
  const auto& [format, rate_hz, num_channels] = test.param;
  return std::string(format.name) + "_" + std::to_string(rate_hz) + "_" + std::to_string(num_channels);
}

INSTANTIATE_TEST_SUITE_P(All, FormatTest,
                         ::testing::Combine(::testing::ValuesIn(kFormats),
                                            ::testing::Values(16000, 44100, 48000), ::testing::Values(1, 2)),
                         CaseName);

TEST(OggOpus, ComesBack) {
  const auto bytes = Encode(Signal(48000, kSeconds), 48000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS);
  const Result<Clip> clip = Decode(bytes, {});
  ASSERT_TRUE(clip) << clip.error().message;
  EXPECT_GT(SignalToErrorDb(Signal(16000, kSeconds), clip->samples, 2), 12);
}

TEST(Webm, OpusComesBackWithKnownAndWithLiveSizes) {
  for (const int num_channels : {1, 2}) {
    for (const auto sizes : {testing::WebmSizes::kKnown, testing::WebmSizes::kLive}) {
      const Result<Clip> clip = Decode(testing::EncodeWebm(Signal(48000, kSeconds), num_channels, sizes), {});
      ASSERT_TRUE(clip) << clip.error().message;
      EXPECT_NEAR(clip->duration_ms(), kSeconds * 1000, 25);
      EXPECT_GT(SignalToErrorDb(Signal(16000, kSeconds), clip->samples, 2), 12);
    }
  }
}

TEST(Pcm, SameSamplesAt16kHzAreUntouched) {
  const std::vector<float> mono = Signal(16000, kSeconds);
  const Result<Clip> clip = FromPcm({.samples = mono}, {});
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->samples, mono);
}

TEST(Pcm, ChannelsAreAveraged) {
  const std::vector<float> stereo = {0.5F, -0.25F, 1.0F, 0.0F};
  const Result<Clip> clip = FromPcm({.samples = stereo, .sample_rate_hz = 16000, .num_channels = 2}, {});
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->samples, (std::vector<float>{0.125F, 0.5F}));
}

TEST(Pcm, EveryRateInRangeResamplesToTheSameSignal) {
  for (const int rate_hz :
       {4000, 7999, 8000, 11025, 12345, 15999, 16001, 22050, 32000, 44101, 96000, 192000, 384000}) {
    const std::vector<float> samples = Signal(rate_hz, kSeconds);
    const Result<Clip> clip = FromPcm({.samples = samples, .sample_rate_hz = rate_hz}, {});
    ASSERT_TRUE(clip) << clip.error().message;
    EXPECT_NEAR(clip->duration_ms(), kSeconds * 1000, 1.0) << rate_hz;
    EXPECT_GT(SignalToErrorDb(Signal(16000, kSeconds), clip->samples, 0), 60) << rate_hz;
  }
}

TEST(Resampling, IsDeterministicAndRemovesWhatWouldAlias) {
  std::vector<float> tone(48000);
  for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = i % 2 == 0 ? 0.0F : i % 4 == 1 ? 1.0F : -1.0F;
  const Result<Clip> first = FromPcm({.samples = tone, .sample_rate_hz = 48000}, {});  // 12 kHz
  const Result<Clip> second = FromPcm({.samples = tone, .sample_rate_hz = 48000}, {});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->samples, second->samples);
  for (std::size_t i = 1600; i + 1600 < first->samples.size(); ++i)
    ASSERT_LT(std::abs(first->samples[i]), 1e-4F);
}

// Streaming recorders that cannot go back write these for "unknown".
TEST(WavOfUnknownLength, Decodes) {
  const std::vector<float> mono = Signal(16000, kSeconds);
  const testing::ByteVector data = testing::Pcm16(mono);
  for (const std::uint32_t size : {0U, 0xFFFFFFFFU, 0xFFFFFFDBU, 0x7FFFFFFFU, 0x7FFFF000U, 0x80000000U}) {
    const Result<Clip> clip = Decode(testing::WavBytes({.riff_size = size, .data_size = size}, data), {});
    ASSERT_TRUE(clip) << size << ": " << clip.error().message;
    EXPECT_EQ(clip->samples.size(), mono.size()) << size;
    EXPECT_GT(SignalToErrorDb(mono, clip->samples, 0), 70) << size;
  }
}

TEST(WavWithAnUnknownChunkAndAPad, Decodes) {
  testing::ByteVector bytes = Encode(Signal(16000, kSeconds), 16000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  const testing::ByteVector chunk =
      testing::ByteWriter().Text("LIST").Little(5, 4).Text("hello").Little(0, 1).bytes;
  bytes.insert(bytes.begin() + 36, chunk.begin(), chunk.end());
  const Result<Clip> clip = Decode(bytes, {});
  ASSERT_TRUE(clip) << clip.error().message;
  EXPECT_EQ(clip->samples.size(), 8000U);
}

TEST(Id3Tag, IsSkippedBeforeMp3AndFlac) {
  for (const int format : {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    testing::ByteWriter tagged;
    tagged.Text("ID3").Little(4, 2).Little(0, 1).Big(200, 3).Big(0, 1);  // wrong on purpose: patched below
    tagged.bytes[6] = tagged.bytes[7] = std::byte{0};
    tagged.bytes[8] = std::byte{1};   // 128
    tagged.bytes[9] = std::byte{72};  // + 72 = 200
    tagged.bytes.resize(10 + 200);
    tagged.Append(Encode(Signal(44100, kSeconds), 44100, 1, format));
    const Result<Clip> clip = Decode(tagged.bytes, {});
    ASSERT_TRUE(clip) << clip.error().message;
    EXPECT_GT(SignalToErrorDb(Signal(16000, kSeconds), clip->samples, 2), 12);
  }
}

}  // namespace
}  // namespace higgins::audio
