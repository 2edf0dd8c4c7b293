// What was said of a text that was not read as it stands: its scores, and the pauses in it.
#pragma once

#include <vector>

#include "engine/pack.h"
#include "engine/phone_scores.h"
#include "higgins/result.h"
#include "types/posteriors.h"
#include "types/prompt.h"
#include "types/prosody.h"
#include "types/reading.h"

namespace higgins {

/// `whole` as it is where everything was said and nothing else. Otherwise what was said is scored without the
/// words that were not and without the speech that was added, for which the best path had to find room among
/// its phones. What was left out keeps the scores it has, with empty spans for its phones, and where there is
/// such, so do the utterance's completeness and total. Of `gop` the ratios and gop_sd are joined, `labels`
/// are not; encoder states and prosody are those of the whole recording in any case. `whole` too where fewer
/// than half of the phones were said, or what was said fits the recording badly: then it is not certain
/// which words were. Errors: as ScorePhones().
Result<PhoneScores> ScoreWhatWasSaid(const Pack& pack, const Prompt& prompt, const Posteriors& posteriors,
                                     const Prosody& prosody, const Reading& reading, PhoneScores whole);

/// The silences between what was said, added speech included; words that count as left out in the report were
/// not. `said`: of all words.
std::vector<Pause> PausesBetween(const PhoneScores& said, const Reading& reading, const Prosody& prosody,
                                 double frame_shift_ms);

}  // namespace higgins
