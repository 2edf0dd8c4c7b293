#include "lexicon/dictionary.h"

#include <algorithm>
#include <array>
#include <string>

#include "lexicon/byte_reader.h"
#include "lexicon/phones.h"

namespace higgins::lexicon {
namespace {

constexpr std::string_view kMagic("HGLEX\0\0\1", 8);
constexpr std::array<PronunciationSource, 3> kSources = {
    PronunciationSource::kDictionary, PronunciationSource::kWeakForm, PronunciationSource::kSpelledLetters};

Error Bad(const std::string& what) { return Error{ErrorCode::kBadPack, "dictionary: " + what}; }

/// Steps through the entries of one block.
class BlockReader {
 public:
  explicit BlockReader(std::span<const std::uint8_t> bytes) : reader_(bytes) {}

  bool at_end() const { return reader_.at_end(); }
  const std::string& word() const { return word_; }

  /// Reads the next word; false where the bytes make no sense.
  bool NextWord() {
    const std::size_t sizes = Byte();
    if (!reader_.ok() || sizes >> 4 > word_.size()) return false;
    word_.resize(sizes >> 4);
    word_ += reader_.Text((sizes & 15) < 15 ? sizes & 15 : Byte());
    has_variant_ = true;
    return reader_.ok();
  }
  /// Whether the current word has pronunciations left: all must be read before the next word.
  bool has_variant() const { return has_variant_; }
  bool NextVariant(int& source, std::span<const std::uint8_t>& codes) {
    const std::uint8_t head = Byte();
    source = head >> 5 & 3;
    codes = reader_.Bytes(head & 31);
    has_variant_ = reader_.ok() && (head & 128) == 0;
    return reader_.ok();
  }

 private:
  std::uint8_t Byte() {
    const std::span<const std::uint8_t> one = reader_.Bytes(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }

  ByteReader reader_;
  std::string word_;
  bool has_variant_ = false;
};

Result<void> ReadSymbols(std::string_view table, const PhoneSet& phone_set,
                         std::vector<std::vector<Phone>>& symbols) {
  while (!table.empty()) {
    const std::size_t end = table.find('\n');
    if (end == std::string_view::npos) return Bad("the phone table is cut off");
    std::optional<std::vector<Phone>> phones = ParsePhones(table.substr(0, end), phone_set);
    if (!phones || phones->empty()) {
      return Bad("phones \"" + std::string(table.substr(0, end)) + "\" are not in the pack's phone set");
    }
    symbols.push_back(*std::move(phones));
    table.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

Result<Dictionary> Dictionary::Load(std::span<const std::byte> file, const PhoneSet& phone_set) {
  const auto body = OpenBody(file, kMagic);
  if (!body)
    return Bad("not a dictionary of this format, or damaged (" + std::to_string(file.size()) + " bytes)");
  ByteReader reader(*body);
  Dictionary dictionary;
  dictionary.num_words_ = static_cast<int>(reader.U32());
  const std::string_view table = reader.Text(reader.U32());
  if (const Result<void> read = ReadSymbols(table, phone_set, dictionary.symbols_); !read)
    return read.error();
  const std::size_t num_blocks = reader.U32();
  if (num_blocks > body->size() / 4) return Bad("the block index is cut off");
  for (std::size_t i = 0; i < num_blocks; ++i) dictionary.blocks_.push_back(reader.U32());
  const std::span<const std::uint8_t> entries = reader.Bytes(reader.U32());
  if (!reader.ok() || !reader.at_end()) return Bad("the entries are cut off");
  dictionary.entries_.assign(entries.begin(), entries.end());
  if (Result<void> checked = dictionary.Check(); !checked) return checked.error();
  return dictionary;
}

Result<void> Dictionary::Check() const {
  int words = 0;
  std::string last;
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    const std::size_t end = block + 1 < blocks_.size() ? blocks_[block + 1] : entries_.size();
    if (blocks_[block] >= end || end > entries_.size())
      return Bad("block " + std::to_string(block) + " is misplaced");
    if ((entries_[blocks_[block]] & 15) == 15)
      return Bad("block " + std::to_string(block) + " starts with a long word");
    BlockReader reader{std::span<const std::uint8_t>(entries_).subspan(blocks_[block], end - blocks_[block])};
    while (!reader.at_end()) {
      const bool is_ordered = reader.NextWord() && (words == 0 || reader.word() > last);
      if (!is_ordered) return Bad("entry " + std::to_string(words) + " after \"" + last + "\" is damaged");
      last = reader.word();
      ++words;
      while (reader.has_variant()) {
        int source = 0;
        std::span<const std::uint8_t> codes;
        const bool is_whole = reader.NextVariant(source, codes) && !codes.empty() &&
                              source < static_cast<int>(kSources.size()) &&
                              *std::max_element(codes.begin(), codes.end()) < symbols_.size();
        if (!is_whole) return Bad("the pronunciation of \"" + last + "\" is damaged");
      }
    }
  }
  if (words != num_words_ || words == 0)
    return Bad("expected " + std::to_string(num_words_) + " words, found " + std::to_string(words));
  return {};
}

std::vector<Pronunciation> Dictionary::Find(std::string_view word) const {
  // The last block whose first word is not after `word`. A block's first word is stored whole.
  const auto starts_after = [this](std::string_view key, std::uint32_t offset) {
    const std::string_view first(reinterpret_cast<const char*>(entries_.data()) + offset + 1,
                                 entries_[offset] & 15);
    return key < first;
  };
  const auto block = std::upper_bound(blocks_.begin(), blocks_.end(), word, starts_after);
  if (block == blocks_.begin()) return {};
  const std::size_t end = block == blocks_.end() ? entries_.size() : *block;
  const std::size_t begin = *(block - 1);
  BlockReader reader{std::span<const std::uint8_t>(entries_).subspan(begin, end - begin)};
  std::vector<Pronunciation> variants;
  while (!reader.at_end() && reader.NextWord()) {
    const bool is_found = reader.word() == word;
    while (reader.has_variant()) {
      int source = 0;
      std::span<const std::uint8_t> codes;
      if (!reader.NextVariant(source, codes)) return variants;
      if (!is_found) continue;
      Pronunciation pronunciation;
      pronunciation.source = kSources[static_cast<std::size_t>(source)];
      for (const std::uint8_t code : codes) {
        pronunciation.phones.insert(pronunciation.phones.end(), symbols_[code].begin(), symbols_[code].end());
      }
      variants.push_back(std::move(pronunciation));
    }
    if (is_found || reader.word() > word) break;
  }
  return variants;
}

}  // namespace higgins::lexicon
