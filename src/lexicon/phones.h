// ARPAbet text <-> Phone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/result.h"
#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins::lexicon {

inline constexpr int kNoStressGiven = -2;

/// "AA1" -> label of AA, stress 1. Letter case does not matter. A vowel without a digit gets kNoStressGiven,
/// a consonant -1. Nothing for an unknown phone or a digit on a consonant.
std::optional<Phone> ParsePhone(std::string_view name, const PhoneSet& phone_set);

/// Phones separated by single spaces, every vowel with its stress digit; nothing when one is not so.
std::optional<std::vector<Phone>> ParsePhones(std::string_view names, const PhoneSet& phone_set);

/// The caller's phones, separated by blanks. Stress digits may be left out of the whole word: they are then
/// taken from `model` when it has as many vowels, else the first vowel is stressed. Error kInvalidArgument:
/// no phones, over 100, or a phone that is not in the set; it names `word` and the phone.
Result<std::vector<Phone>> ParseCallerPhones(std::string_view word, std::string_view phones,
                                             const PhoneSet& phone_set, const std::vector<Phone>& model);

/// Whether the phones are the same, whatever their stress: the acoustic model cannot tell such variants
/// apart.
bool SameLabels(const std::vector<Phone>& a, const std::vector<Phone>& b);

/// "HH AH0 L OW1".
std::string ToArpabet(const std::vector<Phone>& phones, const PhoneSet& phone_set);

}  // namespace higgins::lexicon
