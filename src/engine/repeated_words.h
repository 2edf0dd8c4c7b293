// Which words of the text a stretch of added speech says once more.
#pragma once

#include "base/matrix.h"
#include "engine/phone_scores.h"
#include "types/reading.h"

namespace higgins {

/// Fills `repeats_begin` and `repeats_end` of an addition whose frames and phones are known. To say the words
/// [begin, end) again is to read up to `end` and then from `begin`. Of all stretches of words that begin or
/// end where the addition is, or hold that place, and are about as long, the likeliest; none where the phones
/// that were heard there are likelier by more than 3 nats a phone. `log_posteriors` [frames x labels];
/// `whole`: the text as it stands.
void FindRepeatedWords(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank,
                       Addition* addition);

}  // namespace higgins
