// What to tell a learner about an error, and how a phone is written in IPA. The words are data of the pack
// (articulation.json, suggestions.json); the code only chooses and fills in.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "diagnosis/articulation.h"
#include "higgins/report.h"
#include "higgins/result.h"
#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins {

/// The sentences of suggestions.json that are completed by the difference of two articulations.
struct AdviceTemplates {
  std::string substitution;             ///< vowel for vowel, consonant for consonant
  std::string substitution_other_kind;  ///< vowel for consonant and the reverse
  std::string unclear;                  ///< wrong, but nothing certain was heard in its place
  std::string deletion;
  std::string insertion;
  std::string
      insertion_unclear;         ///< something was added, but not for certain what; packs until 2026.11.3: ""
  std::string pair, list, last;  ///< joiners of two, of many, of the last
  std::map<std::string, std::map<std::string, std::string>> steps;  ///< feature -> value wanted -> what to do
};

/// Immutable once loaded; any number of threads may use it.
class Advice {
 public:
  /// Reads the two files of the pack. Errors: kBadPack, with the file and what is missing.
  static Result<Advice> Load(std::span<const std::byte> articulation_json,
                             std::span<const std::byte> suggestions_json, const PhoneSet& phones);

  /// One to three short sentences that tell what to do. Labels must be phones of the set given to Load.
  /// - substitution: `expected`, and `heard` unless it is not certain what was heard
  /// - deletion: `expected`
  /// - insertion: `heard` unless it is not certain what was heard
  /// A written instruction for the pair when the pack has one, else one composed from the articulations.
  /// Empty when a label that the kind needs is absent, and for kNone.
  std::string Suggest(PhoneErrorKind kind, std::optional<int> expected, std::optional<int> heard) const;

  /// IPA of the full form; "" for the blank.
  const std::string& Ipa(int label) const { return At(label).ipa; }
  /// IPA with the reduced form where the stress asks for it: AH0 is a schwa. No stress mark: those go on
  /// syllables.
  const std::string& Ipa(const Phone& phone) const;

  /// The consonant that a vowel ends in by itself ("see" in Y, "go" in W), so that it is no insertion after
  /// it.
  std::optional<int> OffGlide(int label) const { return off_glides_[static_cast<std::size_t>(label)]; }

  /// How many expected/heard pairs have a written instruction.
  int num_written_pairs() const { return static_cast<int>(substitutions_.size()); }

 private:
  Advice() = default;

  const Articulation& At(int label) const { return articulations_[static_cast<std::size_t>(label)]; }
  std::string ComposeSubstitution(int expected, int heard) const;
  std::string Fill(const std::string& text, std::optional<int> expected, std::optional<int> heard,
                   const std::string& steps) const;

  std::vector<Articulation> articulations_;                   // [labels]
  std::vector<std::optional<int>> off_glides_;                // [labels]
  std::map<std::pair<int, int>, std::string> substitutions_;  // (expected, heard) -> written instruction
  std::map<int, std::string> deletions_;
  std::map<int, std::string> insertions_;
  AdviceTemplates templates_;
};

}  // namespace higgins
