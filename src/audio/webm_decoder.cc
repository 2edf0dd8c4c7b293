#include "audio/webm_decoder.h"

#include <webm/callback.h>
#include <webm/reader.h>
#include <webm/status.h>
#include <webm/webm_parser.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audio/opus_clip.h"

namespace higgins::audio {
namespace {

constexpr char kName[] = "the webm";
constexpr std::uint64_t kMaxPacketBytes = 61440;  // RFC 7845 section 6: beyond this a player may refuse

class SpanReader : public webm::Reader {
 public:
  explicit SpanReader(Bytes bytes) : bytes_(bytes) {}

  webm::Status Read(std::size_t num_to_read, std::uint8_t* buffer,
                    std::uint64_t* num_actually_read) override {
    const std::size_t num_bytes = std::min(num_to_read, bytes_.size() - position_);
    if (num_bytes > 0) std::memcpy(buffer, bytes_.data() + position_, num_bytes);
    return Advance(num_bytes, num_to_read, num_actually_read);
  }
  webm::Status Skip(std::uint64_t num_to_skip, std::uint64_t* num_actually_skipped) override {
    return Advance(std::min<std::uint64_t>(num_to_skip, bytes_.size() - position_), num_to_skip,
                   num_actually_skipped);
  }
  std::uint64_t Position() const override { return position_; }

 private:
  webm::Status Advance(std::uint64_t num_bytes, std::uint64_t asked, std::uint64_t* answer) {
    position_ += static_cast<std::size_t>(num_bytes);
    *answer = num_bytes;
    if (num_bytes == asked) return webm::Status(webm::Status::kOkCompleted);
    return webm::Status(num_bytes > 0 ? webm::Status::kOkPartial : webm::Status::kEndOfFile);
  }

  Bytes bytes_;
  std::size_t position_ = 0;
};

/// Follows the parser through the file and decodes the packets of the first audio track as they pass.
class OpusTrack : public webm::Callback {
 public:
  OpusTrack(std::uint64_t file_bytes, double max_duration_s)
      : file_bytes_(file_bytes), max_duration_s_(max_duration_s) {}

  const std::optional<Error>& error() const { return error_; }
  bool found() const { return clip_.has_value(); }

  Result<Clip> Finish() { return clip_->Finish(); }

  // Before the parser reserves memory for an element: its size must be there. What we have no use for is
  // skipped.
  webm::Status OnElementBegin(const webm::ElementMetadata& metadata, webm::Action* action) override {
    const std::uint64_t left = file_bytes_ - std::min(file_bytes_, metadata.position + metadata.header_size);
    if (metadata.size != webm::kUnknownElementSize && metadata.size > left) {
      return Fail({ErrorCode::kBadAudio, std::string(kName) + " is truncated: the element at byte " +
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
      return Fail({ErrorCode::kBadAudio, std::string(kName) + " is damaged: an opus packet of " +
                                             std::to_string(*bytes_remaining) + " bytes"});
    }
    packet_.resize(static_cast<std::size_t>(*bytes_remaining));
    std::uint64_t num_read = 0;
    if (*bytes_remaining > 0) {
      reader->Read(packet_.size(), packet_.data(), &num_read);
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

 private:
  static constexpr std::int32_t kStopped = 1;  // positive: ours, not the parser's

  webm::Status Fail(Error error) {
    error_ = std::move(error);
    return webm::Status(kStopped);
  }
  webm::Status Check(const Result<void>& result) {
    return result ? webm::Status(webm::Status::kOkCompleted) : Fail(result.error());
  }

  webm::Status SelectBlock(const webm::Block& block, webm::Action* action) {
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
                   std::string(kName) + " holds " + found_codec + " audio; opus can be read"};
    }
    const auto head = std::as_bytes(std::span(track.codec_private.value()));
    Result<OpusClip> clip = OpusClip::Create(kName, head, max_duration_s_);
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

Result<Clip> Parse(const Recording& recording, double max_duration_s) {
  OpusTrack track(recording.bytes.size(), max_duration_s);
  SpanReader reader(recording.bytes);
  webm::WebmParser parser;
  webm::Status status(webm::Status::kOkPartial);
  std::uint64_t position = 0;
  do {
    position = reader.Position();
    status = parser.Feed(&track, &reader);
  } while (status.code == webm::Status::kOkPartial && reader.Position() > position);

  if (track.error()) return *track.error();
  if (status.code == webm::Status::kEndOfFile || status.code == webm::Status::kOkPartial) {
    return Error{ErrorCode::kBadAudio, std::string(kName) +
                                           " is truncated: it ends within an element at byte " +
                                           std::to_string(reader.Position())};
  }
  if (!status.completed_ok()) {
    return Error{ErrorCode::kBadAudio, std::string(kName) + " is damaged near byte " +
                                           std::to_string(reader.Position()) + " (libwebm status " +
                                           std::to_string(status.code) + ")"};
  }
  if (!track.found()) return Error{ErrorCode::kBadAudio, std::string(kName) + " holds no audio track"};
  return track.Finish();
}

}  // namespace

Result<Clip> DecodeWebm(const Recording& recording, double max_duration_s) {
  try {
    return Parse(recording, max_duration_s);
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInternal, std::string("reading the webm failed: ") + exception.what()};
  }
}

}  // namespace higgins::audio
