#pragma once

#include "audio/sniff.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Whether an ogg's first stream is vorbis.
bool IsOggVorbis(Bytes bytes);

/// Decodes ogg vorbis with libvorbisfile, as a stream: nothing is sought, no length is believed.
/// (libsndfile 1.2 would do it with the same library, but loses 6 kB of memory with every file whose headers
/// are damaged.) Errors: those of Decode().
Result<Clip> DecodeVorbis(const Recording& recording, double max_duration_s);

}  // namespace higgins::audio
