#include "report/text_format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace higgins {
namespace {

double FiniteOrZero(double value) { return std::isfinite(value) ? value : 0.0; }

// Length of the well-formed sequence at the start of `text` (Unicode 15, table 3-7); 0 when there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : (lead >> 4) == 0xE           ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const std::uint8_t second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate_or_too_large = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || surrogate_or_too_large ? 0 : length;
}

}  // namespace

double Rounded(double value) {
  const double rounded = std::round(FiniteOrZero(value) * 1e4) / 1e4;
  // Adding 0 turns -0 into 0; a value near the limits overflows and is no figure of ours.
  return FiniteOrZero(rounded) + 0.0;
}

std::string Fixed(double value, int decimals) {
  std::array<char, 400> buffer;  // 309 digits before the point at most
  const double scale = std::pow(10.0, decimals);
  const double finite = FiniteOrZero(value);
  // A value that would print as a negative zero.
  const double safe = std::round(finite * scale) == 0.0 ? 0.0 : finite;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), safe, std::chars_format::fixed, decimals);
  return {buffer.data(), end.ptr};
}

std::string Seconds(int ms) { return Fixed(ms / 1000.0, 3); }

std::string ValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace higgins
