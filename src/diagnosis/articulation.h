// How the mouth makes each phone: the content of a pack's articulation.json.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "higgins/result.h"
#include "types/phone_set.h"

namespace higgins {

struct Articulation {
  std::string ipa;
  std::string ipa_unstressed;  ///< the reduced form (AH0 is a schwa); equal to `ipa` where there is none
  std::string letters;         ///< how people write the sound: "th"
  std::string example;         ///< a word with it: "think"
  std::string how;             ///< one imperative sentence

  bool is_vowel = false;
  std::string lips;
  std::string length;

  // Consonants.
  std::string place;
  std::string manner;
  std::string voicing;

  // Vowels. Steps count along the scales of the file: 0 is close (height) and front (backness).
  int height_step = 0;
  int backness_step = 0;
  bool diphthong = false;
  std::string off_glide;  ///< ARPAbet name of the consonant that the vowel ends in: IY in Y; empty when none
  std::string colour;     ///< "r" for ER, else empty
};

/// The articulation of every label of `phones`, indexed by label (the blank's entry is empty).
/// Errors: kBadPack, with the phone and the field that is missing or wrong.
Result<std::vector<Articulation>> LoadArticulations(std::span<const std::byte> json, const PhoneSet& phones);

}  // namespace higgins
