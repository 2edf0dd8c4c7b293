// mp3 has no magic number: it is known by frames that follow each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "audio/bytes.h"

namespace higgins::audio {

/// Offset of the first of two MPEG layer III frames of the same version and rate that follow each other (or
/// of one that reaches to the end), within the first 8 KiB: encoders and cutters leave padding before it.
/// None when there is none.
std::optional<std::size_t> FindMp3Frames(Bytes bytes);

/// Samples a channel that the Xing or Info header in the first frame declares, the encoder's delay and
/// padding included. None when there is no such header. `bytes` starts with a frame.
std::optional<std::int64_t> DeclaredMp3Samples(Bytes bytes);

}  // namespace higgins::audio
