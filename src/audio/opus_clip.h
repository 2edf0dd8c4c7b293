#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audio/clip_builder.h"
#include "audio/opus_stream.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Packets of one opus stream to a Clip: what ogg and webm share. The encoder's delay is dropped from the
/// start; the last packet is kept back until it is known how much of it is padding.
class OpusClip {
 public:
  /// `head` is the stream's OpusHead. Errors: kBadAudio, kUnsupportedAudio, kInternal.
  static Result<OpusClip> Create(std::string name, Bytes head, double max_duration_s);

  /// kAudioTooLong for a declared duration beyond the limit.
  Result<void> CheckDeclared(double duration_s) const;

  /// Errors: kBadAudio, kAudioTooLong.
  Result<void> Add(Bytes packet);

  /// Frames at 48 kHz so far, the dropped and the padding included.
  std::int64_t num_frames() const { return num_frames_; }

  /// At 16 kHz, without the last packet.
  const std::vector<float>& samples() const { return builder_.samples(); }

  /// Drops up to `num_frames` from the end of the last packet.
  void DropPadding(std::int64_t num_frames);

  Result<Clip> Finish();

 private:
  OpusClip(OpusStream stream, ClipBuilder builder, const OpusHead& head);
  Result<void> FlushPending();

  OpusStream stream_;
  ClipBuilder builder_;
  std::size_t num_channels_;
  std::size_t num_to_skip_;  // samples of the delay still to come
  std::int64_t num_frames_ = 0;
  std::vector<float> pending_;
};

}  // namespace higgins::audio
