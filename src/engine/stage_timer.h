// How long each stage of one request took.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "higgins/assessor.h"

namespace higgins {

/// Not thread-safe: one for each request.
class StageTimer {
 public:
  StageTimer() : last_(Clock::now()) {}

  /// The time since the construction or the last call belongs to `stage`.
  void Lap(const char* stage) {
    const Clock::time_point now = Clock::now();
    stages_.push_back({stage, std::chrono::duration<double, std::milli>(now - last_).count()});
    last_ = now;
  }

  const std::vector<StageTime>& stages() const { return stages_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_;
  std::vector<StageTime> stages_;
};

}  // namespace higgins
