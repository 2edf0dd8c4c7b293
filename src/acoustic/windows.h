// Long recordings are run in overlapping windows. Attention costs grow with the square of the length, and the
// position table ends at 30 s; a window keeps both bounded. Each window is given context on both sides that
// is thrown away, so that no kept frame lies at a window's edge, and windows begin on frame boundaries, so
// that the kept frames are those of one continuous grid.
#pragma once

#include <cstddef>
#include <vector>

namespace higgins::acoustic {

struct WindowPlan {
  int samples_per_frame = 320;  ///< frame shift, 20 ms at 16 kHz
  int window_frames = 1000;     ///< longest piece handed to the graph, > 2 * context_frames
  int context_frames = 100;     ///< frames thrown away on each side that has a neighbour
};

/// Samples [begin_sample, end_sample) are run; of the frames that come back, those before `skip_frames` and
/// those from `skip_frames + keep_frames` on are dropped (keep_frames -1: all to the end).
struct Window {
  std::size_t begin_sample = 0;
  std::size_t end_sample = 0;
  int skip_frames = 0;
  int keep_frames = -1;
};

/// One window, of the whole clip, when it fits; otherwise windows whose kept frames follow one another
/// without a gap.
std::vector<Window> PlanWindows(std::size_t num_samples, const WindowPlan& plan);

}  // namespace higgins::acoustic
