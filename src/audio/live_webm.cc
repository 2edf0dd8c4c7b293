#include "audio/live_webm.h"

#include <webm/reader.h>
#include <webm/status.h>
#include <webm/webm_parser.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <string>

#include "audio/webm_track.h"

namespace higgins::audio {
namespace {

const std::vector<float> kNoSamples;
constexpr std::uint64_t kAnySize = std::numeric_limits<std::uint64_t>::max();

/// What has come and was not read yet. Gives what it is asked for whole, or asks to be tried again.
class StreamReader : public webm::Reader {
 public:
  void Append(Bytes bytes) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  }

  webm::Status Read(std::size_t num_to_read, std::uint8_t* buffer,
                    std::uint64_t* num_actually_read) override {
    *num_actually_read = 0;
    if (num_to_read > waiting_.size() - begin_) return webm::Status(webm::Status::kWouldBlock);
    std::memcpy(buffer, waiting_.data() + begin_, num_to_read);
    begin_ += num_to_read;
    position_ += num_to_read;
    *num_actually_read = num_to_read;
    return webm::Status(webm::Status::kOkCompleted);
  }
  webm::Status Skip(std::uint64_t num_to_skip, std::uint64_t* num_actually_skipped) override {
    const std::uint64_t skipped = std::min<std::uint64_t>(num_to_skip, waiting_.size() - begin_);
    begin_ += static_cast<std::size_t>(skipped);
    position_ += skipped;
    *num_actually_skipped = skipped;
    if (skipped == num_to_skip) return webm::Status(webm::Status::kOkCompleted);
    return webm::Status(skipped > 0 ? webm::Status::kOkPartial : webm::Status::kWouldBlock);
  }
  std::uint64_t Position() const override { return position_; }

 private:
  std::vector<std::byte> waiting_;
  std::size_t begin_ = 0;
  std::uint64_t position_ = 0;
};

/// The size of a live stream is not known, so an element may not ask for memory by what it says.
class LiveTrack : public WebmOpusTrack {
 public:
  explicit LiveTrack(double max_duration_s) : WebmOpusTrack(kAnySize, max_duration_s) {}

  webm::Status OnElementBegin(const webm::ElementMetadata& metadata, webm::Action* action) override {
    constexpr std::uint64_t kMaxElementBytes = 1 << 20;
    const bool is_container = metadata.id == webm::Id::kSegment || metadata.id == webm::Id::kCluster;
    if (!is_container && metadata.size != webm::kUnknownElementSize && metadata.size > kMaxElementBytes) {
      return Fail({ErrorCode::kBadAudio, std::string(kWebmName) + " has an element of " +
                                             std::to_string(metadata.size) + " bytes"});
    }
    return WebmOpusTrack::OnElementBegin(metadata, action);
  }
};

}  // namespace

struct LiveWebm::Impl {
  explicit Impl(double max_duration_s) : track(max_duration_s) {}
  LiveTrack track;
  StreamReader reader;
  webm::WebmParser parser;
};

LiveWebm::LiveWebm(double max_duration_s) : impl_(std::make_unique<Impl>(max_duration_s)) {}
LiveWebm::LiveWebm(LiveWebm&&) noexcept = default;
LiveWebm& LiveWebm::operator=(LiveWebm&&) noexcept = default;
LiveWebm::~LiveWebm() = default;

Result<void> LiveWebm::Feed(Bytes bytes) {
  try {
    impl_->reader.Append(bytes);
    webm::Status status(webm::Status::kOkPartial);
    std::uint64_t position = 0;
    do {
      position = impl_->reader.Position();
      status = impl_->parser.Feed(&impl_->track, &impl_->reader);
    } while (status.code == webm::Status::kOkPartial && impl_->reader.Position() > position);
    if (impl_->track.error()) return *impl_->track.error();
    if (status.completed_ok() || status.code == webm::Status::kWouldBlock ||
        status.code == webm::Status::kOkPartial) {
      return {};
    }
    return Error{ErrorCode::kBadAudio,
                 std::string(kWebmName) + " is damaged (libwebm status " + std::to_string(status.code) + ")"};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInternal, std::string("reading the webm failed: ") + exception.what()};
  }
}

const std::vector<float>& LiveWebm::samples() const {
  return impl_->track.found() ? impl_->track.samples() : kNoSamples;
}

}  // namespace higgins::audio
