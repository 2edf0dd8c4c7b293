// What the readers share. A reader looks at one place of the folded text and, when it knows what stands
// there, says how it is read and where it ends. Readers are tried in a fixed order (normalise.cc); each is a
// pure function.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lexicon/fold.h"
#include "lexicon/normalise.h"
#include "lexicon/numbers.h"

namespace higgins::lexicon {

/// Whether capitals mean anything: in text without a single lower-case letter they do not.
enum class LetterCase { kMixed, kShouting };

/// The folded text as the readers see it.
struct Written {
  std::string_view text;
  LetterCase letter_case = LetterCase::kMixed;

  /// The character at `at`; NUL beyond either end (a folded text contains none).
  char At(std::size_t at) const { return at < text.size() ? text[at] : '\0'; }
  char Before(std::size_t at) const { return at > 0 ? text[at - 1] : '\0'; }
};

/// A spoken word over the folded characters [begin, end).
struct Spoken {
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
  SpokenWord::Kind kind = SpokenWord::Kind::kWord;
};

struct Reading {
  std::vector<Spoken> words;  ///< may be empty: silent punctuation
  std::size_t end = 0;        ///< first character that was not read

  void Say(std::string word, std::size_t begin, std::size_t stop,
           SpokenWord::Kind kind = SpokenWord::Kind::kWord) {
    words.push_back({std::move(word), begin, stop, kind});
  }
  void SayAll(const Words& all, std::size_t begin, std::size_t stop,
              SpokenWord::Kind kind = SpokenWord::Kind::kWord) {
    for (const std::string& word : all) Say(word, begin, stop, kind);
  }
};

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool IsLetter(char c) { return IsUpper(c) || (c >= 'a' && c <= 'z') || c == kForeignLetter; }
inline bool IsAlnum(char c) { return IsDigit(c) || IsLetter(c); }
inline char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
std::string Lower(std::string_view text);
bool HasVowelLetter(std::string_view lower);

/// Ends of runs that start at `at`; `at` itself when there is none.
std::size_t SkipDigits(const Written& written, std::size_t at);
std::size_t SkipLetters(const Written& written, std::size_t at);
std::size_t SkipSpaces(const Written& written, std::size_t at);
/// Value of a run of at most 9 digits.
int ToInt(std::string_view digits);

using Reader = std::optional<Reading>(const Written& written, std::size_t at);
Reader ReadWeb;           // read_web.cc: addresses, domains, handles, hashtags
Reader ReadDate;          // read_dates.cc
Reader ReadTime;          // read_dates.cc
Reader ReadMoney;         // read_money.cc
Reader ReadDigitString;   // read_numbers.cc: telephone numbers and other groups of digits
Reader ReadNumber;        // read_numbers.cc: all other numbers, with units
Reader ReadAbbreviation;  // read_abbreviations.cc
Reader ReadLetters;       // read_words.cc: words, acronyms, initials
Reader ReadSymbol;        // read_words.cc: the symbols that are said, and silence

/// A number as written: "1,234.5".
struct Number {
  std::string integer;   ///< digits without separators; empty in ".5"
  std::string fraction;  ///< digits after the point; empty when there is none
  bool grouped = false;  ///< written with thousands separators
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::optional<Number> ScanNumber(const Written& written, std::size_t at);

enum class NumberStyle { kCardinal, kMaybeYear };
Words NumberWords(const Number& number, NumberStyle style);

}  // namespace higgins::lexicon
