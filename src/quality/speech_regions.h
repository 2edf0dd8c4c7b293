#pragma once

#include <span>
#include <vector>

#include "quality/frames.h"

namespace higgins::quality {

/// Frames [begin, end).
struct FrameRange {
  int begin = 0;
  int end = 0;
};

/// Where somebody speaks, in order, apart from each other; empty when nobody does.
///
/// Speech stands out from the clip's own background, has a voice in it (a pitch with overtones over several
/// bands), and changes: a tone or hum that is switched on and off has all but the last.
std::vector<FrameRange> FindSpeech(std::span<const Frame> frames);

}  // namespace higgins::quality
