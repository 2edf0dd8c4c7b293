// Start here. Text -> words -> phones: the dictionary, then regular derivation, then letters, then the G2P
// model; the caller's own pronunciations before all of them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/result.h"
#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins::lexicon {

/// Whether variants of fluent speech (flaps, reduced vowels, mergers) stand beside the dictionary's.
enum class FluentVariants { kInclude, kLeaveOut };

struct LookupOptions {
  /// Replace the lexicon's for these words (compared as spoken, without case); the same word twice gives two
  /// variants.
  std::vector<WordPhones> pronunciations;
  int max_variants = 8;  ///< pronunciations a word at most, 1 to 64
  FluentVariants fluent_variants = FluentVariants::kInclude;
};

/// Immutable once loaded: any number of threads may call Lookup().
class Lexicon {
 public:
  /// `dictionary` and `g2p` are the contents of lexicon.bin and g2p.bin; they are copied. Error kBadPack when
  /// one is damaged, of another format, or does not fit `phone_set`.
  static Result<Lexicon> Load(std::span<const std::byte> dictionary, std::span<const std::byte> g2p,
                              const PhoneSet& phone_set);

  /// The words of `text` (UTF-8) as US English reads them, each with its pronunciations. No word is unknown.
  /// Errors, all kInvalidArgument: those of Normalise(), a bad phone in options.pronunciations, max_variants
  /// out of range.
  Result<Prompt> Lookup(std::string_view text, const LookupOptions& options = {}) const;

  Lexicon(Lexicon&&) noexcept;
  Lexicon& operator=(Lexicon&&) noexcept;
  ~Lexicon();

 private:
  struct Impl;
  explicit Lexicon(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace higgins::lexicon
