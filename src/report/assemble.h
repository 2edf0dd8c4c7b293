// Puts what the stages found into the Report of the public API. Computes nothing but times, the speaking
// rate, and what is left of the scores where the text was not read, or not all of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "higgins/report.h"
#include "types/findings.h"
#include "types/gop_scores.h"
#include "types/phone_set.h"
#include "types/prompt.h"
#include "types/quality.h"
#include "types/reading.h"
#include "types/scores.h"

namespace higgins {

/// Borrowed for the call. Everything describes the same N canonical phones of the same W words.
struct AssembleInputs {
  const Prompt& prompt;
  const std::vector<int>& chosen;  ///< [words] which of a word's pronunciations was taken
  const CanonicalPhones& canonical;
  const Alignment& alignment;  ///< [phones]; the span of a phone that was left out may be empty
  const GopScores& gop;        ///< gop_sd [phones]
  const Scores& scores;
  const Reading& reading;
  const Findings& findings;
  const std::vector<JudgedPause>& pauses;  ///< in order
  const Quality& quality;
  const PhoneSet& phones;
  std::function<std::string(const Phone&)> ipa;  ///< stress -1 asks for the full form
  double frame_shift_ms = 20.0;
  std::string language;
  std::string engine_version;
  std::string pack_version;
};

/// The phone of a finding becomes `actual`; a correct phone has `actual` equal to `expected`. An insertion
/// becomes an entry of its own in the word that the finding names. Times: see timing.h. Of a word that was
/// left out no mispronunciations are listed, and the utterance is no more complete than the share of its
/// phones that were said. Of a text that was not read (findings.text_match) no mispronunciations, no added
/// speech and no pauses are listed; its phones say what was heard all the same.
Report Assemble(const AssembleInputs& inputs);

}  // namespace higgins
