// Where every decoder's samples arrive: checks them, holds the length limit, averages channels and resamples.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "audio/resample.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

struct PcmFormat {
  int sample_rate_hz = 0;  ///< 4000 to 384000
  int num_channels = 0;    ///< 1 to 32
};

inline constexpr int kBlockFrames = 4096;  ///< what decoders hand over at once, at most

/// kUnsupportedAudio for a rate or channel count out of range; the message starts with `name` ("the wav").
Result<void> CheckFormat(const std::string& name, const PcmFormat& format);

/// Takes interleaved blocks; memory grows with what has arrived, never with what a header promised.
class ClipBuilder {
 public:
  /// Errors: kUnsupportedAudio for a rate or channel count out of range; the message starts with `name` ("the
  /// wav").
  static Result<ClipBuilder> Create(std::string name, PcmFormat format, double max_duration_s);

  /// For a length that a header declares: kAudioTooLong if it exceeds the limit.
  Result<void> CheckDeclared(double num_frames) const;

  /// `interleaved` holds whole frames. Errors: kAudioTooLong, kBadAudio (NaN, infinite, or far out of range).
  Result<void> Add(std::span<const float> interleaved);

  std::int64_t num_frames() const { return num_frames_; }

  /// At 16 kHz, so far; the resampler holds back a little until Finish().
  const std::vector<float>& samples() const { return clip_.samples; }

  /// Errors: kBadAudio when nothing has arrived.
  Result<Clip> Finish();

 private:
  ClipBuilder(std::string name, PcmFormat format, double max_duration_s, Resampler resampler);
  Result<void> CheckSamples(std::span<const float> interleaved) const;

  std::string name_;
  PcmFormat format_;
  double max_duration_s_;
  Resampler resampler_;
  std::int64_t num_frames_ = 0;
  std::vector<float> mono_;  // one block
  Clip clip_;
};

}  // namespace higgins::audio
