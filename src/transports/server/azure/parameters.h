// What a client asks for: the Pronunciation-Assessment header of the REST form (base64 of JSON in
// PascalCase), and the speech.context message of the WebSocket form (JSON in camelCase). Names and the values
// of enumerations are compared without case; numbers and booleans may stand in strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "higgins/result.h"

namespace higgins::server::azure {

enum class Grading { kFivePoint, kHundredMark };
enum class Granularity { kPhoneme, kWord, kFullText };
enum class Dimension { kBasic, kComprehensive };
enum class Alphabet { kSapi, kIpa };
enum class Miscue { kOff, kOn };
enum class ProsodyScore { kOff, kOn };
/// kOnce: the turn ends with the first utterance; kContinuous: with the audio.
enum class RecognitionMode { kOnce, kContinuous };

struct AssessmentParameters {
  std::string reference_text;
  Grading grading = Grading::kFivePoint;
  Granularity granularity = Granularity::kPhoneme;
  Dimension dimension = Dimension::kBasic;
  Alphabet alphabet = Alphabet::kSapi;
  Miscue miscue = Miscue::kOff;
  ProsodyScore prosody = ProsodyScore::kOff;
  int num_nbest_phonemes = 0;  ///< 0 to 100
};

struct SpeechContext {
  AssessmentParameters assessment;
  std::optional<RecognitionMode> mode;  ///< none: the path says it
  std::optional<int> initial_silence_ms;
  std::optional<int> end_silence_ms;
  bool wants_detail = false;
};

/// `base64` is the header's value. Errors: kInvalidArgument, with the parameter and what was expected; a
/// missing reference text is one.
Result<AssessmentParameters> ParseAssessmentHeader(std::string_view base64);
Result<AssessmentParameters> ParseAssessmentJson(std::string_view json);

/// The body of speech.context. Errors: as above; a context without
/// phraseDetection.enrichment.pronunciationAssessment is one.
Result<SpeechContext> ParseSpeechContext(std::string_view json);

}  // namespace higgins::server::azure
