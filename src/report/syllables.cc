// Syllables by maximal onset (Kahn 1976; Pulgram 1970): the consonants between two vowels belong to the later
// one as far as a word may begin with them.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/report.h"

namespace higgins {
namespace {

// What English words begin with, beyond single consonants. Sorted.
constexpr std::array<std::string_view, 48> kOnsets = {
    "B L",   "B R",   "B Y",  "D R",   "D W",   "D Y",   "F L",   "F R", "F Y", "G L",  "G R",  "G W",
    "G Y",   "HH W",  "HH Y", "K L",   "K R",   "K W",   "K Y",   "L Y", "M Y", "N Y",  "P L",  "P R",
    "P Y",   "S F",   "S K",  "S K L", "S K R", "S K W", "S K Y", "S L", "S M", "S N",  "S P",  "S P L",
    "S P R", "S P Y", "S T",  "S T R", "S T Y", "S W",   "SH R",  "T R", "T W", "TH R", "TH W", "V Y"};

bool MayBegin(const std::vector<std::string_view>& consonants) {
  if (consonants.empty()) return true;
  if (consonants.size() == 1) return consonants.front() != "NG";
  std::string joined;
  for (const std::string_view consonant : consonants)
    joined.append(joined.empty() ? "" : " ").append(consonant);
  return std::find(kOnsets.begin(), kOnsets.end(), joined) != kOnsets.end();
}

/// How many of the last consonants of those between two vowels go to the later one.
std::size_t OnsetLength(const std::vector<std::string_view>& between) {
  for (std::size_t length = between.size(); length > 0; --length) {
    if (MayBegin({between.end() - static_cast<std::ptrdiff_t>(length), between.end()})) return length;
  }
  return 0;
}

/// Where syllables begin, as indices into word.phonemes; the first is 0.
std::vector<int> Begins(const WordReport& word) {
  std::vector<int> begins{0};
  std::vector<int> since_vowel;  // consonants, as indices
  std::vector<std::string_view> names;
  bool had_vowel = false;
  for (std::size_t i = 0; i < word.phonemes.size(); ++i) {
    const PhoneReport& phone = word.phonemes[i];
    if (!phone.expected) continue;  // inserted
    if (phone.stress < 0) {
      since_vowel.push_back(static_cast<int>(i));
      names.push_back(*phone.expected);
      continue;
    }
    if (had_vowel) {
      const std::size_t onset = OnsetLength(names);
      begins.push_back(onset == 0 ? static_cast<int>(i) : since_vowel[since_vowel.size() - onset]);
    }
    had_vowel = true;
    since_vowel.clear();
    names.clear();
  }
  return begins;
}

}  // namespace

std::vector<Syllable> Syllables(const WordReport& word) {
  std::vector<Syllable> syllables;
  if (word.phonemes.empty()) return syllables;
  std::vector<int> begins = Begins(word);
  begins.push_back(static_cast<int>(word.phonemes.size()));
  for (std::size_t s = 0; s + 1 < begins.size(); ++s) {
    Syllable syllable;
    syllable.phone_begin = begins[s];
    syllable.phone_end = begins[s + 1];
    int num_expected = 0;
    for (int i = syllable.phone_begin; i < syllable.phone_end; ++i) {
      const PhoneReport& phone = word.phonemes[static_cast<std::size_t>(i)];
      if (!phone.expected) continue;
      syllable.accuracy += phone.score;
      ++num_expected;
    }
    if (num_expected > 0) syllable.accuracy /= num_expected;
    syllable.start_ms = word.phonemes[static_cast<std::size_t>(syllable.phone_begin)].start_ms;
    syllable.end_ms = word.phonemes[static_cast<std::size_t>(syllable.phone_end) - 1].end_ms;
    syllables.push_back(syllable);
  }
  return syllables;
}

}  // namespace higgins
