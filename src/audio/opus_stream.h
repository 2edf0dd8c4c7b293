// Opus packets to samples, for containers that are not ogg (libopus).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "audio/bytes.h"
#include "higgins/result.h"

struct OpusMSDecoder;

namespace higgins::audio {

/// The identification header, RFC 7845 section 5.1; webm carries it as the track's CodecPrivate.
struct OpusHead {
  int num_channels = 1;
  int pre_skip_frames = 0;  ///< at 48 kHz, to be dropped from the start
  int gain_q8_db = 0;
  int num_streams = 1;
  int num_coupled = 0;
  std::vector<unsigned char> mapping;  ///< [num_channels]
};

/// kBadAudio for a header that is cut or contradicts itself.
Result<OpusHead> ReadOpusHead(Bytes bytes);

class OpusStream {
 public:
  static constexpr int kRateHz = 48000;

  /// Errors: kBadAudio (libopus refuses the header's stream counts), kInternal.
  static Result<OpusStream> Create(const OpusHead& head);

  /// Replaces `out` with the packet's samples, interleaved: at most 120 ms. Errors: kBadAudio.
  Result<void> Decode(Bytes packet, std::vector<float>& out);

 private:
  struct Deleter {
    void operator()(OpusMSDecoder* decoder) const;
  };
  explicit OpusStream(int num_channels) : num_channels_(num_channels) {}

  int num_channels_;
  std::unique_ptr<OpusMSDecoder, Deleter> decoder_;
};

}  // namespace higgins::audio
