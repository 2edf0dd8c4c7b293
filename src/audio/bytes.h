// Reading numbers and tags out of a recording's bytes. Every access is checked: bytes beyond the end read as
// 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace higgins::audio {

using Bytes = std::span<const std::byte>;

enum class ByteOrder { kLittle, kBig };

/// The unsigned integer of `width` bytes (1 to 8) at `offset`.
inline std::uint64_t ReadUint(Bytes bytes, std::size_t offset, int width,
                              ByteOrder order = ByteOrder::kLittle) {
  std::uint64_t value = 0;
  for (int i = 0; i < width; ++i) {
    const std::size_t at = offset + static_cast<std::size_t>(i);
    const std::uint64_t byte = at < bytes.size() ? std::to_integer<std::uint64_t>(bytes[at]) : 0;
    value |= byte << (8 * (order == ByteOrder::kLittle ? i : width - 1 - i));
  }
  return value;
}

/// Whether `tag` stands at `offset`.
inline bool HasTag(Bytes bytes, std::size_t offset, std::string_view tag) {
  if (offset > bytes.size() || bytes.size() - offset < tag.size()) return false;
  for (std::size_t i = 0; i < tag.size(); ++i) {
    if (std::to_integer<unsigned char>(bytes[offset + i]) != static_cast<unsigned char>(tag[i])) return false;
  }
  return true;
}

}  // namespace higgins::audio
