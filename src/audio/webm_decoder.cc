#include "audio/webm_decoder.h"

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

#include "audio/webm_track.h"

namespace higgins::audio {
namespace {

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

Result<Clip> Parse(const Recording& recording, double max_duration_s) {
  WebmOpusTrack track(recording.bytes.size(), max_duration_s);
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
    return Error{ErrorCode::kBadAudio, std::string(kWebmName) +
                                           " is truncated: it ends within an element at byte " +
                                           std::to_string(reader.Position())};
  }
  if (!status.completed_ok()) {
    return Error{ErrorCode::kBadAudio, std::string(kWebmName) + " is damaged near byte " +
                                           std::to_string(reader.Position()) + " (libwebm status " +
                                           std::to_string(status.code) + ")"};
  }
  if (!track.found()) return Error{ErrorCode::kBadAudio, std::string(kWebmName) + " holds no audio track"};
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
