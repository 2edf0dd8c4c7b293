#pragma once

#include <memory>
#include <vector>

#include "audio/bytes.h"
#include "higgins/result.h"

namespace higgins::audio {

/// The opus packets of a webm stream's first audio track as its clusters arrive (libwebm).
class LiveWebm {
 public:
  explicit LiveWebm(double max_duration_s);
  LiveWebm(LiveWebm&&) noexcept;
  LiveWebm& operator=(LiveWebm&&) noexcept;
  ~LiveWebm();

  /// Errors: kBadAudio, kUnsupportedAudio, kAudioTooLong; nothing may be fed after one.
  Result<void> Feed(Bytes bytes);
  const std::vector<float>& samples() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::audio
