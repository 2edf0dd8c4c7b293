// Silences between words.
#pragma once

#include <vector>

#include "types/gop_scores.h"
#include "types/prompt.h"
#include "types/prosody.h"

namespace higgins {

/// A pause is a gap between two words that the Viterbi path spends in the blank and whose quiet part lasts
/// kMinPauseMs or more. What is quiet follows the noise floor of the recording. Phones without a frame (of a
/// word that was left out) lie in the gap. `alignment`: [phones], within the frames of `prosody`. In order.
/// Pure.
std::vector<Pause> FindPauses(const CanonicalPhones& canonical, const Alignment& alignment,
                              const Prosody& prosody, double frame_shift_ms);

}  // namespace higgins
