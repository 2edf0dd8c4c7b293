#pragma once

#include "audio/sniff.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Decodes the first audio track of a webm or matroska recording if it is opus, which is what browsers
/// record. Live recordings without sizes and lengths are fine. Time stamps are not read: blocks are taken as
/// contiguous. Errors: those of Decode(); kUnsupportedAudio for another codec.
Result<Clip> DecodeWebm(const Recording& recording, double max_duration_s);

}  // namespace higgins::audio
