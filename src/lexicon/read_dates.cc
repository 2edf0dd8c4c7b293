// Dates (12/25/2024, 2024-12-25, 25.12.2024, 25 Dec 2024, Dec. 25, 2024) and times of day (3:30 pm, 15:00, 5
// a.m.).
#include <array>

#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

/// A stretch of the text that was understood as a part of a date.
struct Part {
  int value = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// "December", "Dec.", "dec", "Sept".
std::optional<Part> ScanMonth(const Written& written, std::size_t at) {
  const std::size_t end = SkipLetters(written, at);
  const std::string word = Lower(written.text.substr(at, end - at));
  if (word.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    const bool is_short = word == kMonths[i].substr(0, 3) || (i == 8 && word == "sept");
    if (word != kMonths[i] && !is_short) continue;
    const bool has_point = is_short && word != kMonths[i] && written.At(end) == '.';
    return Part{static_cast<int>(i) + 1, at, has_point ? end + 1 : end};
  }
  return std::nullopt;
}

/// Digits of a number of at most `max_size` digits between `low` and `high`, not a piece of a longer number.
std::optional<Part> ScanInt(const Written& written, std::size_t at, std::size_t max_size, int low, int high) {
  const std::size_t end = SkipDigits(written, at);
  if (end == at || end - at > max_size) return std::nullopt;
  const int value = ToInt(written.text.substr(at, end - at));
  if (value < low || value > high) return std::nullopt;
  return Part{value, at, end};
}

/// A day with or without its ordinal ending: "25", "25th".
std::optional<Part> ScanDay(const Written& written, std::size_t at) {
  std::optional<Part> day = ScanInt(written, at, 2, 1, 31);
  if (!day) return std::nullopt;
  const std::string suffix = Lower(written.text.substr(day->end, 2));
  if (suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th") day->end += 2;
  const char next = written.At(day->end);
  const bool goes_on =
      IsAlnum(next) ||
      ((next == '.' || next == ':' || next == '/' || next == '%') && IsDigit(written.At(day->end + 1))) ||
      next == '%';
  if (goes_on) return std::nullopt;
  return day;
}

/// A year of four digits after optional comma and spaces.
std::optional<Part> ScanYear(const Written& written, std::size_t at) {
  std::size_t begin = at;
  if (written.At(begin) == ',') ++begin;
  begin = SkipSpaces(written, begin);
  if (begin == at) return std::nullopt;
  std::optional<Part> year = ScanInt(written, begin, 4, 1000, 2999);
  if (!year || IsLetter(written.At(year->end))) return std::nullopt;
  const char next = written.At(year->end);
  if ((next == ',' || next == '.' || next == ':') && IsDigit(written.At(year->end + 1))) return std::nullopt;
  return year;
}

void SayMonth(int month, std::size_t begin, std::size_t end, Reading& reading) {
  reading.Say(std::string(kMonths[static_cast<std::size_t>(month - 1)]), begin, end);
}

void SayYear(const Part& year, std::size_t begin, std::size_t end, Reading& reading) {
  if (year.end - year.begin == 2 && year.value < 10) {
    reading.SayAll({"oh"}, begin, end);
    reading.SayAll(CardinalWords(static_cast<std::uint64_t>(year.value)), begin, end);
  } else {
    reading.SayAll(YearWords(year.value), begin, end);
  }
}

/// "Dec. 25, 2024", "May 5", "March 2024".
std::optional<Reading> ReadMonthFirst(const Written& written, std::size_t at) {
  const std::optional<Part> month = ScanMonth(written, at);
  if (!month) return std::nullopt;
  const std::size_t next = SkipSpaces(written, month->end);
  if (next == month->end) return std::nullopt;
  Reading reading;
  SayMonth(month->value, month->begin, month->end, reading);
  reading.end = month->end;
  if (const std::optional<Part> day = ScanDay(written, next)) {
    reading.SayAll(OrdinalWords(static_cast<std::uint64_t>(day->value)), day->begin, day->end);
    reading.end = day->end;
  } else if (!ScanYear(written, month->end)) {
    return std::nullopt;
  }
  if (const std::optional<Part> year = ScanYear(written, reading.end)) {
    SayYear(*year, year->begin, year->end, reading);
    reading.end = year->end;
  }
  return reading;
}

bool FollowsThe(const Written& written, std::size_t at) {
  return at >= 4 && Lower(written.text.substr(at - 4, 4)) == "the " && !IsAlnum(written.Before(at - 4));
}

/// "25 Dec 2024", "the 5th May": "the twenty fifth of december ...".
std::optional<Reading> ReadDayFirst(const Written& written, std::size_t at) {
  const std::optional<Part> day = ScanDay(written, at);
  if (!day) return std::nullopt;
  const std::size_t gap = written.At(day->end) == '-' ? day->end + 1 : SkipSpaces(written, day->end);
  const std::optional<Part> month = gap > day->end ? ScanMonth(written, gap) : std::nullopt;
  // "at 5 may I ...": a bare small "may" or "mar" after a number is more often a verb or a typing error.
  if (!month || (!IsUpper(written.At(month->begin)))) return std::nullopt;
  Reading reading;
  if (!FollowsThe(written, at)) reading.Say("the", day->begin, day->end);
  reading.SayAll(OrdinalWords(static_cast<std::uint64_t>(day->value)), day->begin, day->end);
  reading.Say("of", month->begin, month->end);
  SayMonth(month->value, month->begin, month->end, reading);
  reading.end = month->end;
  std::optional<Part> year = ScanYear(written, month->end);
  if (!year && written.At(month->end) == '-') year = ScanInt(written, month->end + 1, 4, 1000, 2999);
  if (year) {
    SayYear(*year, year->begin, year->end, reading);
    reading.end = year->end;
  }
  return reading;
}

/// 12/25/2024 (month first unless that is impossible), 25.12.2024 (day first), 2024-12-25; years of two or
/// four digits.
std::optional<Reading> ReadNumericDate(const Written& written, std::size_t at) {
  const auto first = ScanInt(written, at, 4, 1, 2999);
  if (!first) return std::nullopt;
  const char separator = written.At(first->end);
  if (separator != '/' && separator != '-' && separator != '.') return std::nullopt;
  const auto second = ScanInt(written, first->end + 1, 2, 1, 31);
  if (!second || written.At(second->end) != separator) return std::nullopt;
  const auto third = ScanInt(written, second->end + 1, 4, 0, 2999);
  if (!third || IsAlnum(written.At(third->end))) return std::nullopt;
  const bool year_first = first->end - first->begin == 4;
  const std::size_t last_size = third->end - third->begin;
  if (written.At(third->end) == separator && IsDigit(written.At(third->end + 1))) return std::nullopt;
  // "1.2.3" is a version and "1-2-33" no date that anyone would recognise.
  const bool is_short_year = separator == '/' && last_size == 2;
  if (!year_first && last_size != 4 && !is_short_year) return std::nullopt;
  if (last_size == 4 && third->value < 1000) return std::nullopt;
  Part year = year_first ? *first : *third;
  int month = year_first ? second->value : first->value;
  int day = year_first ? third->value : second->value;
  const bool day_first = !year_first && (separator == '.' || month > 12);
  if (day_first) std::swap(month, day);
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  Reading reading;
  reading.end = third->end;
  SayMonth(month, at, reading.end, reading);
  reading.SayAll(OrdinalWords(static_cast<std::uint64_t>(day)), at, reading.end);
  SayYear(year, at, reading.end, reading);
  return reading;
}

/// "12/25" alone, when it cannot be a fraction.
std::optional<Reading> ReadMonthSlashDay(const Written& written, std::size_t at) {
  const auto month = ScanInt(written, at, 2, 1, 12);
  if (!month || written.At(month->end) != '/') return std::nullopt;
  const auto day = ScanInt(written, month->end + 1, 2, 13, 31);
  if (!day || day->value == 16 || IsAlnum(written.At(day->end)) || written.At(day->end) == '/')
    return std::nullopt;
  Reading reading;
  reading.end = day->end;
  SayMonth(month->value, at, reading.end, reading);
  reading.SayAll(OrdinalWords(static_cast<std::uint64_t>(day->value)), at, reading.end);
  return reading;
}

/// End of "pm", "p.m.", " PM" at `at`; 0 when there is none. `letter` becomes 'a' or 'p'.
std::size_t ScanHalfDay(const Written& written, std::size_t at, std::size_t& begin, char& letter) {
  begin = SkipSpaces(written, at);
  letter = ToLower(written.At(begin));
  if (letter != 'a' && letter != 'p') return 0;
  std::size_t end = begin + 1;
  const bool has_points = written.At(end) == '.';
  if (has_points) ++end;
  if (ToLower(written.At(end)) != 'm') return 0;
  ++end;
  if (IsAlnum(written.At(end)) || written.At(end) == '\'') return 0;
  if (has_points && written.At(end) == '.') ++end;
  return end;
}

}  // namespace

std::optional<Reading> ReadDate(const Written& written, std::size_t at) {
  if (IsAlnum(written.Before(at))) return std::nullopt;
  if (IsLetter(written.At(at))) return ReadMonthFirst(written, at);
  if (!IsDigit(written.At(at))) return std::nullopt;
  if (auto reading = ReadNumericDate(written, at)) return reading;
  if (auto reading = ReadMonthSlashDay(written, at)) return reading;
  return ReadDayFirst(written, at);
}

std::optional<Reading> ReadTime(const Written& written, std::size_t at) {
  if (IsAlnum(written.Before(at)) || !IsDigit(written.At(at))) return std::nullopt;
  const auto hour = ScanInt(written, at, 2, 0, 99);
  if (!hour) return std::nullopt;
  Reading reading;
  reading.end = hour->end;
  const Words hour_words = CardinalWords(static_cast<std::uint64_t>(hour->value));
  std::optional<Part> minute;
  if (written.At(hour->end) == ':') {
    minute = ScanInt(written, hour->end + 1, 2, 0, 99);
    if (!minute) return std::nullopt;
    reading.end = minute->end;
  }
  std::size_t half_begin = 0;
  char half = '\0';
  const std::size_t half_end = ScanHalfDay(written, reading.end, half_begin, half);
  if (!minute && (half_end == 0 || hour->value > 12)) return std::nullopt;
  if (IsAlnum(written.At(reading.end)) && half_end == 0) return std::nullopt;
  const bool is_time =
      !minute || (hour->value <= 24 && minute->value < 60 && minute->end - minute->begin == 2);
  if (!is_time) {  // a ratio or a score
    reading.SayAll(hour_words, at, hour->end);
    reading.Say("to", hour->end, hour->end + 1);
    reading.SayAll(CardinalWords(static_cast<std::uint64_t>(minute->value)), minute->begin, minute->end);
    return reading;
  }
  const std::size_t end = reading.end;
  reading.SayAll(hour_words, at, end);
  if (minute && minute->value > 0) {
    if (minute->value < 10) reading.Say("oh", at, end);
    reading.SayAll(CardinalWords(static_cast<std::uint64_t>(minute->value)), at, end);
  } else if (minute && half_end == 0) {
    reading.Say(hour->value >= 1 && hour->value <= 12 ? "o'clock" : "hundred", at, end);
  }
  if (minute && written.At(end) == ':') {
    if (const auto second = ScanInt(written, end + 1, 2, 0, 59)) {
      reading.SayAll(CardinalWords(static_cast<std::uint64_t>(second->value)), second->begin, second->end);
      reading.end = second->end;
      return reading;
    }
  }
  if (half_end > 0) {
    reading.Say({half, 'm'}, half_begin, half_end, SpokenWord::Kind::kSpelled);
    reading.end = half_end;
  }
  return reading;
}

}  // namespace higgins::lexicon
