#include "lexicon/connected_speech.h"

#include <algorithm>
#include <utility>

#include "lexicon/phones.h"

namespace higgins::lexicon {

ConnectedSpeech::ConnectedSpeech(const PhoneSet& phone_set) : phone_set_(&phone_set) {
  const auto label = [&phone_set](std::string_view name) { return phone_set.label(name).value_or(-2); };
  labels_ = {label("AA"), label("AE"), label("AH"), label("AO"), label("AW"), label("AY"), label("B"),
             label("CH"), label("D"),  label("EH"), label("ER"), label("F"),  label("G"),  label("HH"),
             label("IH"), label("IY"), label("K"),  label("L"),  label("M"),  label("N"),  label("NG"),
             label("OW"), label("P"),  label("R"),  label("S"),  label("SH"), label("T"),  label("UW"),
             label("V"),  label("W"),  label("Y"),  label("Z")};
}

int ConnectedSpeech::At(const Phones& phones, std::size_t index) {
  return index < phones.size() ? phones[index].label : -1;
}

/// "water": T between vowels, the second one unstressed.
ConnectedSpeech::Phones ConnectedSpeech::Flap(const Phones& phones) const {
  Phones flapped = phones;
  for (std::size_t i = 1; i + 1 < phones.size(); ++i) {
    const bool is_after_vowel = IsVowel(phones[i - 1].label) || phones[i - 1].label == labels_.r;
    const bool is_before_weak = phones[i + 1].stress == 0;
    if (phones[i].label == labels_.t && is_after_vowel && is_before_weak && labels_.d >= 0) {
      flapped[i].label = labels_.d;
    }
  }
  return flapped;
}

/// "twenty", "center": T between N and an unstressed vowel is dropped.
ConnectedSpeech::Phones ConnectedSpeech::DropTAfterN(const Phones& phones) const {
  Phones shorter;
  for (std::size_t i = 0; i < phones.size(); ++i) {
    const bool is_dropped = phones[i].label == labels_.t && i > 0 && phones[i - 1].label == labels_.n &&
                            i + 1 < phones.size() && phones[i + 1].stress == 0;
    if (!is_dropped) shorter.push_back(phones[i]);
  }
  return shorter;
}

/// "little", "seven": the L or N of the last syllable carries it alone.
ConnectedSpeech::Phones ConnectedSpeech::SyllabicLOrN(const Phones& phones) const {
  Phones shorter;
  for (std::size_t i = 0; i < phones.size(); ++i) {
    const int next = At(phones, i + 1);
    const bool is_last_syllable =
        i + 2 == phones.size() || (i + 3 == phones.size() && !IsVowel(At(phones, i + 2)));
    const bool is_dropped = phones[i].label == labels_.ah && phones[i].stress == 0 && i > 1 &&
                            (next == labels_.l || next == labels_.n) && is_last_syllable &&
                            !IsVowel(phones[i - 1].label) && phones[i - 1].label != labels_.r &&
                            phones[i - 1].label != labels_.l && phones[i - 1].label != labels_.n;
    if (!is_dropped) shorter.push_back(phones[i]);
  }
  return shorter;
}

/// "roses", "wanted", "rabbit" with the vowel of "sofa".
ConnectedSpeech::Phones ConnectedSpeech::ReduceToAh(const Phones& phones) const {
  Phones reduced = phones;
  for (std::size_t i = 1; i + 1 < phones.size(); ++i) {
    const int next = phones[i + 1].label;
    const bool is_closed = next == labels_.t || next == labels_.d || next == labels_.s || next == labels_.z ||
                           next == labels_.n || next == labels_.l;
    if (phones[i].label == labels_.ih && phones[i].stress == 0 && is_closed) reduced[i].label = labels_.ah;
  }
  return reduced;
}

/// The other way about, before the tongue-tip consonants that raise the vowel; never first or last in the
/// word.
ConnectedSpeech::Phones ConnectedSpeech::ReduceToIh(const Phones& phones) const {
  Phones reduced = phones;
  for (std::size_t i = 1; i + 1 < phones.size(); ++i) {
    const int next = phones[i + 1].label;
    const bool is_raised = next == labels_.t || next == labels_.d || next == labels_.s || next == labels_.z;
    if (phones[i].label == labels_.ah && phones[i].stress == 0 && is_raised) reduced[i].label = labels_.ih;
  }
  return reduced;
}

/// "caught" with the vowel of "cot"; before R the two stay apart.
ConnectedSpeech::Phones ConnectedSpeech::MergeCotCaught(const Phones& phones) const {
  Phones merged = phones;
  for (std::size_t i = 0; i < phones.size(); ++i) {
    if (phones[i].label == labels_.ao && At(phones, i + 1) != labels_.r) merged[i].label = labels_.aa;
  }
  return merged;
}

/// "marry" as "merry".
ConnectedSpeech::Phones ConnectedSpeech::MergeMarryMerry(const Phones& phones) const {
  Phones merged = phones;
  for (std::size_t i = 0; i < phones.size(); ++i) {
    if (phones[i].label == labels_.ae && At(phones, i + 1) == labels_.r) merged[i].label = labels_.eh;
  }
  return merged;
}

/// "hire", "flower" in one syllable.
ConnectedSpeech::Phones ConnectedSpeech::ShortenErAfterGlide(const Phones& phones) const {
  Phones shorter = phones;
  for (std::size_t i = 1; i < phones.size(); ++i) {
    const int before = phones[i - 1].label;
    const bool is_glide = before == labels_.ay || before == labels_.aw;
    if (is_glide && phones[i].label == labels_.er && phones[i].stress == 0) shorter[i] = {labels_.r, -1};
  }
  return shorter;
}

/// "which" as HH W, or the other way about, for words that are written with wh.
ConnectedSpeech::Phones ConnectedSpeech::WhAspirated(std::string_view word, const Phones& phones) const {
  Phones other = phones;
  if (!word.starts_with("wh") || phones.empty()) return other;
  if (phones[0].label == labels_.w) other.insert(other.begin(), Phone{labels_.hh, -1});
  if (phones[0].label == labels_.hh && At(phones, 1) == labels_.w) other.erase(other.begin());
  return other;
}

/// "income", "input", "conference": N is said where the next consonant is. (Before F and V it is the lips'
/// and the teeth's nasal, for which the phone set has no label of its own; M is the nearest.)
ConnectedSpeech::Phones ConnectedSpeech::AssimilateN(const Phones& phones) const {
  Phones assimilated = phones;
  for (std::size_t i = 0; i + 1 < phones.size(); ++i) {
    if (phones[i].label != labels_.n) continue;
    const int next = phones[i + 1].label;
    const bool is_velar = next == labels_.k || next == labels_.g;
    const bool is_labial = next == labels_.p || next == labels_.b || next == labels_.f || next == labels_.v;
    if (is_velar) assimilated[i].label = labels_.ng;
    if (is_labial) assimilated[i].label = labels_.m;
  }
  return assimilated;
}

/// "exactly", "parents", "hands": T or D between consonants is left out, where that leaves no two of one
/// kind.
ConnectedSpeech::Phones ConnectedSpeech::ThinOutClusters(const Phones& phones) const {
  Phones shorter;
  for (std::size_t i = 0; i < phones.size(); ++i) {
    const int stop = phones[i].label;
    const int before = i > 0 ? phones[i - 1].label : -1;
    const int next = At(phones, i + 1);
    const bool is_closed_after = IsConsonant(next) && next != labels_.r && next != labels_.w &&
                                 next != labels_.y && next != labels_.hh && next != before;
    const bool has_voiceless_before = before == labels_.s || before == labels_.sh || before == labels_.f ||
                                      before == labels_.k || before == labels_.p || before == labels_.ch;
    const bool is_t = stop == labels_.t && (has_voiceless_before || before == labels_.n);
    const bool is_d = stop == labels_.d && (before == labels_.n || before == labels_.l);
    const bool is_dropped = i > 0 && is_closed_after && (is_t || is_d);
    if (!is_dropped) shorter.push_back(phones[i]);
  }
  return shorter;
}

/// "followed", "volume" with the vowel of "sofa". Not before an ending alone: "values", "heroes".
ConnectedSpeech::Phones ConnectedSpeech::ReduceRoundedVowels(std::string_view word,
                                                             const Phones& phones) const {
  Phones reduced = phones;
  const bool is_spelled_ow = word.find("ow") != std::string_view::npos;
  for (std::size_t i = 1; i + 1 < phones.size(); ++i) {
    const int next = phones[i + 1].label;
    const bool is_before_ending = i + 2 == phones.size() && (next == labels_.z || next == labels_.d);
    const bool is_ow = phones[i].label == labels_.ow && is_spelled_ow;
    const bool is_yuw =
        phones[i].label == labels_.uw && phones[i - 1].label == labels_.y && !is_before_ending;
    if (phones[i].stress == 0 && (is_ow || is_yuw) && IsConsonant(next)) reduced[i].label = labels_.ah;
  }
  return reduced;
}

/// "remove", "begin", "prefer", "eleven": speakers have IY or IH in the unstressed prefix, and AH where the
/// dictionary has IH; where it has IY ("rewrite") the vowel is never quite reduced.
ConnectedSpeech::Phones ConnectedSpeech::WithPrefixVowel(std::string_view word, const Phones& phones,
                                                         int vowel) const {
  Phones other = phones;
  const bool is_e = word.starts_with("e");
  const bool is_spelled_so = is_e || word.starts_with("re") || word.starts_with("be") ||
                             word.starts_with("de") || word.starts_with("pre");
  std::size_t first = 0;
  while (first < phones.size() && !IsVowel(phones[first].label)) ++first;
  if (!is_spelled_so || first + 2 >= phones.size() || phones[first].stress != 0) return other;
  const int now = phones[first].label;
  const int next = phones[first + 1].label;
  const int after = phones[first + 2].label;
  const bool is_before_liquid =
      after == labels_.r || after == labels_.l || after == labels_.w || after == labels_.y;
  // "respect", "describe"; but "escape" with IY is a learner's.
  const bool is_before_s = next == labels_.s && !is_e;
  const bool is_open = IsConsonant(next) && (IsVowel(after) || is_before_liquid || is_before_s);
  const bool may_reduce = now == labels_.ih && !is_e;
  const bool is_one_of_them = now == labels_.ih || now == labels_.iy || (now == labels_.ah && !is_e);
  if (is_open && is_one_of_them && (vowel != labels_.ah || may_reduce)) other[first].label = vowel;
  return other;
}

/// "sorry", "tomorrow" with the vowel of "story". Not the other way about: "story" with the vowel of "starry"
/// is an error.
ConnectedSpeech::Phones ConnectedSpeech::MergeSorryStory(std::string_view word, const Phones& phones) const {
  Phones merged = phones;
  if (word.find("or") == std::string_view::npos) return merged;
  for (std::size_t i = 0; i + 2 < phones.size(); ++i) {
    const bool is_before_r_and_vowel = phones[i + 1].label == labels_.r && IsVowel(phones[i + 2].label);
    if (phones[i].label == labels_.aa && is_before_r_and_vowel) merged[i].label = labels_.ao;
  }
  return merged;
}

void ConnectedSpeech::AddVariants(std::string_view word, int max_variants,
                                  std::vector<Pronunciation>& pronunciations) const {
  const std::size_t num_given = pronunciations.size();
  const auto add = [&](Phones phones, PronunciationSource source) {
    const bool is_usable =
        !phones.empty() &&
        std::none_of(phones.begin(), phones.end(), [](const Phone& phone) { return phone.label < 0; });
    const bool is_known =
        std::any_of(pronunciations.begin(), pronunciations.end(),
                    [&](const Pronunciation& known) { return SameLabels(known.phones, phones); });
    const bool is_full = static_cast<int>(pronunciations.size()) >= max_variants;
    if (is_usable && !is_known && !is_full) pronunciations.push_back({std::move(phones), source});
  };
  // The commoner processes of all that was given first: the limit must not cut those off for rarer ones.
  for (std::size_t i = 0; i < num_given; ++i) {
    const Phones phones = pronunciations[i].phones;
    const PronunciationSource source = pronunciations[i].source;
    add(Flap(phones), source);
    add(DropTAfterN(phones), source);
    add(SyllabicLOrN(phones), source);
    add(ReduceToAh(phones), source);
    add(ReduceToIh(phones), source);
    add(MergeCotCaught(phones), source);
    add(MergeMarryMerry(phones), source);
    add(ShortenErAfterGlide(phones), source);
    add(WhAspirated(word, phones), source);
  }
  for (std::size_t i = 0; i < num_given; ++i) {
    const Phones phones = pronunciations[i].phones;
    const PronunciationSource source = pronunciations[i].source;
    add(AssimilateN(phones), source);
    add(ThinOutClusters(phones), source);
    add(ReduceRoundedVowels(word, phones), source);
    add(MergeSorryStory(word, phones), source);
    for (const int vowel : {labels_.iy, labels_.ih, labels_.ah}) {
      add(WithPrefixVowel(word, phones, vowel), source);
    }
  }
}

}  // namespace higgins::lexicon
