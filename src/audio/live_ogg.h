#pragma once

#include <memory>
#include <vector>

#include "audio/bytes.h"
#include "higgins/result.h"

namespace higgins::audio {

/// The opus packets of an ogg stream's first track as its pages arrive (libogg).
class LiveOgg {
 public:
  explicit LiveOgg(double max_duration_s);
  LiveOgg(LiveOgg&&) noexcept;
  LiveOgg& operator=(LiveOgg&&) noexcept;
  ~LiveOgg();

  /// Errors: kBadAudio, kUnsupportedAudio, kAudioTooLong, kInternal; nothing may be fed after one.
  Result<void> Feed(Bytes bytes);
  const std::vector<float>& samples() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::audio
