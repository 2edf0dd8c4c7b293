// The text that was read, as words and phones.
#pragma once

#include <string>
#include <vector>

#include "higgins/report.h"

namespace higgins {

struct Phone {
  int label = 0;    ///< into the pack's PhoneSet
  int stress = -1;  ///< vowels: 0 none, 1 primary, 2 secondary; consonants: -1
  bool operator==(const Phone&) const = default;
};

struct Pronunciation {
  std::vector<Phone> phones;  ///< never empty
  PronunciationSource source = PronunciationSource::kDictionary;
};

/// One spoken word. "1995" gives two, both with the span of the written token.
struct PromptWord {
  std::string text;    ///< lower case, as spoken
  int char_begin = 0;  ///< bytes [begin, end) of the original UTF-8 text
  int char_end = 0;
  std::vector<Pronunciation> pronunciations;  ///< at least one; the first is the citation form
};

struct Prompt {
  std::string text;
  std::vector<PromptWord> words;  ///< never empty once Lookup has succeeded
};

/// The pronunciation that was chosen for every word, laid out flat: what the lattice scores.
struct CanonicalPhones {
  std::vector<Phone> phones;       ///< [phones]
  std::vector<int> word_of_phone;  ///< [phones], non-decreasing
  int num_words = 0;

  int num_phones() const { return static_cast<int>(phones.size()); }
};

/// Index of the first phone of word `word`; the number of phones for the number of words.
int FirstPhone(const CanonicalPhones& canonical, int word);

/// Lays out pronunciation `chosen[w]` of every word w.
CanonicalPhones Flatten(const Prompt& prompt, const std::vector<int>& chosen);

}  // namespace higgins
