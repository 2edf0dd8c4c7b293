// The audio track of a webm file as libwebm's parser comes by it: what decoding a whole file and decoding a
// live stream share.
#pragma once

#include <webm/callback.h>
#include <webm/reader.h>
#include <webm/status.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "audio/opus_clip.h"

namespace higgins::audio {

inline constexpr char kWebmName[] = "the webm";
inline constexpr std::uint64_t kMaxPacketBytes =
    61440;  // RFC 7845 section 6: beyond this a player may refuse

/// Follows the parser through the file and decodes the packets of the first audio track as they pass.
class WebmOpusTrack : public webm::Callback {
 public:
  WebmOpusTrack(std::uint64_t file_bytes, double max_duration_s)
      : file_bytes_(file_bytes), max_duration_s_(max_duration_s) {}

  const std::optional<Error>& error() const { return error_; }
  /// Samples so far; only when found().
  const std::vector<float>& samples() const { return clip_->samples(); }
  bool found() const { return clip_.has_value(); }

  Result<Clip> Finish() { return clip_->Finish(); }

  // Before the parser reserves memory for an element: its size must be there. What we have no use for is
  // skipped.
  webm::Status OnElementBegin(const webm::ElementMetadata& metadata, webm::Action* action) override {
    const std::uint64_t left = file_bytes_ - std::min(file_bytes_, metadata.position + metadata.header_size);
    if (metadata.size != webm::kUnknownElementSize && metadata.size > left) {
      return Fail({ErrorCode::kBadAudio, std::string(kWebmName) + " is truncated: the element at byte " +
                                             std::to_string(metadata.position) + " needs " +
                                             std::to_string(metadata.size) + " bytes, " +
                                             std::to_string(left) + " are left"});
    }
    const bool unused = metadata.id == webm::Id::kSeekHead || metadata.id == webm::Id::kCues ||
                        metadata.id == webm::Id::kChapters || metadata.id == webm::Id::kTags;
    *action = unused ? webm::Action::kSkip : webm::Action::kRead;
    return webm::Status(webm::Status::kOkCompleted);
  }

  webm::Status OnInfo(const webm::ElementMetadata&, const webm::Info& info) override {
    if (info.duration.is_present()) {
      declared_s_ = info.duration.value() * static_cast<double>(info.timecode_scale.value()) * 1e-9;
    }
    return webm::Status(webm::Status::kOkCompleted);
  }

  webm::Status OnTrackEntry(const webm::ElementMetadata&, const webm::TrackEntry& track) override {
    if (found() || track.track_type.value() != webm::TrackType::kAudio) {
      return webm::Status(webm::Status::kOkCompleted);
    }
    return Check(Begin(track));
  }

  webm::Status OnSimpleBlockBegin(const webm::ElementMetadata&, const webm::SimpleBlock& block,
                                  webm::Action* action) override {
    return SelectBlock(block, action);
  }
  webm::Status OnBlockBegin(const webm::ElementMetadata&, const webm::Block& block,
                            webm::Action* action) override {
    return SelectBlock(block, action);
  }

  webm::Status OnFrame(const webm::FrameMetadata&, webm::Reader* reader,
                       std::uint64_t* bytes_remaining) override {
    if (*bytes_remaining > kMaxPacketBytes) {
      return Fail({ErrorCode::kBadAudio, std::string(kWebmName) + " is damaged: an opus packet of " +
                                             std::to_string(*bytes_remaining) + " bytes"});
    }
    packet_.resize(static_cast<std::size_t>(*bytes_remaining));
    std::uint64_t num_read = 0;
    if (*bytes_remaining > 0) {
      const webm::Status read = reader->Read(packet_.size(), packet_.data(), &num_read);
      if (read.code == webm::Status::kWouldBlock)
        return read;  // a live reader gives the whole packet or nothing
      *bytes_remaining -= num_read;
    }
    if (*bytes_remaining > 0) return webm::Status(webm::Status::kEndOfFile);
    if (packet_.empty()) return webm::Status(webm::Status::kOkCompleted);
    return Check(clip_->Add(std::as_bytes(std::span(packet_))));
  }

  // The encoder's padding at the end: DiscardPadding, in ns, of the last packet.
  webm::Status OnBlockGroupEnd(const webm::ElementMetadata&, const webm::BlockGroup& group) override {
    const std::int64_t padding_ns = group.discard_padding.value();
    const bool ours =
        found() && group.block.is_present() && group.block.value().track_number == track_number_;
    if (ours && padding_ns > 0) {
      constexpr std::int64_t kNsPerSecond = 1'000'000'000;
      clip_->DropPadding(std::min(padding_ns, kNsPerSecond) * OpusStream::kRateHz / kNsPerSecond);
    }
    return webm::Status(webm::Status::kOkCompleted);
  }

 protected:
  webm::Status Fail(Error error) {
    error_ = std::move(error);
    return webm::Status(kStopped);
  }

 private:
  static constexpr std::int32_t kStopped = 1;  // positive: ours, not the parser's

  webm::Status Check(const Result<void>& result) {
    return result ? webm::Status(webm::Status::kOkCompleted) : Fail(result.error());
  }

  webm::Status SelectBlock(const webm::Block& block, webm::Action* action) const {
    const bool ours = found() && block.track_number == track_number_;
    *action = ours ? webm::Action::kRead : webm::Action::kSkip;
    return webm::Status(webm::Status::kOkCompleted);
  }

  Result<void> Begin(const webm::TrackEntry& track) {
    const std::string& codec = track.codec_id.value();
    if (codec != "A_OPUS" || track.content_encodings.is_present()) {
      const std::string found_codec =
          track.content_encodings.is_present() ? "compressed or encrypted" : Printable(codec);
      return Error{ErrorCode::kUnsupportedAudio,
                   std::string(kWebmName) + " holds " + found_codec + " audio; opus can be read"};
    }
    const auto head = std::as_bytes(std::span(track.codec_private.value()));
    Result<OpusClip> clip = OpusClip::Create(kWebmName, head, max_duration_s_);
    if (!clip) return clip.error();
    if (Result<void> fits = clip->CheckDeclared(declared_s_); !fits) return fits;
    track_number_ = track.track_number.value();
    clip_.emplace(std::move(*clip));
    return {};
  }

  /// A codec's name goes into a message of one line.
  static std::string Printable(const std::string& name) {
    std::string text = name.substr(0, 32);
    for (char& c : text) {
      if (c < 0x20 || c > 0x7E) c = '?';
    }
    return text.empty() ? "unnamed" : text;
  }

  std::uint64_t file_bytes_;
  double max_duration_s_;
  double declared_s_ = 0.0;
  std::optional<Error> error_;
  std::uint64_t track_number_ = 0;
  std::optional<OpusClip> clip_;
  std::vector<std::uint8_t> packet_;
};

}  // namespace higgins::audio
