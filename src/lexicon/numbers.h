// Numbers as words. Every element of the results is one spoken word: {"twenty", "five"}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace higgins::lexicon {

using Words = std::vector<std::string>;

/// Values up to this are said as one number, longer ones digit by digit.
inline constexpr std::uint64_t kMaxCardinal = 1'000'000'000'000'000;

Words CardinalWords(std::uint64_t value);  ///< value <= kMaxCardinal
Words OrdinalWords(std::uint64_t value);   ///< value <= kMaxCardinal
/// "nineteen ninety five", "nineteen oh five", "two thousand four", "twenty twenty four". 1 to 9999.
Words YearWords(int year);
/// One word a character; `digits` are '0' to '9'.
Words DigitWords(std::string_view digits);
/// Digits as a whole number, or one by one where a number would not be said: leading zeros, beyond
/// kMaxCardinal.
Words IntegerWords(std::string_view digits);
/// {"twenty", "five"} -> {"twenty", "fives"}; {"ninety"} -> {"nineties"}.
Words Pluralise(Words words);
/// 1/2 -> "one half", 3/4 -> "three quarters", 2/3 -> "two thirds". denominator >= 2.
Words FractionWords(std::uint64_t numerator, std::uint64_t denominator);

}  // namespace higgins::lexicon
