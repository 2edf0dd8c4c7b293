#include "audio/mp3_decoder.h"

#include <mpg123.h>
#include <sys/types.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audio/clip_builder.h"
#include "audio/mp3_frames.h"

namespace higgins::audio {
namespace {

constexpr char kName[] = "the mp3";

struct MemoryFile {
  Bytes bytes;
  std::size_t position = 0;
};

ssize_t Read(void* user, void* out, std::size_t count) {
  auto* file = static_cast<MemoryFile*>(user);
  const std::size_t num_bytes = std::min(count, file->bytes.size() - file->position);
  if (num_bytes > 0) std::memcpy(out, file->bytes.data() + file->position, num_bytes);
  file->position += num_bytes;
  return static_cast<ssize_t>(num_bytes);
}

off_t Seek(void* user, off_t offset, int whence) {
  auto* file = static_cast<MemoryFile*>(user);
  const auto size = static_cast<off_t>(file->bytes.size());
  const off_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? static_cast<off_t>(file->position) : size;
  off_t target = 0;
  if (__builtin_add_overflow(base, offset, &target) || target < 0 || target > size) return -1;
  file->position = static_cast<std::size_t>(target);
  return target;
}

struct Deleter {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using HandlePtr = std::unique_ptr<mpg123_handle, Deleter>;

Error Damaged(mpg123_handle* handle, std::int64_t num_frames) {
  return Error{ErrorCode::kBadAudio, std::string(kName) + " is damaged after " + std::to_string(num_frames) +
                                         " samples (" + mpg123_strerror(handle) + ")"};
}

Result<HandlePtr> Open(MemoryFile& memory) {
  int error = MPG123_OK;
  HandlePtr handle(mpg123_new(nullptr, &error));
  if (!handle) return Error{ErrorCode::kInternal, std::string("libmpg123: ") + mpg123_plain_strerror(error)};
  // NOLINTNEXTLINE(google-runtime-int): libmpg123's type
  const long flags = MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_GAPLESS | MPG123_SKIP_ID3V2;
  if (mpg123_param(handle.get(), MPG123_ADD_FLAGS, flags, 0.0) != MPG123_OK ||
      mpg123_replace_reader_handle(handle.get(), Read, Seek, nullptr) != MPG123_OK ||
      mpg123_open_handle(handle.get(), &memory) != MPG123_OK) {
    return Error{ErrorCode::kInternal, std::string("libmpg123: ") + mpg123_strerror(handle.get())};
  }
  return handle;
}

Result<ClipBuilder> Begin(mpg123_handle* handle, double max_duration_s, int& num_channels) {
  long rate_hz = 0;  // NOLINT: libmpg123's type
  int encoding = 0;
  if (mpg123_getformat(handle, &rate_hz, &num_channels, &encoding) != MPG123_OK) return Damaged(handle, 0);
  if (encoding != MPG123_ENC_FLOAT_32)
    return Error{ErrorCode::kInternal, "libmpg123 was built without float output"};
  return ClipBuilder::Create(kName, {static_cast<int>(rate_hz), num_channels}, max_duration_s);
}

Result<void> ReadBlocks(mpg123_handle* handle, int num_channels, ClipBuilder& builder) {
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames) * static_cast<std::size_t>(num_channels));
  for (;;) {
    std::size_t num_bytes = 0;
    const int status =
        mpg123_read(handle, reinterpret_cast<unsigned char*>(block.data()),  // NOLINT: its type
                    block.size() * sizeof(float), &num_bytes);
    const auto samples = std::span<const float>(block).first(num_bytes / sizeof(float));
    if (Result<void> added = builder.Add(samples); !added) return added;
    if (status == MPG123_DONE) return {};
    if (status == MPG123_NEW_FORMAT) {
      return Error{ErrorCode::kBadAudio, std::string(kName) + " changes its sample rate or channels after " +
                                             std::to_string(builder.num_frames()) + " samples"};
    }
    if (status != MPG123_OK) return Damaged(handle, builder.num_frames());
  }
}

}  // namespace

Result<Clip> DecodeMp3(const Recording& recording, double max_duration_s) {
  MemoryFile memory{recording.bytes};
  Result<HandlePtr> handle = Open(memory);
  if (!handle) return handle.error();
  int num_channels = 0;
  Result<ClipBuilder> builder = Begin(handle->get(), max_duration_s, num_channels);
  if (!builder) return builder.error();

  const std::optional<std::int64_t> declared = DeclaredMp3Samples(recording.bytes);
  if (declared) {
    if (Result<void> fits = builder->CheckDeclared(static_cast<double>(*declared)); !fits)
      return fits.error();
  }
  if (Result<void> read = ReadBlocks(handle->get(), num_channels, *builder); !read) return read.error();
  // The declared count has the encoder's delay and padding in it, a few frames at most.
  constexpr std::int64_t kSlack = 4 * 1152;
  if (declared && builder->num_frames() + kSlack < *declared) {
    return Error{ErrorCode::kBadAudio, std::string(kName) + " header says " + std::to_string(*declared) +
                                           " samples but only " + std::to_string(builder->num_frames()) +
                                           " could be decoded: it is truncated or damaged"};
  }
  return builder->Finish();
}

}  // namespace higgins::audio
