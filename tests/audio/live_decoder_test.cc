// What is followed live is what Decode() gives in the end, however the stream is cut.
#include "audio/live_decoder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "audio/decode.h"
#include "audio/recordings.h"

namespace higgins::audio {
namespace {

using testing::ByteVector;
using testing::Signal;

constexpr double kSeconds = 1.5;

struct Stream {
  std::string name;
  ByteVector bytes;
  std::size_t num_behind;  // samples at 16 kHz that may still be missing at the end
};

std::vector<Stream> Streams() {
  const std::vector<float> at_16k = Signal(16000, kSeconds), at_48k = Signal(48000, kSeconds);
  const auto size = static_cast<std::uint32_t>(2 * at_48k.size());
  return {
      {"wav of unknown length", testing::WavBytes({}, testing::Pcm16(at_16k)), 0},
      {"wav",
       testing::WavBytes({.rate_hz = 48000, .riff_size = 36 + size, .data_size = size},
                         testing::Pcm16(at_48k)),
       2000},
      {"float wav", testing::FloatWav(at_16k), 0},
      {"live webm", testing::EncodeWebm(at_48k, 1, testing::WebmSizes::kLive), 2400},
      {"webm in stereo", testing::EncodeWebm(at_48k, 2, testing::WebmSizes::kKnown), 2400},
      {"ogg opus", testing::Encode(at_48k, 48000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS), 20000},
  };
}

/// Feeds `bytes` in pieces of the sizes given, then the rest.
void FeedInPieces(LiveDecoder& live, Bytes bytes, const std::vector<std::size_t>& sizes) {
  for (const std::size_t wanted : sizes) {
    const std::size_t size = std::min(wanted, bytes.size());
    ASSERT_TRUE(live.Feed(bytes.first(size)));
    bytes = bytes.subspan(size);
  }
  ASSERT_TRUE(live.Feed(bytes));
}

TEST(LiveDecoder, GivesTheBeginningOfWhatDecodeGives) {
  for (const Stream& stream : Streams()) {
    const Result<Clip> clip = Decode(stream.bytes, {});
    ASSERT_TRUE(clip) << stream.name << ": " << clip.error().message;
    LiveDecoder live(60.0);
    FeedInPieces(live, stream.bytes, std::vector<std::size_t>(stream.bytes.size() / 100, 100));
    EXPECT_FALSE(live.is_blind()) << stream.name;
    ASSERT_LE(live.samples().size(), clip->samples.size()) << stream.name;
    EXPECT_GE(live.samples().size() + stream.num_behind, clip->samples.size()) << stream.name;
    EXPECT_TRUE(std::equal(live.samples().begin(), live.samples().end(), clip->samples.begin()))
        << stream.name;
  }
}

RC_GTEST_PROP(LiveDecoderProperty, TheCutDoesNotMatter, ()) {
  static const std::vector<Stream> streams = Streams();
  const Stream& stream = streams[*rc::gen::inRange<std::size_t>(0, streams.size())];
  LiveDecoder whole(60.0), cut(60.0);
  FeedInPieces(whole, stream.bytes, {});
  FeedInPieces(cut, stream.bytes,
               *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 3000)));
  RC_ASSERT(whole.samples() == cut.samples());
}

TEST(LiveDecoder, StopsAtTheLimit) {
  for (const Stream& stream : Streams()) {
    LiveDecoder live(1.0);
    const Result<void> fed = live.Feed(stream.bytes);
    ASSERT_FALSE(fed) << stream.name;
    EXPECT_EQ(fed.error().code, ErrorCode::kAudioTooLong) << stream.name;
    EXPECT_LE(live.samples().size(), 16000U + 2000U) << stream.name;
  }
}

TEST(LiveDecoder, IsBlindToWhatItCannotFollow) {
  const std::vector<float> signal = Signal(16000, 0.5);
  ByteVector lying = testing::EncodeWebm(Signal(48000, 0.2), 1, testing::WebmSizes::kLive);
  // The first element after the EBML header says that it holds 4 GB, and is no segment.
  testing::ByteWriter huge;
  testing::AddElement(huge, 0x1A45DFA3, ByteVector());
  huge.Big(0x63A2, 2).Big(0x0100000100000000ULL, 8);
  const std::vector<ByteVector> recordings = {
      testing::Encode(signal, 16000, 1, SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
      testing::Encode(signal, 16000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_24),
      testing::FromText("This is no audio, whatever its name says."), huge.bytes};
  for (const ByteVector& recording : recordings) {
    LiveDecoder live(60.0);
    EXPECT_TRUE(live.Feed(recording));
    EXPECT_TRUE(live.is_blind());
    EXPECT_TRUE(live.samples().empty());
    EXPECT_TRUE(live.Feed(recording));
  }
}

TEST(LiveDecoder, WaitsForTheHeader) {
  LiveDecoder live(60.0);
  EXPECT_TRUE(live.Feed({}));
  EXPECT_TRUE(live.Feed(testing::FromText("RIFF")));
  EXPECT_FALSE(live.is_blind());
  EXPECT_TRUE(live.samples().empty());
}

}  // namespace
}  // namespace higgins::audio
