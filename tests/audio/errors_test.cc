// What cannot be decoded is refused with a line that says what was wrong and what was found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "audio/decode.h"
#include "audio/recordings.h"

namespace higgins::audio {
namespace {

using ::testing::AllOf;
using testing::ByteVector;
using testing::ByteWriter;
using testing::Encode;
using testing::FromText;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Signal;
using testing::WavBytes;

void ExpectError(const Result<Clip>& clip, ErrorCode code, const std::string& part) {
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, code) << clip.error().message;
  EXPECT_THAT(clip.error().message, AllOf(HasSubstr(part), Not(HasSubstr("\n"))));
  EXPECT_LT(clip.error().message.size(), 250U);
}

TEST(NotAudio, SaysWhatItIs) {
  ExpectError(Decode({}, {}), ErrorCode::kBadAudio, "empty (0 bytes)");
  ExpectError(Decode(FromText("<html>\n<body>"), {}), ErrorCode::kBadAudio,
              "text (starts with \"<html> <body>\")");
  ExpectError(Decode(FromText("data:audio/wav;base64,UklGRiQAAABXQVZF"), {}), ErrorCode::kBadAudio,
              "text (starts with \"data:audio/wav;base64,Uk...\")");
  ExpectError(Decode(FromText("PK\x03\x04 and so on"), {}), ErrorCode::kBadAudio, "a ZIP file");
  ExpectError(Decode(FromText("\x89PNG\r\n\x1A\n"), {}), ErrorCode::kBadAudio, "a PNG image");
  ExpectError(Decode(ByteVector(5000, std::byte{0}), {}), ErrorCode::kBadAudio,
              "no known kind of audio (5000 bytes, starts with 00 00 00 00 00 00 00 00)");
  ExpectError(Decode(ByteVector(1, std::byte{0xFF}), {}), ErrorCode::kBadAudio, "1 bytes, starts with ff");
}

TEST(Wav, TruncatedDataNamesBothSizes) {
  const ByteVector data(1200);
  ExpectError(
      Decode(WavBytes({.riff_size = 2'000'000'036, .data_size = 2'000'000'000}, data), {}),
      ErrorCode::kBadAudio,
      "the wav header says 2000 MB of samples but the file holds 1200 bytes: it is truncated or was never");
  ByteVector bytes = Encode(Signal(16000, 0.5), 16000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  bytes.resize(9000);
  ExpectError(Decode(bytes, {}), ErrorCode::kBadAudio, "says 16 kB of samples but the file holds 8956 bytes");
}

TEST(Wav, DamagedHeaders) {
  const ByteVector data(3200);
  ExpectError(Decode(WavBytes({.num_channels = 0, .data_size = 3200}, data), {}), ErrorCode::kBadAudio,
              "0 channels");
  ExpectError(Decode(WavBytes({.rate_hz = 0, .data_size = 3200}, data), {}), ErrorCode::kBadAudio, "0 Hz");
  ExpectError(Decode(WavBytes({.rate_hz = 100, .data_size = 3200}, data), {}), ErrorCode::kUnsupportedAudio,
              "sample rate of 100 Hz; 4000 to 384000 Hz");
  ExpectError(Decode(WavBytes({.rate_hz = 4'000'000'000, .data_size = 3200}, data), {}),
              ErrorCode::kUnsupportedAudio, "Hz can be read");
  ExpectError(Decode(WavBytes({.num_channels = 64, .data_size = 3200}, data), {}),
              ErrorCode::kUnsupportedAudio, "64 channels; 1 to 32");
  ExpectError(Decode(WavBytes({.data_size = 0}, {}), {}), ErrorCode::kBadAudio, "holds no samples");
  ExpectError(Decode(FromText("RIFF....WAVE"), {}), ErrorCode::kBadAudio, "ends before its samples begin");
  ExpectError(
      Decode(ByteWriter().Text("RIFF").Little(0, 4).Text("WAVEdata").Little(4, 4).Little(0, 4).bytes, {}),
      ErrorCode::kBadAudio, "no format chunk");
  ExpectError(
      Decode(ByteWriter().Text("RIFF").Little(0, 4).Text("WAVELIST").Little(4'000'000'000, 4).bytes, {}),
      ErrorCode::kBadAudio, "chunk of 4000 MB");
}

TEST(Wav, UnknownCodecIsNamedWithoutFfmpeg) {
  ExpectError(
      Decode(WavBytes({.format_tag = 0x161, .data_size = 320}, ByteVector(320)), {.allow_ffmpeg = false}),
      ErrorCode::kUnsupportedAudio, "a wav of codec 353 needs ffmpeg");
}

TEST(Samples, NanInfinityAndWrongScaleAreRefusedWithTheirPlace) {
  std::vector<float> samples = Signal(16000, 0.5);
  samples[4000] = std::numeric_limits<float>::quiet_NaN();
  ExpectError(Decode(testing::FloatWav(samples), {}), ErrorCode::kBadAudio,
              "sample 4000 (0.250 s) is not a number");
  ExpectError(FromPcm({.samples = samples}, {}), ErrorCode::kBadAudio,
              "sample 4000 (0.250 s) is not a number");
  samples[4000] = -std::numeric_limits<float>::infinity();
  ExpectError(Decode(testing::FloatWav(samples), {}), ErrorCode::kBadAudio, "is infinite");
  samples[4000] = 12000.0F;
  ExpectError(Decode(testing::FloatWav(samples), {}), ErrorCode::kBadAudio, "is 1.2e+04, expected -1 to 1");
}

TEST(Pcm, WrongArgumentsAreTheCallers) {
  const std::vector<float> samples(160);
  ExpectError(FromPcm({.samples = samples, .sample_rate_hz = 0}, {}), ErrorCode::kInvalidArgument, "0 Hz");
  ExpectError(FromPcm({.samples = samples, .sample_rate_hz = -1}, {}), ErrorCode::kInvalidArgument, "-1 Hz");
  ExpectError(FromPcm({.samples = samples, .num_channels = 0}, {}), ErrorCode::kInvalidArgument,
              "0 channels");
  ExpectError(FromPcm({.samples = samples, .num_channels = 3}, {}), ErrorCode::kInvalidArgument,
              "no multiple");
  ExpectError(FromPcm({}, {}), ErrorCode::kBadAudio, "holds no samples");
}

TEST(Options, AreChecked) {
  const std::vector<float> samples(1600);
  for (const double limit : {0.0, -1.0, 0.09, 3601.0, std::numeric_limits<double>::quiet_NaN()}) {
    ExpectError(FromPcm({.samples = samples}, {.max_duration_s = limit}), ErrorCode::kInvalidArgument,
                "0.1 to 3600 expected");
  }
}

TEST(Flac, TruncatedSaysHowMuchWasThere) {
  ByteVector bytes = Encode(Signal(16000, 2.0), 16000, 1, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  bytes.resize(bytes.size() / 2);
  ExpectError(Decode(bytes, {}), ErrorCode::kBadAudio, "the flac header says 32000 samples but only");
}

TEST(Ogg, TruncatedNamesThePage) {
  ByteVector bytes = Encode(Signal(48000, 2.0), 48000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS);
  bytes.resize(bytes.size() - 100);
  ExpectError(Decode(bytes, {}), ErrorCode::kBadAudio, "the ogg is truncated: its last page needs");
}

TEST(Mp3, TruncatedSaysHowMuchWasThere) {
  ByteVector bytes = Encode(Signal(44100, 2.0), 44100, 1, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  bytes.resize(bytes.size() / 2);
  ::testing::internal::CaptureStderr();
  const Result<Clip> clip = Decode(bytes, {});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");  // the library never prints
  ExpectError(clip, ErrorCode::kBadAudio, "the mp3 header says");
}

TEST(Webm, TruncatedAndForeign) {
  const std::vector<float> mono = Signal(48000, 0.5);
  ByteVector bytes = testing::EncodeWebm(mono, 1, testing::WebmSizes::kKnown);
  bytes.resize(bytes.size() / 2);
  ExpectError(Decode(bytes, {}), ErrorCode::kBadAudio, "the webm is truncated: the element at byte");
  bytes = testing::EncodeWebm(mono, 1, testing::WebmSizes::kLive);
  bytes.resize(bytes.size() / 2);
  ExpectError(Decode(bytes, {}), ErrorCode::kBadAudio, "the webm is truncated");
  ExpectError(
      Decode(testing::EncodeWebm(mono, 1, testing::WebmSizes::kKnown, "A_VORBIS\n"), {.allow_ffmpeg = false}),
      ErrorCode::kUnsupportedAudio, "A_VORBIS? audio; opus can be read");
}

TEST(Id3, LyingSizeIsNamed) {
  ByteWriter tag;
  tag.Text("ID3").Little(4, 3).Big(0x7F7F7F7F, 4).Text("rest");
  ExpectError(Decode(tag.bytes, {}), ErrorCode::kBadAudio,
              "the ID3 tag says 268435465 bytes but the file holds 14");
}

}  // namespace
}  // namespace higgins::audio
