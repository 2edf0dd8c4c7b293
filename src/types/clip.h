#pragma once

#include <vector>

namespace higgins {

/// A recording as every later stage sees it: mono, 16 kHz, finite, nominal range [-1, 1].
struct Clip {
  static constexpr int kSampleRateHz = 16000;
  std::vector<float> samples;

  double duration_ms() const { return static_cast<double>(samples.size()) * 1000.0 / kSampleRateHz; }
};

}  // namespace higgins
