// Where speech starts and ends in audio that is still arriving: FindSpeech() on the frames so far, again and
// again.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "quality/frames.h"
#include "quality/speech_regions.h"

namespace higgins::quality {

struct SpeechChange {
  enum class Kind { kStarted, kEnded, kNothingYet };
  Kind kind = Kind::kStarted;
  int time_ms = 0;
};

struct LiveSpeechOptions {
  int end_silence_ms = 700;       ///< without speech for this long after it: it has ended
  int initial_silence_ms = 5000;  ///< without any for this long from the start: kNothingYet, once
};

/// Looks again every 100 ms, at no more than the last 30 s, so that the cost is linear in the length (under 1
/// ms a second of audio). Started and ended alternate. Not thread-safe.
class LiveSpeech {
 public:
  explicit LiveSpeech(const LiveSpeechOptions& options) : options_(options) {}

  /// `samples` at 16 kHz is everything so far; it only ever grows.
  std::vector<SpeechChange> Update(std::span<const float> samples);

  bool is_speaking() const { return is_speaking_; }
  bool has_started() const { return has_started_; }
  /// Where the last speech ended, as far as is known.
  int last_speech_ms() const { return last_speech_ms_; }

 private:
  void Analyse(std::span<const float> samples);
  void Look(std::vector<SpeechChange>& changes);
  void LookForStart(std::span<const FrameRange> regions, std::vector<SpeechChange>& changes);
  std::size_t num_analysed() const { return num_dropped_ + frames_.size(); }
  int end_ms() const;

  LiveSpeechOptions options_;
  std::vector<Frame> frames_;  // the last ones
  std::size_t num_dropped_ = 0;
  std::size_t next_look_ = 0;  // frames
  bool is_speaking_ = false;
  bool has_started_ = false;
  bool reported_nothing_ = false;
  int last_speech_ms_ = 0;
};

}  // namespace higgins::quality
