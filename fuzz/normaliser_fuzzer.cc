// Any bytes as the text that was read: words with sound spans and pronunciations, or kInvalidArgument with
// one line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lexicon/lexicon.h"
#include "lexicon/normalise.h"
#include "types/phone_set.h"

namespace {

using higgins::lexicon::Lexicon;

std::vector<char> ReadPackFile(const char* name) {
  std::ifstream file(std::string(HIGGINS_SOURCE_DIR) + "/packs/en-us/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const Lexicon& ShippedLexicon() {
  static const higgins::Result<Lexicon> lexicon = [] {
    const higgins::PhoneSet phones(
        {"",  "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY",
         "F", "G",  "HH", "IH", "IY", "JH", "K",  "L", "M",  "N", "NG", "OW", "OY", "P",
         "R", "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y", "Z",  "ZH"},
        0);
    const std::vector<char> dictionary = ReadPackFile("lexicon.bin");
    const std::vector<char> g2p = ReadPackFile("g2p.bin");
    return Lexicon::Load(std::as_bytes(std::span(dictionary)), std::as_bytes(std::span(g2p)), phones);
  }();
  if (!lexicon) std::abort();
  return *lexicon;
}

void CheckError(const higgins::Error& error) {
  const bool is_proper =
      error.code == higgins::ErrorCode::kInvalidArgument && error.message.find('\n') == std::string::npos;
  if (!is_proper) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto prompt = ShippedLexicon().Lookup(text);
  if (!prompt) {
    CheckError(prompt.error());
    return 0;
  }
  if (prompt->words.empty()) std::abort();
  int begin = 0;
  for (const higgins::PromptWord& word : prompt->words) {
    const bool is_sound = word.char_begin >= begin && word.char_end > word.char_begin &&
                          word.char_end <= static_cast<int>(size) && !word.text.empty();
    if (!is_sound || word.pronunciations.empty()) std::abort();
    for (const higgins::Pronunciation& pronunciation : word.pronunciations) {
      if (pronunciation.phones.empty()) std::abort();
    }
    begin = word.char_begin;
  }
  return 0;
}
