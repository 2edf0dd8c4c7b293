// Long recordings are run in overlapping windows. Attention costs grow with the square of the length, and the
// position table ends at 30 s; a window keeps both bounded. Each window is given context on both sides that
// is thrown away, so that no kept frame lies at a window's edge, and windows begin on frame boundaries, so
// that the kept frames are those of one continuous grid.
//
// Recordings have all lengths, and for a length that it has not met the runtime compiles its kernels anew:
// that takes as long as running them does (5 s: 54 ms in the place of 26), and each length keeps 5 MB. So a
// window is filled up with silence to a multiple of half a second, and what comes back for the silence is
// dropped.
#pragma once

#include <cstddef>
#include <vector>

namespace higgins::acoustic {

struct WindowPlan {
  int samples_per_frame = 320;  ///< frame shift, 20 ms at 16 kHz
  int window_frames = 1000;     ///< longest piece handed to the graph, > 2 * context_frames
  int context_frames = 100;     ///< frames thrown away on each side that has a neighbour
  int length_step_frames = 25;  ///< every window is run at a multiple of this many frames
};

/// Samples [begin_sample, end_sample) and `num_silent` zeros behind them are run; of the frames that come
/// back, those of the zeros, those before `skip_frames` and those from `skip_frames + keep_frames` on are
/// dropped (keep_frames -1: all to the end).
struct Window {
  std::size_t begin_sample = 0;
  std::size_t end_sample = 0;
  std::size_t num_silent = 0;
  int skip_frames = 0;
  int keep_frames = -1;
};

/// One window, of the whole clip, when it fits; otherwise windows whose kept frames follow one another
/// without a gap.
std::vector<Window> PlanWindows(std::size_t num_samples, const WindowPlan& plan);

/// How many of the `num_frames` that a window gave are the recording's: all but those that its silence
/// fills, to the nearest frame, which is how Whisper's encoder counts.
int FramesOfRecording(int num_frames, const Window& window, const WindowPlan& plan);

}  // namespace higgins::acoustic
