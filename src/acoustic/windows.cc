#include "acoustic/windows.h"

namespace higgins::acoustic {

std::vector<Window> PlanWindows(std::size_t num_samples, const WindowPlan& plan) {
  const auto frame = static_cast<std::size_t>(plan.samples_per_frame);
  const std::size_t window_samples = static_cast<std::size_t>(plan.window_frames) * frame;
  const std::size_t step_samples =
      static_cast<std::size_t>(plan.window_frames - 2 * plan.context_frames) * frame;

  std::vector<Window> windows;
  std::size_t begin = 0;
  while (true) {
    Window window;
    window.begin_sample = begin;
    window.skip_frames = begin == 0 ? 0 : plan.context_frames;
    if (begin + window_samples >= num_samples) {
      window.end_sample = num_samples;
      windows.push_back(window);
      return windows;
    }
    window.end_sample = begin + window_samples;
    window.keep_frames = plan.window_frames - plan.context_frames - window.skip_frames;
    windows.push_back(window);
    begin += step_samples;
  }
}

}  // namespace higgins::acoustic
