// The seam between the engine and whatever computes frame posteriors.
#pragma once

#include "higgins/result.h"
#include "types/clip.h"
#include "types/posteriors.h"

namespace higgins {

class AcousticModel {
 public:
  virtual ~AcousticModel() = default;
  /// Posteriors and states of the whole clip. Thread-safe. A clip longer than the model's window is run in
  /// overlapping windows. Errors: kAudioTooShort (less than one frame), kInternal.
  virtual Result<Posteriors> Run(const Clip& clip) const = 0;
};

}  // namespace higgins
