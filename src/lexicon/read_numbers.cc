// Numbers and what hangs on them: ordinals, decades, fractions, ranges, percent, units, telephone numbers.
#include <array>

#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

using Kind = SpokenWord::Kind;

struct Unit {
  std::string_view written;
  std::string_view one;   ///< "kilometer per hour"
  std::string_view many;  ///< "kilometers per hour"
};

// Compared as written first, then without case. Sorted by nothing: the longest match wins.
constexpr Unit kUnits[] = {
    {"km/h", "kilometer per hour", "kilometers per hour"},
    {"kmh", "kilometer per hour", "kilometers per hour"},
    {"kph", "kilometer per hour", "kilometers per hour"},
    {"mph", "mile per hour", "miles per hour"},
    {"m/s", "meter per second", "meters per second"},
    {"km2", "square kilometer", "square kilometers"},
    {"m2", "square meter", "square meters"},
    {"m3", "cubic meter", "cubic meters"},
    {"km", "kilometer", "kilometers"},
    {"m", "meter", "meters"},
    {"cm", "centimeter", "centimeters"},
    {"mm", "millimeter", "millimeters"},
    {"um", "micrometer", "micrometers"},
    {"nm", "nanometer", "nanometers"},
    {"mi", "mile", "miles"},
    {"ft", "foot", "feet"},
    {"yd", "yard", "yards"},
    {"yds", "yard", "yards"},
    {"kg", "kilogram", "kilograms"},
    {"g", "gram", "grams"},
    {"mg", "milligram", "milligrams"},
    {"lb", "pound", "pounds"},
    {"lbs", "pound", "pounds"},
    {"oz", "ounce", "ounces"},
    {"l", "liter", "liters"},
    {"ml", "milliliter", "milliliters"},
    {"hz", "hertz", "hertz"},
    {"khz", "kilohertz", "kilohertz"},
    {"mhz", "megahertz", "megahertz"},
    {"ghz", "gigahertz", "gigahertz"},
    {"kb", "kilobyte", "kilobytes"},
    {"mb", "megabyte", "megabytes"},
    {"gb", "gigabyte", "gigabytes"},
    {"tb", "terabyte", "terabytes"},
    {"kw", "kilowatt", "kilowatts"},
    {"kwh", "kilowatt hour", "kilowatt hours"},
    {"hr", "hour", "hours"},
    {"hrs", "hour", "hours"},
    {"min", "minute", "minutes"},
    {"mins", "minute", "minutes"},
    {"sec", "second", "seconds"},
    {"secs", "second", "seconds"},
    {"ms", "millisecond", "milliseconds"},
    {"yrs", "year", "years"},
    {"usd", "dollar", "dollars"},
    {"eur", "euro", "euros"},
    {"gbp", "pound", "pounds"},
    {"\x06"
     "c",
     "degree celsius", "degrees celsius"},
    {"\x06"
     "f",
     "degree fahrenheit", "degrees fahrenheit"},
    {"\x06", "degree", "degrees"},
};

void SayPhrase(std::string_view phrase, std::size_t begin, std::size_t end, Reading& reading) {
  while (!phrase.empty()) {
    const std::size_t space = phrase.find(' ');
    reading.Say(std::string(phrase.substr(0, space)), begin, end);
    phrase = space == std::string_view::npos ? std::string_view() : phrase.substr(space + 1);
  }
}

bool IsOne(const Number& number) { return number.integer == "1" && number.fraction.empty(); }

/// The unit that starts at `at`, after `number`; its reading goes to `reading`. Whether there was one.
bool ReadUnit(const Written& written, std::size_t at, const Number& number, Reading& reading) {
  const bool is_hyphenated = written.At(at) == '-';
  const std::size_t begin = is_hyphenated ? at + 1 : SkipSpaces(written, at);
  const Unit* best = nullptr;
  for (const Unit& unit : kUnits) {
    const std::string_view candidate = written.text.substr(begin, unit.written.size());
    if (Lower(candidate) != unit.written || IsAlnum(written.At(begin + candidate.size()))) continue;
    // "5G", "4K" and "the 5 M" are names; one-letter units are written small.
    if (candidate.size() == 1 && IsUpper(candidate[0]) && candidate[0] != 'L') continue;
    if (written.At(begin + candidate.size()) == '\'') continue;
    if (best == nullptr || unit.written.size() > best->written.size()) best = &unit;
  }
  if (best == nullptr) return false;
  std::size_t end = begin + best->written.size();
  SayPhrase(is_hyphenated || IsOne(number) ? best->one : best->many, begin, end, reading);
  // "5 lbs." inside a sentence: the point belongs to the abbreviation.
  if (written.At(end) == '.' && written.At(end + 1) == ' ' && !IsUpper(written.At(end + 2))) ++end;
  reading.end = end;
  return true;
}

/// "3rd", "1,000th".
std::size_t OrdinalEnd(const Written& written, const Number& number) {
  if (!number.fraction.empty() || number.integer.empty()) return 0;
  const std::string suffix = Lower(written.text.substr(number.end, 2));
  const bool is_suffix = suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th";
  return is_suffix && !IsAlnum(written.At(number.end + 2)) ? number.end + 2 : 0;
}

/// "1990s", "90's".
std::size_t PluralEnd(const Written& written, const Number& number) {
  std::size_t at = number.end;
  if (written.At(at) == '\'') ++at;
  if (ToLower(written.At(at)) != 's' || IsAlnum(written.At(at + 1)) || !number.fraction.empty()) return 0;
  return at + 1;
}

std::string_view DenominatorAt(const Written& written, std::size_t slash) {
  if (written.At(slash) != '/') return {};
  const std::size_t end = SkipDigits(written, slash + 1);
  const std::string_view digits = written.text.substr(slash + 1, end - slash - 1);
  const bool goes_on = written.At(end) == '/' || IsLetter(written.At(end));
  return goes_on || digits.size() > 4 || digits.starts_with('0') ? std::string_view() : digits;
}

bool IsFraction(int numerator, int denominator) {
  static constexpr std::array<int, 12> kUsual = {2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 100};
  if (numerator < 1 || numerator >= denominator) return false;
  for (const int usual : kUsual) {
    if (denominator == usual) return true;
  }
  return false;
}

/// "3/4", "9/11" (said as two numbers) after `number`.
bool ReadFraction(const Written& written, const Number& number, Reading& reading) {
  const std::string_view below = DenominatorAt(written, number.end);
  if (below.empty() || !number.fraction.empty() || number.integer.size() > 4) return false;
  reading.end = number.end + 1 + below.size();
  const int numerator = ToInt(number.integer);
  const int denominator = ToInt(below);
  Words words;
  if (IsFraction(numerator, denominator)) {
    words = FractionWords(static_cast<std::uint64_t>(numerator), static_cast<std::uint64_t>(denominator));
    reading.SayAll(words, number.begin, reading.end);
    return true;
  }
  reading.SayAll(NumberWords(number, NumberStyle::kMaybeYear), number.begin, number.end);
  reading.SayAll(IntegerWords(below), number.end + 1, reading.end);
  return true;
}

/// "2 1/2": the whole part was said as `number`; says "and a half".
bool ReadMixedFraction(const Written& written, const Number& number, Reading& reading) {
  const std::size_t begin = SkipSpaces(written, number.end);
  if (begin == number.end || !number.fraction.empty()) return false;
  const std::size_t slash = SkipDigits(written, begin);
  const std::string_view below = DenominatorAt(written, slash);
  if (slash == begin || slash - begin > 2 || below.empty()) return false;
  const int numerator = ToInt(written.text.substr(begin, slash - begin));
  const int denominator = ToInt(below);
  if (!IsFraction(numerator, denominator)) return false;
  const std::size_t end = slash + 1 + below.size();
  Words words = FractionWords(static_cast<std::uint64_t>(numerator), static_cast<std::uint64_t>(denominator));
  if (numerator == 1 && denominator == 2) words = {"a", "half"};
  reading.Say("and", begin, end);
  reading.SayAll(words, begin, end);
  reading.end = end;
  return true;
}

/// What follows a number that stands for itself: percent, a unit, the rest of a range or of a product.
void ReadTail(const Written& written, const Number& number, Reading& reading) {
  const std::size_t at = reading.end;
  const std::size_t next = SkipSpaces(written, at);
  if (written.At(next) == '%') {
    reading.Say("percent", next, next + 1);
    reading.end = next + 1;
    return;
  }
  const bool is_range = written.At(at) == '-' && IsDigit(written.At(at + 1));
  const bool is_product = (ToLower(written.At(next)) == 'x' || written.At(next) == kTimes) &&
                          IsDigit(written.At(SkipSpaces(written, next + 1)));
  if (is_range || is_product) {
    const std::size_t sign = is_range ? at : next;
    reading.Say(is_range ? "to" : written.At(sign) == kTimes ? "times" : "by", sign, sign + 1);
    reading.end = SkipSpaces(written, sign + 1);  // the other number is read in its turn
    return;
  }
  ReadUnit(written, at, number, reading);
}

bool HasTail(const Written& written, const Number& number) {
  Reading ignored;
  return ReadUnit(written, number.end, number, ignored) || written.At(SkipSpaces(written, number.end)) == '%';
}

/// "1.2.3": every further group after its own point.
void ReadVersion(const Written& written, Reading& reading) {
  while (written.At(reading.end) == '.' && IsDigit(written.At(reading.end + 1))) {
    const std::size_t begin = reading.end;
    reading.end = SkipDigits(written, begin + 1);
    reading.Say("point", begin, begin + 1);
    reading.SayAll(IntegerWords(written.text.substr(begin + 1, reading.end - begin - 1)), begin + 1,
                   reading.end);
  }
}

}  // namespace

std::optional<Reading> ReadNumber(const Written& written, std::size_t at) {
  std::size_t begin = at;
  Reading reading;
  const char before = written.Before(at);
  if (written.At(at) == '-' && (before == '\0' || before == ' ' || before == '(')) {
    ++begin;
    if (!IsDigit(written.At(begin)) && written.At(begin) != '.') return std::nullopt;
  }
  const std::optional<Number> number = ScanNumber(written, begin);
  if (!number) return std::nullopt;
  if (begin > at) reading.Say("minus", at, begin);
  reading.end = number->end;
  if (const std::size_t end = OrdinalEnd(written, *number)) {
    const Words words = number->integer.size() <= 15 ? OrdinalWords(std::stoull(number->integer)) : Words();
    if (!words.empty()) {
      reading.SayAll(words, number->begin, end);
      reading.end = end;
      return reading;
    }
  }
  if (const std::size_t end = PluralEnd(written, *number)) {
    reading.SayAll(Pluralise(NumberWords(*number, NumberStyle::kMaybeYear)), number->begin, end);
    reading.end = end;
    return reading;
  }
  if (ReadFraction(written, *number, reading)) return reading;
  const NumberStyle style = HasTail(written, *number) ? NumberStyle::kCardinal : NumberStyle::kMaybeYear;
  reading.SayAll(NumberWords(*number, style), number->begin, number->end);
  if (IsLetter(before)) return reading;
  if (!number->fraction.empty()) ReadVersion(written, reading);
  if (!ReadMixedFraction(written, *number, reading)) ReadTail(written, *number, reading);
  return reading;
}

std::optional<Reading> ReadDigitString(const Written& written, std::size_t at) {
  if (IsAlnum(written.Before(at)) || written.Before(at) == '.') return std::nullopt;
  // Groups of digits, joined by one hyphen, point or space, or in brackets: (555) 123-4567, 1-800-555-1234,
  // +1 555 ...
  std::vector<std::size_t> group_sizes;
  std::size_t end = at;
  std::size_t next = at;
  bool has_hyphen = false;
  bool has_space = false;
  const bool has_plus = written.At(at) == '+';
  const bool has_bracket = written.At(at) == '(';
  if (has_plus || has_bracket) ++next;
  while (SkipDigits(written, next) > next && group_sizes.size() < 8) {
    const std::size_t stop = SkipDigits(written, next);
    group_sizes.push_back(stop - next);
    end = stop;
    next = stop;
    if (has_bracket && group_sizes.size() == 1) {
      if (written.At(next) != ')') return std::nullopt;
      next = written.At(next + 1) == ' ' ? next + 2 : next + 1;
    } else if (written.At(next) == '-' || written.At(next) == ' ') {
      (written.At(next) == '-' ? has_hyphen : has_space) = true;
      ++next;
      if (written.At(next) == '(') return std::nullopt;
    } else {
      break;
    }
  }
  if (IsLetter(written.At(end))) return std::nullopt;
  std::size_t num_digits = 0;
  for (const std::size_t size : group_sizes) num_digits += size;
  const std::size_t num_groups = group_sizes.size();
  const bool is_telephone =
      (num_groups == 2 && has_hyphen && !has_space && group_sizes[0] == 3 && group_sizes[1] == 4) ||
      (num_groups >= 3 && has_hyphen && !has_space) || (has_bracket && num_groups >= 3 && num_digits >= 10) ||
      (num_groups >= 3 && num_digits >= 10 && group_sizes.back() >= 3 && (has_plus || num_digits <= 11)) ||
      (has_plus && num_groups == 1 && num_digits >= 8) ||
      (num_groups == 1 && !has_plus && !has_bracket && written.text.substr(at, 3) == "911" &&
       num_digits == 3);
  if (!is_telephone) return std::nullopt;
  Reading reading;
  reading.end = end;
  if (has_plus) reading.Say("plus", at, end);
  for (std::size_t i = at; i < end; ++i) {
    if (IsDigit(written.At(i))) reading.SayAll(DigitWords(written.text.substr(i, 1)), at, end, Kind::kDigit);
  }
  return reading;
}

}  // namespace higgins::lexicon
