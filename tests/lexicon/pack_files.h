// The lexicon files of the pack in the tree, and the phone set they were made for.
#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "lexicon/lexicon.h"
#include "lexicon/phones.h"
#include "types/phone_set.h"

namespace higgins::lexicon {

inline PhoneSet CmuPhones() {
  return PhoneSet({"",  "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY",
                   "F", "G",  "HH", "IH", "IY", "JH", "K",  "L", "M",  "N", "NG", "OW", "OY", "P",
                   "R", "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y", "Z",  "ZH"},
                  0);
}

inline std::vector<char> ReadPackFile(const std::string& name) {
  std::ifstream file(std::string(HIGGINS_SOURCE_DIR) + "/packs/en-us/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::span<const std::byte> Bytes(const std::vector<char>& file) {
  return std::as_bytes(std::span(file));
}

/// The shipped lexicon, loaded once.
inline const Lexicon& ShippedLexicon() {
  static const Result<Lexicon> lexicon =
      Lexicon::Load(Bytes(ReadPackFile("lexicon.bin")), Bytes(ReadPackFile("g2p.bin")), CmuPhones());
  return lexicon.value();
}

/// "HH AH0 L OW1" for every variant.
inline std::vector<std::string> Arpabets(const std::vector<Pronunciation>& variants) {
  static const PhoneSet phone_set = CmuPhones();
  std::vector<std::string> texts;
  for (const Pronunciation& variant : variants) texts.push_back(ToArpabet(variant.phones, phone_set));
  return texts;
}

}  // namespace higgins::lexicon
