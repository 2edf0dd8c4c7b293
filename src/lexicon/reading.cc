#include "lexicon/reading.h"

namespace higgins::lexicon {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ToLower(c);
  return lower;
}

bool HasVowelLetter(std::string_view lower) {
  return lower.find_first_of("aeiouy") != std::string_view::npos;
}

std::size_t SkipDigits(const Written& written, std::size_t at) {
  while (IsDigit(written.At(at))) ++at;
  return at;
}

std::size_t SkipLetters(const Written& written, std::size_t at) {
  while (IsLetter(written.At(at))) ++at;
  return at;
}

std::size_t SkipSpaces(const Written& written, std::size_t at) {
  while (written.At(at) == ' ') ++at;
  return at;
}

int ToInt(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

std::optional<Number> ScanNumber(const Written& written, std::size_t at) {
  Number number;
  number.begin = at;
  std::size_t end = SkipDigits(written, at);
  number.integer = written.text.substr(at, end - at);
  if (!number.integer.empty() && number.integer.size() <= 3) {
    // Groups of exactly three, or the comma is punctuation.
    while (written.At(end) == ',' && SkipDigits(written, end + 1) == end + 4) {
      number.integer += written.text.substr(end + 1, 3);
      number.grouped = true;
      end += 4;
    }
  }
  if (written.At(end) == '.' && IsDigit(written.At(end + 1))) {
    const std::size_t stop = SkipDigits(written, end + 1);
    number.fraction = written.text.substr(end + 1, stop - end - 1);
    end = stop;
  }
  if (number.integer.empty() && number.fraction.empty()) return std::nullopt;
  number.end = end;
  return number;
}

Words NumberWords(const Number& number, NumberStyle style) {
  Words words;
  if (style == NumberStyle::kMaybeYear && number.integer.size() == 4 && !number.grouped &&
      number.fraction.empty() && number.integer[0] != '0') {
    return YearWords(ToInt(number.integer));
  }
  if (!number.integer.empty()) words = IntegerWords(number.integer);
  if (!number.fraction.empty()) {
    words.emplace_back("point");
    for (std::string& digit : DigitWords(number.fraction)) words.push_back(std::move(digit));
  }
  return words;
}

}  // namespace higgins::lexicon
