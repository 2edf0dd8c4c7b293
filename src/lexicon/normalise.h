// Written text -> the words that a reader says, each with the bytes it was written in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "higgins/result.h"

namespace higgins::lexicon {

struct SpokenWord {
  enum class Kind {
    kWord,           ///< said as a word
    kAcronym,        ///< capitals in mixed-case text: a word (NASA) or letters (FBI); the dictionary decides
    kSpelled,        ///< said letter by letter: "usa", "b"
    kSpelledPlural,  ///< letters, then a plural ending: "cds"
    kDigit,          ///< a digit of a number read digit by digit, where "zero" may be said "oh"
  };
  std::string text;    ///< lower-case ASCII letters and apostrophes, at least one letter
  int char_begin = 0;  ///< bytes [begin, end) of the text; end > begin; never decreasing from word to word
  int char_end = 0;
  Kind kind = Kind::kWord;
};

inline constexpr int kMaxTextBytes = 10000;
inline constexpr int kMaxWordLetters = 100;

/// The words of `utf8` as US English reads them. Spoken words that no single piece of the text stands for
/// ("dollars" of
/// "$5") carry the span of the whole expression. Never empty.
/// Errors, all kInvalidArgument: over kMaxTextBytes, not UTF-8 (with the byte offset), a word in another
/// script than Latin or longer than kMaxWordLetters (the word is named), nothing to read.
Result<std::vector<SpokenWord>> Normalise(std::string_view utf8);

}  // namespace higgins::lexicon
