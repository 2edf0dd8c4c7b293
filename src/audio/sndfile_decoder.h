#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "audio/sniff.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Whether libsndfile reads this wav's codec: PCM, float, A-law, mu-law and the two common ADPCMs.
bool SndfileReadsWavCodec(int format_tag);

/// Four bytes of a recording to be read as others: a size that its writer could not fill in.
struct Patch {
  std::size_t offset = 0;
  std::array<std::byte, 4> bytes{};
};

/// Decodes wav and flac with libsndfile, straight from the borrowed bytes.
/// Errors: those of Decode().
Result<Clip> DecodeWithSndfile(const Recording& recording, double max_duration_s,
                               const std::optional<Patch>& patch = std::nullopt);

}  // namespace higgins::audio
