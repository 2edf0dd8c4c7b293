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
#include "types/reading.h"

namespace higgins {

/// p(s) above, 0-1.
double NoticedProbability(double seconds);

/// `pauses` without what was said in them beside the text: of a pause around an addition, the parts of
/// kMinPauseMs or more before and after it. In order. Where the text has a mark a pause belongs, and is not
/// noticed.
std::vector<JudgedPause> JudgePauses(const std::vector<Pause>& pauses, const CanonicalPhones& canonical,
                                     const Prompt& prompt, const Reading& reading, double frame_shift_ms);

}  // namespace higgins
