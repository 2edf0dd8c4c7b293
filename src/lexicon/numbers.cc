#include "lexicon/numbers.h"

#include <array>
#include <charconv>

namespace higgins::lexicon {
namespace {

constexpr std::array<std::string_view, 20> kSmall = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> kTens = {"",      "",      "twenty",  "thirty", "forty",
                                                    "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array<std::string_view, 6> kScales = {"",        "thousand", "million",
                                                     "billion", "trillion", "quadrillion"};

void AppendBelowThousand(int value, Words& out) {
  if (value >= 100) {
    out.emplace_back(kSmall[static_cast<std::size_t>(value / 100)]);
    out.emplace_back("hundred");
    value %= 100;
    if (value == 0) return;
  }
  if (value >= 20) {
    out.emplace_back(kTens[static_cast<std::size_t>(value / 10)]);
    value %= 10;
    if (value == 0) return;
  }
  out.emplace_back(kSmall[static_cast<std::size_t>(value)]);
}

std::string OrdinalOf(const std::string& word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kIrregular = {
      {{"one", "first"},
       {"two", "second"},
       {"three", "third"},
       {"five", "fifth"},
       {"eight", "eighth"},
       {"nine", "ninth"},
       {"twelve", "twelfth"}}};
  for (const auto& [cardinal, ordinal] : kIrregular) {
    if (word == cardinal) return std::string(ordinal);
  }
  if (word.ends_with('y')) return word.substr(0, word.size() - 1) + "ieth";
  return word + "th";
}

}  // namespace

Words CardinalWords(std::uint64_t value) {
  if (value == 0) return {"zero"};
  Words out;
  std::uint64_t unit = kMaxCardinal;
  for (std::size_t scale = kScales.size(); scale-- > 0; unit /= 1000) {
    const int group = static_cast<int>(value / unit % 1000);
    if (group == 0) continue;
    AppendBelowThousand(group, out);
    if (scale > 0) out.emplace_back(kScales[scale]);
  }
  return out;
}

Words OrdinalWords(std::uint64_t value) {
  Words words = CardinalWords(value);
  words.back() = OrdinalOf(words.back());
  return words;
}

Words YearWords(int year) {
  const bool in_pairs = (year >= 1100 && year <= 1999) || (year >= 2010 && year <= 2099);
  if (!in_pairs) return CardinalWords(static_cast<std::uint64_t>(year));
  const int century = year / 100;
  const int rest = year % 100;
  Words words = CardinalWords(static_cast<std::uint64_t>(century));
  if (rest == 0) {
    words.emplace_back("hundred");
    return words;
  }
  if (rest < 10) words.emplace_back("oh");
  for (std::string& word : CardinalWords(static_cast<std::uint64_t>(rest))) words.push_back(std::move(word));
  return words;
}

Words DigitWords(std::string_view digits) {
  Words words;
  for (const char digit : digits) words.emplace_back(kSmall[static_cast<std::size_t>(digit - '0')]);
  return words;
}

Words IntegerWords(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool is_number =
      error == std::errc() && value <= kMaxCardinal && (digits.size() == 1 || digits[0] != '0');
  return is_number ? CardinalWords(value) : DigitWords(digits);
}

Words Pluralise(Words words) {
  std::string& last = words.back();
  if (last.ends_with('y')) {
    last.replace(last.size() - 1, 1, "ies");
  } else if (last.ends_with('x')) {
    last += "es";
  } else {
    last += 's';
  }
  return words;
}

Words FractionWords(std::uint64_t numerator, std::uint64_t denominator) {
  Words below;
  if (denominator == 2) {
    below = {numerator == 1 ? "half" : "halves"};
  } else if (denominator == 4) {
    below = {numerator == 1 ? "quarter" : "quarters"};
  } else {
    below = OrdinalWords(denominator);
    if (numerator != 1) below = Pluralise(std::move(below));
  }
  Words words = CardinalWords(numerator);
  words.insert(words.end(), below.begin(), below.end());
  return words;
}

}  // namespace higgins::lexicon
