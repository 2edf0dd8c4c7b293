// Which silences a listener notices.
//
// The rubric of SpeechOcean762 gives a fluency of 8 to 10 to speech "without noticeable pauses". A reading
// keeps that mark when none of its pauses is noticed, so with p(s) for a pause of s seconds
//
//   P(fluency < 8) = 1 - (1 - p0) prod (1 - p(s)),   p(s) = 1 / (1 + exp(-(a + b ln s)))
//
// where p0 is whatever else costs fluency. a and b maximise the likelihood of the experts' scores of the fit
// division (`python -m higgins_train pauses`, which also says how well they hold on dev).
#pragma once

#include <vector>

#include "types/findings.h"
#include "types/prompt.h"
#include "types/prosody.h"

namespace higgins {

/// p(s) above, 0-1.
double NoticedProbability(double seconds);

/// One for each of `pauses`, in order. Where the text has a punctuation mark a pause belongs, and is not
/// noticed. A point that is part of a word counts where the next word is capitalised ("at 5 p.m. He left"),
/// that of an initial does not ("John F. Kennedy").
std::vector<JudgedPause> JudgePauses(const std::vector<Pause>& pauses, const CanonicalPhones& canonical,
                                     const Prompt& prompt, double frame_shift_ms);

}  // namespace higgins
