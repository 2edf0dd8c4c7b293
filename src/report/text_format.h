// Numbers and text as the export formats write them. Locale-independent and deterministic: the same value
// gives the same bytes everywhere.
#pragma once

#include <string>
#include <string_view>

namespace higgins {

/// Rounded to 4 decimals, halves away from zero. Never -0, NaN or infinite: what is not finite becomes 0.
double Rounded(double value);

/// `value` with exactly `decimals` (0 to 9) decimals: "0.120". Never "-0.000"; what is not finite becomes 0.
std::string Fixed(double value, int decimals);

/// "0.120" of 120.
std::string Seconds(int ms);

/// `text` with every byte that is not part of a valid UTF-8 sequence replaced by U+FFFD.
std::string ValidUtf8(std::string_view text);

}  // namespace higgins
