// The pronouncing dictionary, searched in place in the bytes of its file (lexicon.bin, written by
// training/higgins_train/lexicon.py).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "higgins/result.h"
#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins::lexicon {

/// Immutable once loaded: any number of threads may search it.
class Dictionary {
 public:
  /// Copies and checks the file in full, so that searching cannot fail. Error kBadPack when it is damaged, of
  /// another format, or speaks of phones that `phone_set` lacks.
  static Result<Dictionary> Load(std::span<const std::byte> file, const PhoneSet& phone_set);

  /// The word's pronunciations, the citation form first; empty for a word that is not there. `word` in lower
  /// case.
  std::vector<Pronunciation> Find(std::string_view word) const;
  bool Contains(std::string_view word) const { return !Find(word).empty(); }
  int num_words() const { return num_words_; }

 private:
  Result<void> Check() const;

  // File layout, all integers little-endian: magic, u32 body size, u32 Adler-32 of the body; then the body:
  //   u32 number of words
  //   u32 bytes of the symbol table, the table: one or more phones with stress a line, code = line number
  //   u32 number of blocks, u32 offset of each block in the entries
  //   u32 bytes of the entries, the entries in byte order of the words:
  //     u8 bytes shared with the word before (0 at a block's start) << 4 | further bytes, those bytes (15:
  //     the number of further bytes follows as u8; never at a block's start), then every pronunciation: u8
  //     last << 7 | source << 5 | number of codes, u8 codes
  std::vector<std::uint8_t> entries_;
  std::vector<std::uint32_t> blocks_;        ///< offsets into entries_
  std::vector<std::vector<Phone>> symbols_;  ///< by code
  int num_words_ = 0;
};

}  // namespace higgins::lexicon
