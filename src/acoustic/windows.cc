#include "acoustic/windows.h"

namespace higgins::acoustic {
namespace {

std::size_t SilenceBehind(std::size_t num_samples, const WindowPlan& plan) {
  const std::size_t step =
      static_cast<std::size_t>(plan.length_step_frames) * static_cast<std::size_t>(plan.samples_per_frame);
  return (step - num_samples % step) % step;
}

}  // namespace

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
      window.num_silent = SilenceBehind(num_samples - begin, plan);
      windows.push_back(window);
      return windows;
    }
    window.end_sample = begin + window_samples;
    window.num_silent = SilenceBehind(window_samples, plan);
    window.keep_frames = plan.window_frames - plan.context_frames - window.skip_frames;
    windows.push_back(window);
    begin += step_samples;
  }
}

int FramesOfRecording(int num_frames, const Window& window, const WindowPlan& plan) {
  const int num_silent = static_cast<int>(window.num_silent);
  return num_frames - (num_silent + (plan.samples_per_frame - 1) / 2) / plan.samples_per_frame;
}

}  // namespace higgins::acoustic
