// The wav header, read before libsndfile sees the file: libsndfile quietly repairs sizes that lie, and we
// would rather tell a recorder that crashed, or an upload that was cut, from a recorder that streams and
// never knew its length.
#pragma once

#include <cstddef>
#include <cstdint>

#include "audio/bytes.h"
#include "higgins/result.h"

namespace higgins::audio {

struct WavHeader {
  int format_tag = 0;  ///< WAVE_FORMAT_*; for an extensible header, of the sub-format
  int num_channels = 0;
  std::int64_t sample_rate_hz = 0;
  int bits_per_sample = 0;
  std::size_t data_offset = 0;   ///< of the samples; their size stands in the four bytes before
  std::uint64_t data_bytes = 0;  ///< really there
  ByteOrder order = ByteOrder::kLittle;
};

/// `bytes` starts with RIFF, RIFX or RF64. A data size of 0, of 0xFFFFFFFF or of about 2 GiB is how streaming
/// recorders (ffmpeg, sox, arecord, GStreamer) write "unknown": then the data reaches to the end of the file.
/// Errors: kBadAudio, with what the header says and what the file holds.
Result<WavHeader> ReadWavHeader(Bytes bytes);

}  // namespace higgins::audio
