// Raw PCM as it comes off a wire, cut anywhere, to whole frames of floats.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "audio/bytes.h"
#include "audio/clip_builder.h"

namespace higgins::audio {

enum class SampleType { kS16Le, kF32Le };

/// Keeps what does not make a frame yet. Integers are divided by 32768, as libsndfile does.
class PcmBytes {  // NOLINT(clang-analyzer-core.uninitialized.Assign): it loses track of a moved std::variant
 public:
  PcmBytes(SampleType type, int num_channels);

  /// Replaces `out` with the whole frames that `bytes` completes, interleaved.
  void Convert(Bytes bytes, std::vector<float>& out);

  /// Bytes of a frame that is not whole.
  std::size_t num_left_over() const { return left_over_.size(); }

 private:
  SampleType type_;
  std::size_t frame_bytes_;
  std::vector<std::byte> left_over_;
};

}  // namespace higgins::audio
