// lexicon_say [--g2p-only | --derive-only] LEXICON.bin G2P.bin < words: a line "word<TAB>source<TAB>phones"
// for every pronunciation of every word (a line of standard input), best first. For training and for
// debugging a lexicon.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "lexicon/dictionary.h"
#include "lexicon/g2p.h"
#include "lexicon/lexicon.h"
#include "lexicon/morphology.h"
#include "lexicon/phones.h"

namespace {

using higgins::PhoneSet;
using higgins::Pronunciation;
using higgins::PronunciationSource;

enum class Mode { kAll, kG2pOnly, kDeriveOnly };

PhoneSet CmuPhones() {
  return PhoneSet({"",  "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY",
                   "F", "G",  "HH", "IH", "IY", "JH", "K",  "L", "M",  "N", "NG", "OW", "OY", "P",
                   "R", "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y", "Z",  "ZH"},
                  0);
}

std::vector<char> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const char* SourceName(PronunciationSource source) {
  switch (source) {
    case PronunciationSource::kDictionary:
      return "dictionary";
    case PronunciationSource::kWeakForm:
      return "weak-form";
    case PronunciationSource::kSpelledLetters:
      return "spelled";
    case PronunciationSource::kG2p:
      return "g2p";
    case PronunciationSource::kCaller:
      return "caller";
    case PronunciationSource::kLabels:
      return "labels";
  }
  return "";
}

int Fail(const std::string& message) {
  std::fprintf(stderr, "lexicon_say: %s\n", message.c_str());
  return 1;
}

void Print(const std::string& word, const std::vector<Pronunciation>& variants, const PhoneSet& phone_set) {
  for (const Pronunciation& variant : variants) {
    std::printf("%s\t%s\t%s\n", word.c_str(), SourceName(variant.source),
                higgins::lexicon::ToArpabet(variant.phones, phone_set).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Mode mode = Mode::kAll;
  if (argc == 4) mode = std::string_view(argv[1]) == "--g2p-only" ? Mode::kG2pOnly : Mode::kDeriveOnly;
  if (argc != 3 && argc != 4)
    return Fail("usage: lexicon_say [--g2p-only | --derive-only] LEXICON.bin G2P.bin < words");
  const PhoneSet phone_set = CmuPhones();
  const std::vector<char> dictionary_file = ReadFile(argv[argc - 2]);
  const std::vector<char> g2p_file = ReadFile(argv[argc - 1]);
  const auto dictionary =
      higgins::lexicon::Dictionary::Load(std::as_bytes(std::span(dictionary_file)), phone_set);
  if (!dictionary) return Fail(dictionary.error().message);
  const auto g2p = higgins::lexicon::G2p::Load(std::as_bytes(std::span(g2p_file)), phone_set);
  if (!g2p) return Fail(g2p.error().message);
  const auto lexicon = higgins::lexicon::Lexicon::Load(std::as_bytes(std::span(dictionary_file)),
                                                       std::as_bytes(std::span(g2p_file)), phone_set);
  if (!lexicon) return Fail(lexicon.error().message);
  const higgins::lexicon::Morphology morphology(phone_set);
  for (std::string word; std::getline(std::cin, word);) {
    if (mode == Mode::kG2pOnly) {
      Print(word, g2p->Say(word, 3), phone_set);
    } else if (mode == Mode::kDeriveOnly) {
      Print(word, morphology.Derive(*dictionary, word), phone_set);
    } else if (const auto prompt = lexicon->Lookup(word)) {
      for (const auto& spoken : prompt->words) Print(spoken.text, spoken.pronunciations, phone_set);
    } else {
      std::printf("%s\terror\t%s\n", word.c_str(), prompt.error().message.c_str());
    }
  }
  return 0;
}
