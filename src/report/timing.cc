#include "report/timing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace higgins {
namespace {

int ToMs(double frames, double frame_shift_ms, double duration_ms) {
  return static_cast<int>(std::floor(std::clamp(frames * frame_shift_ms, 0.0, duration_ms)));
}

}  // namespace

std::vector<TimeSpan> TimesOf(const std::vector<FrameSpan>& path, double frame_shift_ms, double duration_ms) {
  std::vector<TimeSpan> out;
  const auto reach = [](double gap_frames) {
    return std::clamp(gap_frames, 0.0, static_cast<double>(kMaxReachFrames));
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    // At the ends of the recording the whole gap is free to take; in between, half of it.
    const double left = i == 0 ? reach(path[i].begin) : reach((path[i].begin - path[i - 1].end) / 2.0);
    const double right =
        i + 1 == path.size() ? kMaxReachFrames : reach((path[i + 1].begin - path[i].end) / 2.0);
    out.push_back({ToMs(path[i].begin - left, frame_shift_ms, duration_ms),
                   ToMs(path[i].end + right, frame_shift_ms, duration_ms)});
  }
  return out;
}

FrameSpan MiddleFrame(int begin, int end) {
  if (end <= begin) return {begin, begin};
  const int middle = begin + (end - begin - 1) / 2;
  return {middle, middle + 1};
}

}  // namespace higgins
