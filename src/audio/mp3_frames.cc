// The frame header, 32 bits (ISO 11172-3, 2.4.1.3): sync 11, version 2, layer 2, protection 1, bit rate 4,
// sampling rate 2, padding 1, private 1, then what does not change the length. A layer III frame takes 144 *
// bit rate / sampling rate + padding bytes, half of that in MPEG 2 and 2.5.
#include "audio/mp3_frames.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace higgins::audio {
namespace {

struct Frame {
  std::uint32_t kind = 0;  // the bits that all frames of a stream share: version, layer and sampling rate
  std::size_t length_bytes = 0;
};

constexpr std::array<int, 15> kKbitsMpeg1 = {0,   32,  40,  48,  56,  64,  80, 96,
                                             112, 128, 160, 192, 224, 256, 320};
constexpr std::array<int, 15> kKbitsMpeg2 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
constexpr std::array<int, 3> kRatesMpeg1Hz = {44100, 48000, 32000};

std::optional<Frame> ReadFrame(Bytes bytes, std::size_t offset) {
  if (offset + 4 > bytes.size()) return std::nullopt;
  const auto header = static_cast<std::uint32_t>(ReadUint(bytes, offset, 4, ByteOrder::kBig));
  const std::uint32_t version = (header >> 19U) & 3U;  // 0: 2.5, 1: reserved, 2: MPEG 2, 3: MPEG 1
  const std::uint32_t layer = (header >> 17U) & 3U;    // 1: layer III
  const std::uint32_t bit_rate = (header >> 12U) & 15U;
  const std::uint32_t rate = (header >> 10U) & 3U;
  if ((header >> 21U) != 0x7FFU || version == 1 || layer != 1 || bit_rate == 0 || bit_rate == 15 ||
      rate == 3) {
    return std::nullopt;
  }
  const int rate_divisor = version == 3 ? 1 : version == 2 ? 2 : 4;
  const int kbits = version == 3 ? kKbitsMpeg1[bit_rate] : kKbitsMpeg2[bit_rate];
  const int rate_hz = kRatesMpeg1Hz[rate] / rate_divisor;
  const int length =
      (version == 3 ? 144 : 72) * kbits * 1000 / rate_hz + static_cast<int>((header >> 9U) & 1U);
  return Frame{header & 0xFFFE0C00U, static_cast<std::size_t>(length)};
}

}  // namespace

std::optional<std::size_t> FindMp3Frames(Bytes bytes) {
  constexpr std::size_t kSearch = 8192;
  for (std::size_t offset = 0; offset < std::min(bytes.size(), kSearch); ++offset) {
    if (bytes[offset] != std::byte{0xFF}) continue;
    const std::optional<Frame> first = ReadFrame(bytes, offset);
    if (!first) continue;
    const std::size_t next_offset = offset + first->length_bytes;
    if (next_offset == bytes.size()) return offset;
    const std::optional<Frame> next = ReadFrame(bytes, next_offset);
    if (next && next->kind == first->kind) return offset;
  }
  return std::nullopt;
}

std::optional<std::int64_t> DeclaredMp3Samples(Bytes bytes) {
  // The header stands after the frame's side information, whose length depends on version and channels, and
  // the CRC.
  for (const std::size_t offset : {13U, 15U, 21U, 23U, 36U, 38U}) {
    if (!HasTag(bytes, offset, "Xing") && !HasTag(bytes, offset, "Info")) continue;
    const bool has_num_frames = (ReadUint(bytes, offset + 4, 4, ByteOrder::kBig) & 1U) != 0;
    if (!has_num_frames) return std::nullopt;
    const bool is_mpeg1 = ((ReadUint(bytes, 1, 1) >> 3U) & 3U) == 3U;
    const auto num_frames = static_cast<std::int64_t>(ReadUint(bytes, offset + 8, 4, ByteOrder::kBig));
    return num_frames * (is_mpeg1 ? 1152 : 576);
  }
  return std::nullopt;
}

}  // namespace higgins::audio
