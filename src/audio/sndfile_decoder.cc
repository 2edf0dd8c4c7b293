#include "audio/sndfile_decoder.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audio/clip_builder.h"

namespace higgins::audio {
namespace {

/// libsndfile's view of the borrowed bytes. Its callbacks may be asked anything; they never leave the span.
struct MemoryFile {
  Bytes bytes;
  std::optional<Patch> patch;
  sf_count_t position = 0;
};

sf_count_t Length(void* user) {
  return static_cast<sf_count_t>(static_cast<MemoryFile*>(user)->bytes.size());
}

sf_count_t Seek(sf_count_t offset, int whence, void* user) {
  auto* file = static_cast<MemoryFile*>(user);
  const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->position : Length(user);
  sf_count_t target = 0;
  if (__builtin_add_overflow(base, offset, &target)) return -1;
  file->position = std::clamp<sf_count_t>(target, 0, Length(user));
  return file->position;
}

sf_count_t Read(void* out, sf_count_t count, void* user) {
  auto* file = static_cast<MemoryFile*>(user);
  const sf_count_t num_bytes = std::clamp<sf_count_t>(count, 0, Length(user) - file->position);
  if (num_bytes > 0)
    std::memcpy(out, file->bytes.data() + file->position, static_cast<std::size_t>(num_bytes));
  if (file->patch) {
    for (std::size_t i = 0; i < file->patch->bytes.size(); ++i) {
      const sf_count_t at = static_cast<sf_count_t>(file->patch->offset + i) - file->position;
      if (at >= 0 && at < num_bytes) static_cast<std::byte*>(out)[at] = file->patch->bytes[i];
    }
  }
  file->position += num_bytes;
  return num_bytes;
}

sf_count_t Write(const void*, sf_count_t, void*) { return 0; }

sf_count_t Tell(void* user) { return static_cast<MemoryFile*>(user)->position; }

struct Closer {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SndfilePtr = std::unique_ptr<SNDFILE, Closer>;

/// libsndfile's messages are sentences with full stops, some with newlines.
std::string Reason(int error) {
  std::string reason = sf_error_number(error);
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  for (const std::string_view prefix : {"Error : ", "Internal error : "}) {
    if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
  }
  while (!reason.empty() && (reason.back() == ' ' || reason.back() == '.')) reason.pop_back();
  return reason;
}

Result<void> ReadBlocks(SNDFILE* file, int num_channels, ClipBuilder& builder) {
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames) * static_cast<std::size_t>(num_channels));
  for (;;) {
    const sf_count_t num_frames = sf_readf_float(file, block.data(), kBlockFrames);
    if (num_frames <= 0) return {};
    const auto num_samples = static_cast<std::size_t>(num_frames) * static_cast<std::size_t>(num_channels);
    if (Result<void> added = builder.Add(std::span(block).first(num_samples)); !added) return added;
  }
}

/// What the header promised must have come out. mp3 promises are estimates, and a stream of unknown length
/// has none.
Result<void> CheckComplete(const std::string& name, const SF_INFO& info, const ClipBuilder& builder) {
  if (info.frames >= SF_COUNT_MAX / 2) return {};
  const sf_count_t slack = info.samplerate / 500;  // 2 ms
  if (builder.num_frames() + slack >= info.frames) return {};
  return Error{ErrorCode::kBadAudio, name + " header says " + std::to_string(info.frames) +
                                         " samples but only " + std::to_string(builder.num_frames()) +
                                         " could be decoded: it is truncated or damaged"};
}

}  // namespace

bool SndfileReadsWavCodec(int format_tag) {
  constexpr std::array kTags = {0x0001 /* PCM */,   0x0002 /* MS ADPCM */, 0x0003 /* float */,
                                0x0006 /* A-law */, 0x0007 /* mu-law */,   0x0011 /* IMA ADPCM */};
  return std::find(kTags.begin(), kTags.end(), format_tag) != kTags.end();
}

Result<Clip> DecodeWithSndfile(const Recording& recording, double max_duration_s,
                               const std::optional<Patch>& patch) {
  const std::string name = std::string("the ") + ContainerName(recording.container);
  MemoryFile memory{recording.bytes, patch};
  SF_VIRTUAL_IO io{Length, Seek, Read, Write, Tell};
  SF_INFO info{};
  const SndfilePtr file(sf_open_virtual(&io, SFM_READ, &info, &memory));
  if (!file) {
    return Error{ErrorCode::kBadAudio, name + " cannot be opened (" + Reason(sf_error(nullptr)) +
                                           "): it is truncated, damaged or of an unknown codec"};
  }
  Result<ClipBuilder> builder = ClipBuilder::Create(name, {info.samplerate, info.channels}, max_duration_s);
  if (!builder) return builder.error();
  if (info.frames < SF_COUNT_MAX / 2) {
    if (Result<void> fits = builder->CheckDeclared(static_cast<double>(info.frames)); !fits)
      return fits.error();
  }
  if (Result<void> read = ReadBlocks(file.get(), info.channels, *builder); !read) return read.error();
  if (Result<void> complete = CheckComplete(name, info, *builder); !complete) {
    return complete.error();
  }
  if (const int error = sf_error(file.get()); error != SF_ERR_NO_ERROR) {
    return Error{ErrorCode::kBadAudio, name + " is damaged after " + std::to_string(builder->num_frames()) +
                                           " samples (" + Reason(error) + ")"};
  }
  return builder->Finish();
}

}  // namespace higgins::audio
