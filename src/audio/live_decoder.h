// The samples of a recording that is still arriving, for watching it: speech, words reached. The report is
// made from the whole file by Decode(); what this gives may differ from it in the last packet.
#pragma once

#include <memory>
#include <vector>

#include "audio/bytes.h"
#include "higgins/audio.h"
#include "higgins/result.h"

namespace higgins::audio {

/// Follows wav (16-bit PCM, float), ogg and webm with opus. Anything else, and what is damaged, leaves it
/// blind: no more samples come, and Decode() will say what is wrong. Not thread-safe.
class LiveDecoder {
 public:
  explicit LiveDecoder(double max_duration_s);
  LiveDecoder(LiveDecoder&&) noexcept;
  LiveDecoder& operator=(LiveDecoder&&) noexcept;
  ~LiveDecoder();

  /// The next bytes, cut anywhere. Errors: kAudioTooLong; nothing may be fed after one.
  Result<void> Feed(Bytes bytes);

  /// 16 kHz, mono, so far.
  const std::vector<float>& samples() const;
  bool is_blind() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::audio
