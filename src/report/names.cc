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

}  // namespace higgins
