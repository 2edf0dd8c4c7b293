#include "audio/vorbis_decoder.h"

#define OV_EXCLUDE_STATIC_CALLBACKS
#include <vorbis/vorbisfile.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "audio/clip_builder.h"

namespace higgins::audio {
namespace {

constexpr char kName[] = "the ogg vorbis";

std::size_t Read(void* out, std::size_t size, std::size_t count, void* user) {
  auto* rest = static_cast<Bytes*>(user);
  const std::size_t num_bytes = std::min(size * count, rest->size());
  if (num_bytes > 0) std::memcpy(out, rest->data(), num_bytes);
  *rest = rest->subspan(num_bytes);
  return size == 0 ? 0 : num_bytes / size;
}

/// Opens on construction; ov_clear() is due only where that has succeeded.
class VorbisFile {
 public:
  explicit VorbisFile(Bytes bytes) : rest_(bytes) {
    const ov_callbacks callbacks{Read, nullptr, nullptr, nullptr};
    status_ = ov_open_callbacks(&rest_, &file_, nullptr, 0, callbacks);
  }
  VorbisFile(const VorbisFile&) = delete;
  VorbisFile& operator=(const VorbisFile&) = delete;
  ~VorbisFile() {
    if (status_ == 0) ov_clear(&file_);
  }
  int status() const { return status_; }
  OggVorbis_File* get() { return &file_; }

 private:
  Bytes rest_;
  OggVorbis_File file_{};
  int status_ = 0;
};

Error Damaged(std::int64_t num_frames, const char* how) {
  return Error{ErrorCode::kBadAudio, std::string(kName) + " is damaged after " + std::to_string(num_frames) +
                                         " samples (" + how + ")"};
}

Result<void> ReadBlocks(OggVorbis_File* file, PcmFormat format, ClipBuilder& builder) {
  std::vector<float> block;
  for (;;) {
    float** channels = nullptr;
    int link = 0;
    const long num_frames = ov_read_float(file, &channels, kBlockFrames, &link);  // NOLINT: its type
    if (num_frames == 0) return {};
    if (num_frames == OV_HOLE) return Damaged(builder.num_frames(), "data is missing");
    if (num_frames < 0) return Damaged(builder.num_frames(), "a stream within it cannot be read");
    const vorbis_info* info = ov_info(file, -1);
    if (info == nullptr || info->rate != format.sample_rate_hz || info->channels != format.num_channels) {
      return Damaged(builder.num_frames(), "its sample rate or channels change");
    }
    const auto num_channels = static_cast<std::size_t>(format.num_channels);
    block.resize(static_cast<std::size_t>(num_frames) * num_channels);
    for (std::size_t channel = 0; channel < num_channels; ++channel) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(num_frames); ++i) {
        block[i * num_channels + channel] = channels[channel][i];
      }
    }
    if (Result<void> added = builder.Add(block); !added) return added;
  }
}

}  // namespace

bool IsOggVorbis(Bytes bytes) {
  // The identification header is alone on the first page, whose own header has one segment: 28 bytes.
  constexpr std::size_t kPageHeaderBytes = 28;
  return HasTag(bytes, kPageHeaderBytes, "\x01vorbis");
}

Result<Clip> DecodeVorbis(const Recording& recording, double max_duration_s) {
  VorbisFile file(recording.bytes);
  const vorbis_info* info = file.status() == 0 ? ov_info(file.get(), -1) : nullptr;
  if (info == nullptr) {
    return Error{ErrorCode::kBadAudio, std::string(kName) + " has damaged headers (libvorbis status " +
                                           std::to_string(file.status()) + ")"};
  }
  const PcmFormat format{static_cast<int>(std::clamp(info->rate, 0L, 1'000'000'000L)), info->channels};
  Result<ClipBuilder> builder = ClipBuilder::Create(kName, format, max_duration_s);
  if (!builder) return builder.error();
  if (Result<void> read = ReadBlocks(file.get(), format, *builder); !read) return read.error();
  return builder->Finish();
}

}  // namespace higgins::audio
