#include "transports/server/http/text.h"

#include <cstddef>
#include <cstdint>

namespace higgins::server::http {
namespace {

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Length of the sequence that starts with `lead`, and the smallest code point it may hold; 0 when none may
/// start so.
struct Sequence {
  std::size_t length;
  std::uint32_t smallest;
};

Sequence SequenceOf(unsigned char lead) {
  if (lead < 0x80) return {1, 0};
  if (lead >= 0xc2 && lead < 0xe0) return {2, 0x80};
  if (lead >= 0xe0 && lead < 0xf0) return {3, 0x800};
  if (lead >= 0xf0 && lead < 0xf5) return {4, 0x10000};
  return {0, 0};
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text, PlusSign plus_sign) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' && plus_sign == PlusSign::kSpace ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool IsUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const Sequence sequence = SequenceOf(lead);
    if (sequence.length == 0 || i + sequence.length > text.size()) return false;
    std::uint32_t code_point =
        sequence.length == 1 ? lead : lead & static_cast<unsigned char>(0x7fU >> sequence.length);
    for (std::size_t k = 1; k < sequence.length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0U) != 0x80) return false;
      code_point = code_point << 6U | (next & 0x3fU);
    }
    const bool is_surrogate = code_point >= 0xd800 && code_point < 0xe000;
    if (code_point < sequence.smallest || code_point > 0x10ffff || is_surrogate) return false;
    i += sequence.length;
  }
  return true;
}

}  // namespace higgins::server::http
