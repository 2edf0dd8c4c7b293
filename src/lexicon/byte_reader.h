// Bounds-checked reading of the little-endian files of this room.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace higgins::lexicon {

/// Adler-32 (RFC 1950): quick, and any single damaged byte changes it.
inline std::uint32_t Adler32(std::span<const std::uint8_t> bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  constexpr std::size_t kBlock = 5552;  // the most bytes before b could overflow
  while (!bytes.empty()) {
    const std::size_t size = bytes.size() < kBlock ? bytes.size() : kBlock;
    for (const std::uint8_t byte : bytes.first(size)) {
      a += byte;
      b += a;
    }
    a %= 65521;
    b %= 65521;
    bytes = bytes.subspan(size);
  }
  return b << 16 | a;
}

/// Reads past the end give zeros and leave ok() false, so that a parser can check once after a group of
/// fields.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

  std::uint32_t U32() {
    const std::span<const std::uint8_t> four = Bytes(4);
    if (four.size() < 4) return 0;
    return static_cast<std::uint32_t>(four[0]) | static_cast<std::uint32_t>(four[1]) << 8 |
           static_cast<std::uint32_t>(four[2]) << 16 | static_cast<std::uint32_t>(four[3]) << 24;
  }
  float F32() { return std::bit_cast<float>(U32()); }
  std::span<const std::uint8_t> Bytes(std::size_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const std::span<const std::uint8_t> taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  std::string_view Text(std::size_t size) {
    const std::span<const std::uint8_t> taken = Bytes(size);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool ok_ = true;
};

/// The body of a file that starts with `magic` (8 bytes), the body's size and its Adler-32. Nothing when any
/// is wrong.
inline std::optional<std::span<const std::uint8_t>> OpenBody(std::span<const std::byte> file,
                                                             std::string_view magic) {
  ByteReader reader({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
  const bool is_ours = reader.Text(magic.size()) == magic;
  const std::uint32_t size = reader.U32();
  const std::uint32_t checksum = reader.U32();
  const std::span<const std::uint8_t> body = reader.Bytes(size);
  if (!is_ours || !reader.ok() || !reader.at_end() || Adler32(body) != checksum) return std::nullopt;
  return body;
}

}  // namespace higgins::lexicon
