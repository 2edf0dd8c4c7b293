// Abbreviations that are read as other words: Mr., St., e.g., No. 5, w/.
#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

enum class Point { kOptional, kRequired };
enum class Context {
  kAny,
  kBeforeName,    ///< a capitalised word follows
  kBeforeNumber,  ///< a digit follows
  kMidSentence,   ///< the sentence goes on: whatever follows is not capitalised
};

struct Abbreviation {
  std::string_view written;  ///< lower case, without the last point
  std::string_view spoken;
  Point point = Point::kRequired;
  Context context = Context::kAny;
};

constexpr Abbreviation kAbbreviations[] = {
    {"mr", "mister", Point::kOptional},
    {"mrs", "missus", Point::kOptional},
    {"ms", "ms", Point::kRequired},
    {"messrs", "messieurs", Point::kOptional},
    {"prof", "professor"},
    {"sr", "senior"},
    {"jr", "junior", Point::kOptional},
    {"gen", "general", Point::kRequired, Context::kBeforeName},
    {"col", "colonel", Point::kRequired, Context::kBeforeName},
    {"sgt", "sergeant", Point::kOptional},
    {"capt", "captain"},
    {"lt", "lieutenant", Point::kRequired, Context::kBeforeName},
    {"cmdr", "commander"},
    {"gov", "governor", Point::kRequired, Context::kBeforeName},
    {"sen", "senator", Point::kRequired, Context::kBeforeName},
    {"rep", "representative", Point::kRequired, Context::kBeforeName},
    {"rev", "reverend", Point::kRequired, Context::kBeforeName},
    {"hon", "honorable", Point::kRequired, Context::kBeforeName},
    {"pres", "president", Point::kRequired, Context::kBeforeName},
    {"mt", "mount", Point::kRequired, Context::kBeforeName},
    {"ft", "fort", Point::kRequired, Context::kBeforeName},
    {"ave", "avenue"},
    {"blvd", "boulevard", Point::kOptional},
    {"rd", "road"},
    {"hwy", "highway", Point::kOptional},
    {"apt", "apartment", Point::kRequired, Context::kBeforeNumber},
    {"bldg", "building", Point::kOptional},
    {"dept", "department", Point::kOptional},
    {"univ", "university"},
    {"govt", "government", Point::kOptional},
    {"assn", "association", Point::kOptional},
    {"intl", "international", Point::kOptional},
    {"inc", "incorporated"},
    {"ltd", "limited", Point::kOptional},
    {"corp", "corporation"},
    {"co", "company"},
    {"bros", "brothers"},
    {"vs", "versus", Point::kOptional},
    {"etc", "etcetera", Point::kOptional},
    {"approx", "approximately", Point::kOptional},
    {"est", "established", Point::kRequired, Context::kBeforeNumber},
    {"no", "number", Point::kRequired, Context::kBeforeNumber},
    {"nos", "numbers", Point::kRequired, Context::kBeforeNumber},
    {"vol", "volume", Point::kRequired, Context::kBeforeNumber},
    {"pp", "pages", Point::kRequired, Context::kBeforeNumber},
    {"p", "page", Point::kRequired, Context::kBeforeNumber},
    {"fig", "figure", Point::kRequired, Context::kBeforeNumber},
    {"eq", "equation", Point::kRequired, Context::kBeforeNumber},
    {"ch", "chapter", Point::kRequired, Context::kBeforeNumber},
    {"sec", "section", Point::kRequired, Context::kBeforeNumber},
    {"ext", "extension", Point::kRequired, Context::kBeforeNumber},
    {"tel", "telephone"},
    {"avg", "average"},
    {"misc", "miscellaneous"},
    {"cf", "compare"},
    {"e.g", "for example"},
    {"eg", "for example", Point::kRequired, Context::kMidSentence},
    {"i.e", "that is"},
    {"ie", "that is", Point::kRequired, Context::kMidSentence},
    {"a.k.a", "also known as", Point::kOptional},
    {"et al", "et al"},
    {"w/o", "without", Point::kOptional},
    {"w/", "with", Point::kOptional},
    {"b/c", "because", Point::kOptional},
    {"c/o", "care of", Point::kOptional},
    {"mon", "monday", Point::kRequired, Context::kMidSentence},
    {"tue", "tuesday"},
    {"tues", "tuesday"},
    {"wed", "wednesday", Point::kRequired, Context::kMidSentence},
    {"thu", "thursday"},
    {"thur", "thursday"},
    {"thurs", "thursday"},
    {"fri", "friday"},
    {"jan", "january", Point::kRequired, Context::kMidSentence},
    {"feb", "february"},
    {"apr", "april"},
    {"aug", "august"},
    {"sept", "september"},
    {"oct", "october"},
    {"nov", "november"},
    {"dec", "december", Point::kRequired, Context::kMidSentence},
};

/// First character of the next word on the same line of thought, blanks and commas skipped.
char NextWordStart(const Written& written, std::size_t at) {
  at = SkipSpaces(written, at);
  return written.At(at);
}

bool Fits(const Written& written, const Abbreviation& abbreviation, std::size_t end) {
  const char next = NextWordStart(written, end);
  switch (abbreviation.context) {
    case Context::kAny:
      return true;
    case Context::kBeforeName:
      return IsUpper(next) && written.letter_case == LetterCase::kMixed;
    case Context::kBeforeNumber:
      return IsDigit(next);
    case Context::kMidSentence:
      return next != '\0' && !IsUpper(next) && written.letter_case == LetterCase::kMixed;
  }
  return false;
}

/// A point that the abbreviation owns unless the sentence ends with it, which makes no difference to the
/// reading.
std::size_t AbbreviationEnd(const Written& written, std::size_t at, const Abbreviation& abbreviation) {
  const std::string_view candidate = written.text.substr(at, abbreviation.written.size());
  if (Lower(candidate) != abbreviation.written) return 0;
  const std::size_t end = at + abbreviation.written.size();
  const bool has_point = written.At(end) == '.';
  if (!has_point && (abbreviation.point == Point::kRequired)) return 0;
  const bool is_cut = abbreviation.written.ends_with('/');
  if (!is_cut && (IsAlnum(written.At(end)) || written.At(end) == '\'')) return 0;
  if (has_point && IsAlnum(written.At(end + 1)) && !IsDigit(written.At(end + 1)) &&
      !IsUpper(written.At(end + 1))) {
    return 0;  // "co.uk"
  }
  return has_point && !is_cut ? end + 1 : end;
}

/// Whether the word before `at` starts with a capital or is a number: "Main St.", "5th Dr.".
bool FollowsName(const Written& written, std::size_t at) {
  if (at < 2 || written.Before(at) != ' ') return false;
  std::size_t begin = at - 1;
  while (begin > 0 && IsAlnum(written.Before(begin))) --begin;
  if (begin + 1 == at) return false;
  // A sentence's own capital says nothing: "In St. Louis".
  const bool starts_sentence =
      begin == 0 ||
      (begin >= 2 && std::string_view(".!?").find(written.text[begin - 2]) != std::string_view::npos);
  return (IsUpper(written.At(begin)) && !starts_sentence) || IsDigit(written.At(begin));
}

/// "St." and "Dr." stand for two words each.
std::optional<Reading> ReadTwoFaced(const Written& written, std::size_t at) {
  const std::string word = Lower(written.text.substr(at, 2));
  if ((word != "st" && word != "dr") || IsAlnum(written.At(at + 2)) || written.At(at + 2) == '\'') {
    return std::nullopt;
  }
  const bool has_point = written.At(at + 2) == '.';
  if (!has_point && !IsUpper(written.At(at))) return std::nullopt;
  const bool before_name = IsUpper(NextWordStart(written, has_point ? at + 3 : at + 2));
  const bool after_name = FollowsName(written, at);
  Reading reading;
  reading.end = has_point ? at + 3 : at + 2;
  const bool is_title = word == "st" ? before_name && !after_name : before_name || !after_name;
  const char* spoken = word == "st" ? (is_title ? "saint" : "street") : (is_title ? "doctor" : "drive");
  reading.Say(spoken, at, reading.end);
  return reading;
}

}  // namespace

std::optional<Reading> ReadAbbreviation(const Written& written, std::size_t at) {
  if (!IsLetter(written.At(at)) || IsAlnum(written.Before(at)) || written.Before(at) == '\'')
    return std::nullopt;
  if (auto reading = ReadTwoFaced(written, at)) return reading;
  for (const Abbreviation& abbreviation : kAbbreviations) {
    const std::size_t end = AbbreviationEnd(written, at, abbreviation);
    if (end == 0 || !Fits(written, abbreviation, end)) continue;
    Reading reading;
    reading.end = end;
    std::string_view rest = abbreviation.spoken;
    while (!rest.empty()) {
      const std::size_t space = rest.find(' ');
      reading.Say(std::string(rest.substr(0, space)), at, end);
      rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
    }
    return reading;
  }
  return std::nullopt;
}

}  // namespace higgins::lexicon
