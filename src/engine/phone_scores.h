// The lattice and the scorer on one text.
#pragma once

#include <vector>

#include "engine/pack.h"
#include "engine/stage_timer.h"
#include "higgins/result.h"
#include "types/gop_scores.h"
#include "types/posteriors.h"
#include "types/prompt.h"
#include "types/prosody.h"
#include "types/scores.h"

namespace higgins {

/// All of it describes the same canonical phones.
struct PhoneScores {
  std::vector<int> chosen;  ///< [words] which of a word's pronunciations was taken
  CanonicalPhones canonical;
  std::vector<int> labels;  ///< [phones]
  Alignment alignment;
  GopScores gop;
  Scores scores;
};

/// Errors: kAudioTooShort, kInternal. The stages are appended to `timer`.
Result<PhoneScores> ScorePhones(const Pack& pack, const Prompt& prompt, const Posteriors& posteriors,
                                const Prosody& prosody, StageTimer& timer);

}  // namespace higgins
