// The characters of HTTP (RFC 9110, 5.6.2; RFC 3986, 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace higgins::server::http {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool IsTokenChar(char c) {
  return IsAlnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
/// What a header value may contain: visible ASCII, space, tab, bytes from 0x80.
inline bool IsFieldChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

enum class PlusSign { kLiteral, kSpace };

/// None when an escape is not two hexadecimal digits.
std::optional<std::string> PercentDecode(std::string_view text, PlusSign plus_sign);

/// Shortest forms only, no surrogates, at most U+10FFFF (RFC 3629).
bool IsUtf8(std::string_view text);

}  // namespace higgins::server::http
