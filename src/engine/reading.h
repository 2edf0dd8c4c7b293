// Whether the text was read as it stands: which words were left out, what was said beside them.
#pragma once

#include <span>

#include "base/matrix.h"
#include "engine/phone_scores.h"
#include "higgins/result.h"
#include "types/reading.h"

namespace higgins {

/// `whole`: the text as it stands. Errors: as ctc::FindMiscues().
Result<Reading> Read(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank);

/// As if nobody had spoken in the place of the additions. `log_posteriors` [frames x labels], nats.
void Silence(std::span<const Addition> additions, int blank, Matrix* log_posteriors);

}  // namespace higgins
