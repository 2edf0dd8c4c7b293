// Which words were left out, asked only where some word scores so low that it may have been: the answer costs
// two passes over the lattice.
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"
#include "higgins/result.h"
#include "types/prompt.h"
#include "types/scores.h"

namespace higgins {

/// [words] probabilities, 0-1; empty where every word has an accuracy of 0.6 or more. `labels` [phones] are
/// those of `canonical`. Errors: as ctc::OmissionProbabilities().
Result<std::vector<double>> Omissions(MatrixView<const float> log_posteriors, std::span<const int> labels,
                                      const CanonicalPhones& canonical, const Scores& scores, int blank);

}  // namespace higgins
