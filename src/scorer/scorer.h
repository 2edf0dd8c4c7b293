// The seam between the engine and whatever turns features into scores.
#pragma once

#include "higgins/result.h"
#include "types/pack_calibration.h"
#include "types/scorer_input.h"
#include "types/scores.h"

namespace higgins {

class Scorer {
 public:
  virtual ~Scorer() = default;
  /// Scores of one utterance, clamped to 0-1. Thread-safe. Errors: kInternal.
  virtual Result<Scores> Run(const ScorerInput& input) const = 0;
};

}  // namespace higgins
