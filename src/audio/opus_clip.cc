#include "audio/opus_clip.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace higgins::audio {

OpusClip::OpusClip(OpusStream stream, ClipBuilder builder, const OpusHead& head)
    : stream_(std::move(stream)),
      builder_(std::move(builder)),
      num_channels_(static_cast<std::size_t>(head.num_channels)),
      num_to_skip_(static_cast<std::size_t>(head.pre_skip_frames) * num_channels_) {}

Result<OpusClip> OpusClip::Create(std::string name, Bytes head_bytes, double max_duration_s) {
  const Result<OpusHead> head = ReadOpusHead(head_bytes);
  if (!head) return head.error();
  Result<ClipBuilder> builder =
      ClipBuilder::Create(std::move(name), {OpusStream::kRateHz, head->num_channels}, max_duration_s);
  if (!builder) return builder.error();
  Result<OpusStream> stream = OpusStream::Create(*head);
  if (!stream) return stream.error();
  return OpusClip(std::move(*stream), std::move(*builder), *head);
}

Result<void> OpusClip::CheckDeclared(double duration_s) const {
  return builder_.CheckDeclared(duration_s * OpusStream::kRateHz);
}

Result<void> OpusClip::Add(Bytes packet) {
  if (Result<void> flushed = FlushPending(); !flushed) return flushed;
  if (Result<void> decoded = stream_.Decode(packet, pending_); !decoded) return decoded;
  num_frames_ += static_cast<std::int64_t>(pending_.size() / num_channels_);
  return {};
}

void OpusClip::DropPadding(std::int64_t num_frames) {
  const auto num_pending = static_cast<std::int64_t>(pending_.size() / num_channels_);
  const std::int64_t num_kept = num_pending - std::clamp<std::int64_t>(num_frames, 0, num_pending);
  pending_.resize(static_cast<std::size_t>(num_kept) * num_channels_);
}

Result<void> OpusClip::FlushPending() {
  const std::size_t skipped = std::min(num_to_skip_, pending_.size());
  num_to_skip_ -= skipped;
  Result<void> added = builder_.Add(std::span<const float>(pending_).subspan(skipped));
  pending_.clear();
  return added;
}

Result<Clip> OpusClip::Finish() {
  if (Result<void> flushed = FlushPending(); !flushed) return flushed.error();
  return builder_.Finish();
}

}  // namespace higgins::audio
