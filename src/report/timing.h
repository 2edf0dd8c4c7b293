// From the frames of a CTC path to the times of a report.
//
// A CTC model emits a phone in one or two frames and blank in between, so the frames of the path alone are no
// durations. As in forced alignment, the blank between two sounds is shared: each reaches to the middle of
// the gap, at most kMaxReachFrames to a side (a longer gap is a pause and belongs to nobody).
#pragma once

#include <vector>

#include "types/gop_scores.h"

namespace higgins {

inline constexpr int kMaxReachFrames = 6;

struct TimeSpan {
  int start_ms = 0;
  int end_ms = 0;
};

/// Times of the sounds whose emitting frames are `path` (in order, not overlapping; an empty span is
/// allowed). The result is in order too, does not overlap, and lies within [0, duration_ms].
std::vector<TimeSpan> TimesOf(const std::vector<FrameSpan>& path, double frame_shift_ms, double duration_ms);

/// The frame that stands for a sound inserted between two phones of the path: the middle one of the blank
/// [begin, end) between them; an empty span where there is no blank.
FrameSpan MiddleFrame(int begin, int end);

}  // namespace higgins
