// Sampling rate conversion to 16 kHz, block by block (libsoxr, HQ: 20-bit, linear phase, delay compensated).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "higgins/result.h"

struct soxr;

namespace higgins::audio {

/// One conversion of one mono stream. At 16 kHz it copies. Deterministic and independent of how the input is
/// cut.
class Resampler {
 public:
  /// `input_rate_hz` is positive. Errors: kInternal.
  static Result<Resampler> Create(int input_rate_hz);

  /// Appends to `out` what `in` makes available; output trails input until Flush().
  Result<void> Process(std::span<const float> in, std::vector<float>& out);
  /// Appends the rest. Nothing may be processed afterwards.
  Result<void> Flush(std::vector<float>& out);

 private:
  struct Deleter {
    void operator()(soxr* handle) const;
  };
  explicit Resampler(int input_rate_hz) : input_rate_hz_(input_rate_hz) {}

  int input_rate_hz_;
  std::unique_ptr<soxr, Deleter> handle_;  // none at 16 kHz
};

}  // namespace higgins::audio
