// Words, contractions, acronyms, initials, Roman numerals; and the symbols between them.
#include <array>

#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

using Kind = SpokenWord::Kind;

bool IsAllUpper(std::string_view word) {
  for (const char c : word) {
    if (!IsUpper(c)) return false;
  }
  return true;
}

/// "U.S.A.", "Ph.D.", "D.C", "J.": letters (or "Ph") with points.
std::optional<Reading> ReadPoints(const Written& written, std::size_t at) {
  std::string letters;
  std::size_t end = at;
  std::size_t num_points = 0;
  while (IsLetter(written.At(end))) {
    const std::size_t stop = SkipLetters(written, end);
    const bool is_short = stop - end == 1 || Lower(written.text.substr(end, stop - end)) == "ph";
    if (!is_short || written.text[end] == kForeignLetter) break;
    const bool has_point = written.At(stop) == '.';
    if (!has_point && num_points == 0) return std::nullopt;
    letters += Lower(written.text.substr(end, stop - end));
    end = stop;
    if (!has_point) break;
    ++num_points;
    ++end;
  }
  if (letters.size() < 2 || num_points == 0 || IsAlnum(written.At(end))) return std::nullopt;
  Reading reading;
  reading.end = end;
  // "U.S.'s": the ending belongs to the letters.
  Kind kind = Kind::kSpelled;
  if (written.At(end) == '\'' && ToLower(written.At(end + 1)) == 's' && !IsAlnum(written.At(end + 2))) {
    letters += 's';
    reading.end = end + 2;
    kind = Kind::kSpelledPlural;
  }
  reading.Say(letters, at, reading.end, kind);
  return reading;
}

constexpr std::array<std::string_view, 8> kLeadingApostrophe = {"'em",   "'cause", "'til", "'tis",
                                                                "'twas", "'bout",  "'kay", "'n"};

/// "'em", "'n'": a word that starts with an apostrophe, which elsewhere is a quotation mark.
std::optional<Reading> ReadLeadingApostrophe(const Written& written, std::size_t at) {
  if (IsAlnum(written.Before(at))) return std::nullopt;
  std::size_t end = SkipLetters(written, at + 1);
  const std::string word = Lower(written.text.substr(at, end - at));
  for (const std::string_view known : kLeadingApostrophe) {
    if (word != known) continue;
    if (written.At(end) == '\'' && word == "'n") ++end;
    Reading reading;
    reading.Say(word, at, end);
    reading.end = end;
    return reading;
  }
  return std::nullopt;
}

/// Value of a Roman numeral from II to XXXIX written in capitals; 0 for anything else, the one-letter ones
/// included.
int RomanValue(std::string_view word) {
  static constexpr std::array<std::string_view, 10> kUnits = {"",  "I",  "II",  "III",  "IV",
                                                              "V", "VI", "VII", "VIII", "IX"};
  if (word.size() < 2) return 0;
  int tens = 0;
  while (tens < 3 && word.starts_with('X')) {
    word.remove_prefix(1);
    ++tens;
  }
  for (std::size_t unit = 0; unit < kUnits.size(); ++unit) {
    if (word == kUnits[unit]) return tens * 10 + static_cast<int>(unit);
  }
  return 0;
}

/// The word that ends just before the space before `at`, in lower case; empty when it is not capitalised.
std::string NameBefore(const Written& written, std::size_t at) {
  if (at < 2 || written.Before(at) != ' ') return {};
  std::size_t begin = at - 1;
  while (begin > 0 && IsLetter(written.Before(begin))) --begin;
  return IsUpper(written.At(begin)) ? Lower(written.text.substr(begin, at - 1 - begin)) : std::string();
}

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& list, std::string_view word) {
  for (const std::string_view entry : list) {
    if (entry == word) return true;
  }
  return false;
}

/// "Henry VIII" -> "the eighth", "Chapter IV" -> "four".
std::optional<Reading> ReadRoman(const Written& written, std::size_t at, std::size_t end) {
  static constexpr std::array<std::string_view, 26> kRulers = {
      "henry",     "louis",     "george",   "elizabeth", "edward",  "charles", "james",
      "paul",      "pius",      "william",  "john",      "richard", "philip",  "napoleon",
      "catherine", "alexander", "nicholas", "frederick", "francis", "leo",     "benedict",
      "gregory",   "ferdinand", "ivan",     "peter",     "mary"};
  static constexpr std::array<std::string_view, 16> kNumbered = {
      "chapter", "part",  "section", "volume", "act",    "war",   "book",     "phase",
      "type",    "class", "bowl",    "scene",  "figure", "table", "appendix", "level"};
  if (written.letter_case == LetterCase::kShouting) return std::nullopt;
  const int value = RomanValue(written.text.substr(at, end - at));
  if (value == 0) return std::nullopt;
  const std::string before = NameBefore(written, at);
  Reading reading;
  reading.end = end;
  if (Contains(kRulers, before)) {
    reading.Say("the", at, end);
    reading.SayAll(OrdinalWords(static_cast<std::uint64_t>(value)), at, end);
  } else if (Contains(kNumbered, before)) {
    reading.SayAll(CardinalWords(static_cast<std::uint64_t>(value)), at, end);
  } else {
    return std::nullopt;
  }
  return reading;
}

/// End of a word with its inner apostrophes: "rock'n'roll", "o'clock", "goin'".
std::size_t WordEnd(const Written& written, std::size_t at) {
  std::size_t end = SkipLetters(written, at);
  while (written.At(end) == '\'' && IsLetter(written.At(end + 1))) end = SkipLetters(written, end + 1);
  // "goin'" keeps its apostrophe unless a quotation that opened earlier closes here.
  const bool drops_g = written.At(end) == '\'' && Lower(written.text.substr(at, end - at)).ends_with("in") &&
                       end - at > 3 && written.text.substr(0, at).rfind(" '") == std::string_view::npos &&
                       !written.text.starts_with('\'');
  return drops_g ? end + 1 : end;
}

Kind KindOf(const Written& written, std::size_t at, std::size_t end, std::string_view word) {
  const bool is_mixed = written.letter_case == LetterCase::kMixed;
  const char after = written.At(end);
  const char before = written.Before(at);
  const std::string lower = Lower(word);
  if (word.size() == 1) return lower == "a" || lower == "i" ? Kind::kWord : Kind::kSpelled;
  // Letters beside a digit or an ampersand: "MP3", "A320", "R&D", "AT&T".
  const bool touches = IsDigit(after) || IsDigit(before) ||
                       ((after == '&' && IsAlnum(written.At(end + 1))) ||
                        (before == '&' && at >= 2 && IsAlnum(written.text[at - 2])));
  if (touches && word.size() <= 3 && (IsAllUpper(word) || !HasVowelLetter(lower))) return Kind::kSpelled;
  if (!is_mixed) return Kind::kWord;
  if (IsAllUpper(word)) return Kind::kAcronym;
  const bool is_plural =
      word.size() >= 3 && word.back() == 's' && IsAllUpper(word.substr(0, word.size() - 1));
  return is_plural ? Kind::kSpelledPlural : Kind::kWord;
}

std::string_view SymbolWord(const Written& written, std::size_t at) {
  const char symbol = written.At(at);
  const bool touches_before = IsAlnum(written.Before(at));
  const bool touches_after = IsAlnum(written.At(at + 1));
  const bool stands_alone =
      !touches_before && !touches_after && written.Before(at) == ' ' && written.At(at + 1) == ' ';
  switch (symbol) {
    case '&':
      return "and";
    case '@':
      return "at";
    case '%':
      return "percent";
    case kDegree:
      return "degrees";
    case kTimes:
      return "times";
    case kDivide:
      return "divided by";
    case '+':
      return touches_before || touches_after || stands_alone || written.Before(at) == '+' ? "plus" : "";
    case '=':
      return touches_before || touches_after || stands_alone ? "equals" : "";
    case '<':
      return stands_alone ? "less than" : "";
    case '>':
      return stands_alone ? "greater than" : "";
    case '#':
      return touches_before && !touches_after ? "sharp" : touches_after ? "number" : "";
    default:
      return {};
  }
}

}  // namespace

std::optional<Reading> ReadLetters(const Written& written, std::size_t at) {
  if (written.At(at) == '\'') return ReadLeadingApostrophe(written, at);
  if (!IsLetter(written.At(at))) return std::nullopt;
  if (!IsAlnum(written.Before(at))) {
    if (auto reading = ReadPoints(written, at)) return reading;
  }
  const std::size_t end = WordEnd(written, at);
  if (auto reading = ReadRoman(written, at, end)) return reading;
  Reading reading;
  reading.end = end;
  const std::string_view word = written.text.substr(at, end - at);
  const std::size_t apostrophe = word.find('\'');
  const std::string_view stem = word.substr(0, apostrophe);
  Kind kind = KindOf(written, at, at + stem.size(), stem);
  if (apostrophe != std::string_view::npos && kind == Kind::kSpelled) {
    kind = Lower(word).ends_with("'s") && stem.size() > 1 ? Kind::kAcronym : Kind::kWord;
  }
  reading.Say(Lower(word), at, end, kind);
  return reading;
}

std::optional<Reading> ReadSymbol(const Written& written, std::size_t at) {
  Reading reading;
  reading.end = at + 1;
  std::string_view phrase = SymbolWord(written, at);
  while (!phrase.empty()) {
    const std::size_t space = phrase.find(' ');
    reading.Say(std::string(phrase.substr(0, space)), at, at + 1);
    phrase = space == std::string_view::npos ? std::string_view() : phrase.substr(space + 1);
  }
  return reading;
}

}  // namespace higgins::lexicon
