#pragma once

#include "audio/sniff.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Whether an ogg's first stream is opus.
bool IsOggOpus(Bytes bytes);

/// Decodes the first opus stream of an ogg with libogg and libopus (RFC 7845). Errors: those of Decode().
Result<Clip> DecodeOggOpus(const Recording& recording, double max_duration_s);

}  // namespace higgins::audio
