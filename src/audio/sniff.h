// Which container a recording is, by its content: names and MIME types lie, and a browser often has neither.
#pragma once

#include "audio/bytes.h"
#include "higgins/result.h"

namespace higgins::audio {

enum class Container {
  kWav,
  kFlac,
  kOgg,
  kMp3,
  kMatroska,
  kMp4,
  kAdts,
  kAiff,
  kCaf,
  kAmr,
  kAsf,
  kAu,
  kWavPack
};

/// For messages: "wav", "m4a/mp4", ...
const char* ContainerName(Container container);

struct Recording {
  Container container = Container::kWav;
  Bytes bytes;  ///< borrowed; from the container's first byte (a leading ID3 tag is left out)
};

/// kBadAudio for an empty recording, text, or bytes that are no known kind of audio; says what was found
/// instead.
Result<Recording> Sniff(Bytes bytes);

}  // namespace higgins::audio
