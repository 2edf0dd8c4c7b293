// Silences between words.
#pragma once

#include <span>
#include <vector>

#include "types/gop_scores.h"
#include "types/prompt.h"
#include "types/prosody.h"

namespace higgins {

/// A pause is a gap between two words that the Viterbi path spends in the blank and whose quiet part, from
/// its first quiet frame to its last, lasts kMinPauseMs or more. What is quiet follows the noise floor of the
/// recording. Phones without a frame (of a word that was left out) lie in the gap; `other_speech`, in order
/// and not overlapping, divides it. `alignment`: [phones], within the frames of `prosody`. In order. Pure.
std::vector<Pause> FindPauses(const CanonicalPhones& canonical, const Alignment& alignment,
                              const Prosody& prosody, double frame_shift_ms,
                              std::span<const FrameSpan> other_speech = {});

}  // namespace higgins
