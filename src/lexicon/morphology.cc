#include "lexicon/morphology.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lexicon/phones.h"

namespace higgins::lexicon {
namespace {

constexpr int kMaxDepth = 2;  // "viewings": view + ing + s
constexpr std::size_t kMinStem = 3;
constexpr std::size_t kMinCompoundPart = 4;

bool IsVowelLetter(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

/// The spellings that a stem may have had before -ed or -ing: as it stands, with e, without a doubled
/// consonant.
std::array<std::string, 3> StemSpellings(std::string_view cut) {
  std::array<std::string, 3> spellings = {std::string(cut), std::string(cut) + "e", ""};
  const std::size_t size = cut.size();
  const bool is_doubled = size > kMinStem && cut[size - 1] == cut[size - 2] && !IsVowelLetter(cut[size - 1]);
  if (is_doubled) spellings[2] = cut.substr(0, size - 1);
  // "hoping" is from hope, not from hop; "hopping" is not from hoppe: a single consonant after a vowel asks
  // for the e.
  const bool asks_for_e = size >= 3 && !is_doubled && !IsVowelLetter(cut[size - 1]) &&
                          IsVowelLetter(cut[size - 2]) && !IsVowelLetter(cut[size - 3]);
  if (asks_for_e) std::swap(spellings[0], spellings[1]);
  return spellings;
}

}  // namespace

Morphology::Morphology(const PhoneSet& phone_set) : phone_set_(&phone_set) {}

std::vector<Pronunciation> Morphology::Derive(const Dictionary& dictionary, std::string_view word) const {
  return DeriveAt(dictionary, word, 0);
}

Morphology::Pronunciations Morphology::Stem(const Dictionary& dictionary, std::string_view word,
                                            int depth) const {
  if (word.size() < 2) return {};
  Pronunciations found = dictionary.Find(word);
  // A weak form is that of the word on its own: "can's" has none.
  std::erase_if(found, [](const Pronunciation& p) { return p.source == PronunciationSource::kWeakForm; });
  if (!found.empty() || depth >= kMaxDepth) return found;
  return DeriveAt(dictionary, word, depth + 1);
}

Morphology::Pronunciations Morphology::DeriveAt(const Dictionary& dictionary, std::string_view word,
                                                int depth) const {
  if (auto found = Contraction(dictionary, word, depth); !found.empty()) return found;
  if (word.find('\'') != std::string_view::npos) return {};
  if (auto found = Plural(dictionary, word, depth); !found.empty()) return found;
  if (auto found = PastOrGerund(dictionary, word, depth); !found.empty()) return found;
  return Suffixed(dictionary, word, depth);
}

Morphology::Pronunciations Morphology::Contraction(const Dictionary& dictionary, std::string_view word,
                                                   int depth) const {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEndings = {
      {{"'ll", "AH0 L"}, {"'d", "D"}, {"'ve", "AH0 V"}, {"'re", "ER0"}, {"n't", "AH0 N T"}}};
  Pronunciations found;
  if (word.ends_with("'s") || word.ends_with("s'")) {
    const bool is_plural = word.ends_with("s'");
    found = Stem(dictionary, word.substr(0, word.size() - (is_plural ? 1 : 2)), depth);
    if (!is_plural) {
      for (Pronunciation& stem : found) stem = WithS(std::move(stem));
    }
    return found;
  }
  if (word.ends_with("in'")) {  // goin'
    found = Stem(dictionary, std::string(word.substr(0, word.size() - 1)) + "g", depth);
    std::erase_if(found, [this](const Pronunciation& p) { return !EndsWith(p, "NG"); });
    const auto n = phone_set_->label("N");
    for (Pronunciation& stem : found) stem.phones.back().label = n.value_or(stem.phones.back().label);
    return found;
  }
  if (word.ends_with('\'')) return Stem(dictionary, word.substr(0, word.size() - 1), depth);
  for (const auto& [ending, phones] : kEndings) {
    if (!word.ends_with(ending)) continue;
    found = Stem(dictionary, word.substr(0, word.size() - ending.size()), depth);
    for (Pronunciation& stem : found) {
      const bool needs_vowel = ending == "'d" && (EndsWith(stem, "T") || EndsWith(stem, "D"));
      stem = With(std::move(stem), needs_vowel ? "AH0 D" : phones);
    }
    return found;
  }
  return found;
}

Morphology::Pronunciations Morphology::Plural(const Dictionary& dictionary, std::string_view word,
                                              int depth) const {
  if (!word.ends_with('s') || word.ends_with("ss") || word.size() <= kMinStem) return {};
  Pronunciations found = Stem(dictionary, word.substr(0, word.size() - 1), depth);
  if (found.empty() && word.ends_with("ies")) {
    found = Stem(dictionary, std::string(word.substr(0, word.size() - 3)) + "y", depth);
  } else if (found.empty() && word.ends_with("es")) {
    found = Stem(dictionary, word.substr(0, word.size() - 2), depth);
  }
  for (Pronunciation& stem : found) stem = WithS(std::move(stem));
  return found;
}

Morphology::Pronunciations Morphology::PastOrGerund(const Dictionary& dictionary, std::string_view word,
                                                    int depth) const {
  const bool is_past = word.ends_with("ed");
  const bool is_gerund = word.ends_with("ing");
  if (!is_past && !is_gerund) return {};
  const std::string_view cut = word.substr(0, word.size() - (is_past ? 2 : 3));
  if (cut.size() < kMinStem) return {};
  Pronunciations found;
  if (is_past && cut.ends_with('i'))
    found = Stem(dictionary, std::string(cut.substr(0, cut.size() - 1)) + "y", depth);
  for (const std::string& spelling : StemSpellings(cut)) {
    if (!found.empty()) break;
    found = Stem(dictionary, spelling, kMaxDepth);
  }
  for (Pronunciation& stem : found)
    stem = is_past ? WithEd(std::move(stem)) : With(std::move(stem), "IH0 NG");
  return found;
}

Morphology::Pronunciations Morphology::Suffixed(const Dictionary& dictionary, std::string_view word,
                                                int depth) const {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSuffixes = {
      {{"ly", "L IY0"},
       {"ness", "N AH0 S"},
       {"less", "L AH0 S"},
       {"ment", "M AH0 N T"},
       {"ful", "F AH0 L"},
       {"ship", "SH IH0 P"}}};
  for (const auto& [suffix, phones] : kSuffixes) {
    if (!word.ends_with(suffix) || word.size() < suffix.size() + kMinStem) continue;
    std::string stem(word.substr(0, word.size() - suffix.size()));
    Pronunciations found = Stem(dictionary, stem, depth);
    if (found.empty() && stem.ends_with('i')) {
      stem.back() = 'y';
      found = Stem(dictionary, stem, depth);
    }
    for (Pronunciation& pronunciation : found) {
      // "finally": one L is said for the two that are written.
      const bool is_doubled = suffix == "ly" && EndsWith(pronunciation, "L");
      if (is_doubled) pronunciation.phones.pop_back();
      pronunciation = With(std::move(pronunciation), phones);
      pronunciation.source = PronunciationSource::kG2p;
    }
    if (!found.empty()) return found;
  }
  return {};
}

Morphology::Pronunciations Morphology::Compound(const Dictionary& dictionary, std::string_view word) const {
  // The split whose shorter part is longest: "basket+ball", not "bask+etball".
  for (std::size_t shorter = word.size() / 2; shorter >= kMinCompoundPart; --shorter) {
    for (const std::size_t cut : {shorter, word.size() - shorter}) {
      const Pronunciations first = dictionary.Find(word.substr(0, cut));
      const Pronunciations second = dictionary.Find(word.substr(cut));
      if (first.empty() || second.empty()) continue;
      Pronunciation joined{first[0].phones, PronunciationSource::kG2p};
      for (Phone phone : second[0].phones) {
        if (phone.stress == 1) phone.stress = 2;
        joined.phones.push_back(phone);
      }
      return {joined};
    }
  }
  return {};
}

Pronunciation Morphology::WithS(Pronunciation stem) const {
  for (const char* sibilant : {"S", "Z", "SH", "ZH", "CH", "JH"}) {
    if (EndsWith(stem, sibilant)) return With(std::move(stem), "IH0 Z");
  }
  for (const char* voiceless : {"P", "T", "K", "F", "TH"}) {
    if (EndsWith(stem, voiceless)) return With(std::move(stem), "S");
  }
  return With(std::move(stem), "Z");
}

Pronunciation Morphology::WithEd(Pronunciation stem) const {
  if (EndsWith(stem, "T") || EndsWith(stem, "D")) return With(std::move(stem), "IH0 D");
  for (const char* voiceless : {"P", "K", "F", "TH", "S", "SH", "CH"}) {
    if (EndsWith(stem, voiceless)) return With(std::move(stem), "T");
  }
  return With(std::move(stem), "D");
}

Pronunciation Morphology::With(Pronunciation stem, std::string_view phones) const {
  while (!phones.empty()) {
    const std::size_t end = std::min(phones.find(' '), phones.size());
    if (const auto phone = ParsePhone(phones.substr(0, end), *phone_set_)) stem.phones.push_back(*phone);
    phones.remove_prefix(std::min(end + 1, phones.size()));
  }
  return stem;
}

bool Morphology::EndsWith(const Pronunciation& pronunciation, std::string_view phone) const {
  return !pronunciation.phones.empty() && phone_set_->name(pronunciation.phones.back().label) == phone;
}

}  // namespace higgins::lexicon
