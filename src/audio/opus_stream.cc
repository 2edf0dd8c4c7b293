#include "audio/opus_stream.h"

#include <opus/opus_multistream.h>

#include <cstddef>
#include <string>
#include <utility>

namespace higgins::audio {
namespace {

constexpr int kMaxPacketFrames = 5760;  // 120 ms at 48 kHz, RFC 6716 section 2.1.4

Error BadHead(const std::string& what) {
  return Error{ErrorCode::kBadAudio, "the opus header is damaged: " + what};
}

}  // namespace

Result<OpusHead> ReadOpusHead(Bytes bytes) {
  constexpr std::size_t kShortBytes = 19;
  if (!HasTag(bytes, 0, "OpusHead") || bytes.size() < kShortBytes) {
    return BadHead(std::to_string(bytes.size()) + " bytes, 19 that start with \"OpusHead\" expected");
  }
  OpusHead head;
  head.num_channels = static_cast<int>(ReadUint(bytes, 9, 1));
  head.pre_skip_frames = static_cast<int>(ReadUint(bytes, 10, 2));
  head.gain_q8_db = static_cast<std::int16_t>(ReadUint(bytes, 16, 2));
  const auto family = static_cast<int>(ReadUint(bytes, 18, 1));
  if (head.num_channels == 0) return BadHead("0 channels");
  if (family == 0) {
    if (head.num_channels > 2)
      return BadHead(std::to_string(head.num_channels) + " channels in mapping family 0");
    head.num_coupled = head.num_channels - 1;
    head.mapping = {0, 1};
    head.mapping.resize(static_cast<std::size_t>(head.num_channels));
    return head;
  }
  if (bytes.size() < kShortBytes + 2 + static_cast<std::size_t>(head.num_channels)) {
    return BadHead("its channel mapping is cut");
  }
  head.num_streams = static_cast<int>(ReadUint(bytes, 19, 1));
  head.num_coupled = static_cast<int>(ReadUint(bytes, 20, 1));
  for (int i = 0; i < head.num_channels; ++i) {
    head.mapping.push_back(
        static_cast<unsigned char>(ReadUint(bytes, kShortBytes + 2 + static_cast<std::size_t>(i), 1)));
  }
  return head;
}

void OpusStream::Deleter::operator()(OpusMSDecoder* decoder) const {
  opus_multistream_decoder_destroy(decoder);
}

Result<OpusStream> OpusStream::Create(const OpusHead& head) {
  int error = OPUS_OK;
  OpusStream stream(head.num_channels);
  stream.decoder_.reset(opus_multistream_decoder_create(kRateHz, head.num_channels, head.num_streams,
                                                        head.num_coupled, head.mapping.data(), &error));
  if (!stream.decoder_ || error != OPUS_OK) return BadHead(opus_strerror(error));
  if (opus_multistream_decoder_ctl(stream.decoder_.get(), OPUS_SET_GAIN(head.gain_q8_db)) != OPUS_OK) {
    return Error{ErrorCode::kInternal,
                 "libopus refuses an output gain of " + std::to_string(head.gain_q8_db)};
  }
  return stream;
}

Result<void> OpusStream::Decode(Bytes packet, std::vector<float>& out) {
  out.resize(static_cast<std::size_t>(kMaxPacketFrames) * static_cast<std::size_t>(num_channels_));
  const int num_frames = opus_multistream_decode_float(
      decoder_.get(), reinterpret_cast<const unsigned char*>(packet.data()),  // NOLINT: bytes of a packet
      static_cast<opus_int32>(packet.size()), out.data(), kMaxPacketFrames, 0);
  if (num_frames < 0) {
    out.clear();
    return Error{ErrorCode::kBadAudio,
                 std::string("an opus packet is damaged (") + opus_strerror(num_frames) + ")"};
  }
  out.resize(static_cast<std::size_t>(num_frames) * static_cast<std::size_t>(num_channels_));
  return {};
}

}  // namespace higgins::audio
