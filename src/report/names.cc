#include <cstddef>
#include <string>

#include "higgins/report.h"

namespace higgins {

const char* PhoneErrorName(PhoneErrorKind kind) {
  switch (kind) {
    case PhoneErrorKind::kNone:
      return "";
    case PhoneErrorKind::kSubstitution:
      return "substitution";
    case PhoneErrorKind::kDeletion:
      return "deletion";
    case PhoneErrorKind::kInsertion:
      return "insertion";
  }
  return "";
}

const char* PronunciationSourceName(PronunciationSource source) {
  switch (source) {
    case PronunciationSource::kDictionary:
      return "dictionary";
    case PronunciationSource::kWeakForm:
      return "weak_form";
    case PronunciationSource::kSpelledLetters:
      return "spelled_letters";
    case PronunciationSource::kG2p:
      return "g2p";
    case PronunciationSource::kCaller:
      return "caller";
    case PronunciationSource::kLabels:
      return "labels";
  }
  return "";
}

std::string RepeatedWords(const Report& report, const AddedSpeech& added) {
  std::string words;
  for (int w = added.repeats_begin; w < added.repeats_end; ++w) {
    words += (words.empty() ? "" : " ") + report.words[static_cast<std::size_t>(w)].word;
  }
  return words;
}

}  // namespace higgins
