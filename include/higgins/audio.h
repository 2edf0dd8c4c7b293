// Recordings as a caller hands them in.
#pragma once

#include <span>

namespace higgins {

/// Decoded samples that the caller owns. Interleaved when there are several channels; nominal range [-1, 1].
struct PcmView {
  std::span<const float> samples;
  int sample_rate_hz = 16000;  ///< 4000 to 384000
  int num_channels = 1;        ///< 1 to 32; channels are averaged
};

struct AudioOptions {
  /// Longest recording accepted. Enforced before memory is spent on decoding. 0.1 to 3600 s.
  double max_duration_s = 60.0;
  /// m4a/aac and other containers are decoded by an `ffmpeg` process when one is on PATH (never linked).
  bool allow_ffmpeg = true;
};

}  // namespace higgins
