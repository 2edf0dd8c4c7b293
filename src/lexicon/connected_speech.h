// What fluent speakers of General American do to a dictionary form, so that it is not taken for an error.
#pragma once

#include <string_view>
#include <vector>

#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins::lexicon {

class ConnectedSpeech {
 public:
  /// A process that needs a phone which `phone_set` lacks never applies.
  explicit ConnectedSpeech(const PhoneSet& phone_set);

  /// Appends variants of what is there, without doubles, until there are `max_variants`: each process on its
  /// own, at every place where it applies. What was given stays first, in its order. `word` in lower case.
  void AddVariants(std::string_view word, int max_variants, std::vector<Pronunciation>& pronunciations) const;

 private:
  struct Labels {
    int aa, ae, ah, ao, aw, ay, b, ch, d, eh, er, f, g, hh, ih, iy, k, l, m, n, ng, ow, p, r, s, sh, t, uw, v,
        w, y, z;
  };
  using Phones = std::vector<Phone>;

  bool IsVowel(int label) const { return label >= 0 && phone_set_->is_vowel(label); }
  bool IsConsonant(int label) const { return label >= 0 && !phone_set_->is_vowel(label); }
  /// Label of phones[index], -1 beyond the ends.
  static int At(const Phones& phones, std::size_t index);

  Phones Flap(const Phones& phones) const;
  Phones DropTAfterN(const Phones& phones) const;
  Phones SyllabicLOrN(const Phones& phones) const;
  Phones ReduceToAh(const Phones& phones) const;
  Phones ReduceToIh(const Phones& phones) const;
  Phones MergeCotCaught(const Phones& phones) const;
  Phones MergeMarryMerry(const Phones& phones) const;
  Phones ShortenErAfterGlide(const Phones& phones) const;
  Phones WhAspirated(std::string_view word, const Phones& phones) const;
  Phones AssimilateN(const Phones& phones) const;
  Phones ThinOutClusters(const Phones& phones) const;
  Phones ReduceRoundedVowels(std::string_view word, const Phones& phones) const;
  Phones WithPrefixVowel(std::string_view word, const Phones& phones, int vowel) const;
  Phones MergeSorryStory(std::string_view word, const Phones& phones) const;

  const PhoneSet* phone_set_;
  Labels labels_;
};

}  // namespace higgins::lexicon
