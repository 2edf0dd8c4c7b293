#pragma once

#include <vector>

#include "higgins/report.h"

namespace higgins {

struct SpeechRegion {
  int begin_samples = 0;
  int end_samples = 0;
};

struct Quality {
  QualityReport figures;
  std::vector<SpeechRegion> speech;
  std::vector<Warning> warnings;
};

}  // namespace higgins
