#pragma once

#include "audio/sniff.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Decodes MPEG layer III with libmpg123, encoder delay and padding removed where the file states them.
/// (libsndfile would do it too, by the same library, but cannot keep it from printing on standard error.)
/// Errors: those of Decode().
Result<Clip> DecodeMp3(const Recording& recording, double max_duration_s);

}  // namespace higgins::audio
