// RIFF (Microsoft/IBM 1991): chunks of an ASCII tag, a 32-bit size and a body padded to even length. RF64
// (EBU Tech 3306) keeps the true sizes in a 'ds64' chunk and writes 0xFFFFFFFF elsewhere.
#include "audio/wav_header.h"

#include <algorithm>
#include <string>

namespace higgins::audio {
namespace {

constexpr std::size_t kChunkHeaderBytes = 8;
constexpr int kFormatExtensible = 0xFFFE;
// Writers that count their own header into the data size, or forget the last pad, lose no sound.
constexpr std::uint64_t kSlackBytes = 64;

Error Bad(const std::string& what) { return Error{ErrorCode::kBadAudio, "the wav " + what}; }

std::string Size(std::uint64_t num_bytes) {
  if (num_bytes < 10000) return std::to_string(num_bytes) + " bytes";
  if (num_bytes < 10'000'000) return std::to_string(num_bytes / 1000) + " kB";
  if (num_bytes < 10'000'000'000) return std::to_string(num_bytes / 1'000'000) + " MB";
  return std::to_string(num_bytes / 1'000'000'000) + " GB";
}

bool MeansUnknown(std::uint64_t size) {
  return size == 0 || size >= 0xFFFFFF00U || (size >= 0x7FFFF000U && size <= 0x80000000U);
}

struct Chunk {
  std::size_t body = 0;
  std::uint64_t size = 0;
};

Result<void> ReadFormat(Bytes bytes, Chunk chunk, ByteOrder order, WavHeader& header) {
  if (chunk.size < 14) return Bad("has a format chunk of " + Size(chunk.size) + ", at least 16 expected");
  const std::size_t at = chunk.body;
  header.format_tag = static_cast<int>(ReadUint(bytes, at, 2, order));
  header.num_channels = static_cast<int>(ReadUint(bytes, at + 2, 2, order));
  header.sample_rate_hz = static_cast<std::int64_t>(ReadUint(bytes, at + 4, 4, order));
  header.bits_per_sample = static_cast<int>(ReadUint(bytes, at + 14, 2, order));
  if (header.format_tag == kFormatExtensible && chunk.size >= 26) {
    header.format_tag = static_cast<int>(ReadUint(bytes, at + 24, 2, order));
  }
  if (header.num_channels == 0) return Bad("header says 0 channels: it is damaged");
  if (header.sample_rate_hz == 0) return Bad("header says a sample rate of 0 Hz: it is damaged");
  if (ReadUint(bytes, at + 12, 2, order) == 0) return Bad("header says 0 bytes a sample: it is damaged");
  return {};
}

Result<void> ReadData(Bytes bytes, Chunk chunk, std::uint64_t declared, WavHeader& header) {
  const std::uint64_t present = bytes.size() - chunk.body;
  if (!MeansUnknown(chunk.size) && declared > present + kSlackBytes) {
    return Bad("header says " + Size(declared) + " of samples but the file holds " + Size(present) +
               ": it is truncated or was never finished");
  }
  header.data_offset = chunk.body;
  header.data_bytes =
      MeansUnknown(chunk.size) && declared == chunk.size ? present : std::min(declared, present);
  if (header.data_bytes == 0) return Bad("holds no samples");
  return {};
}

}  // namespace

Result<WavHeader> ReadWavHeader(Bytes bytes) {
  const ByteOrder order = HasTag(bytes, 0, "RIFX") ? ByteOrder::kBig : ByteOrder::kLittle;
  WavHeader header;
  header.order = order;
  std::uint64_t long_data_bytes = 0;  // from ds64
  std::size_t offset = 12;
  while (offset + kChunkHeaderBytes <= bytes.size()) {
    const Chunk chunk{offset + kChunkHeaderBytes, ReadUint(bytes, offset + 4, 4, order)};
    if (HasTag(bytes, offset, "data")) {
      if (header.num_channels == 0) return Bad("has no format chunk before its samples");
      const bool is_long = long_data_bytes != 0 && chunk.size == 0xFFFFFFFFU;
      const Result<void> read = ReadData(bytes, chunk, is_long ? long_data_bytes : chunk.size, header);
      if (!read) return read.error();
      return header;
    }
    if (chunk.size > bytes.size() - chunk.body) {
      return Bad("has a chunk of " + Size(chunk.size) + " before its samples but the file holds " +
                 Size(bytes.size()) + ": it is truncated or damaged");
    }
    if (HasTag(bytes, offset, "ds64")) long_data_bytes = ReadUint(bytes, chunk.body + 8, 8, order);
    if (HasTag(bytes, offset, "fmt ")) {
      const Result<void> read = ReadFormat(bytes, chunk, order, header);
      if (!read) return read.error();
    }
    offset = chunk.body + static_cast<std::size_t>(chunk.size) + (chunk.size & 1U);
  }
  return Bad("ends before its samples begin (" + Size(bytes.size()) + "): it is truncated");
}

}  // namespace higgins::audio
