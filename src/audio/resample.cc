#include "audio/resample.h"

#include <soxr.h>

#include <cstddef>
#include <string>

#include "types/clip.h"

namespace higgins::audio {
namespace {

Error Failed(const char* reason) {
  return Error{ErrorCode::kInternal, std::string("the resampler failed: ") + reason};
}

}  // namespace

void Resampler::Deleter::operator()(soxr* handle) const { soxr_delete(handle); }

Result<Resampler> Resampler::Create(int input_rate_hz) {
  Resampler resampler(input_rate_hz);
  if (input_rate_hz != Clip::kSampleRateHz) {
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_error_t reason = nullptr;
    resampler.handle_.reset(
        soxr_create(input_rate_hz, Clip::kSampleRateHz, 1, &reason, &io, &quality, &runtime));
    if (!resampler.handle_ || reason != nullptr) return Failed(reason != nullptr ? reason : "out of memory");
  }
  return resampler;
}

Result<void> Resampler::Process(std::span<const float> in, std::vector<float>& out) {
  if (!handle_) {
    out.insert(out.end(), in.begin(), in.end());
    return {};
  }
  while (!in.empty()) {
    // Room for what this block can give, and some: soxr takes only as much input as it has room to answer.
    const std::size_t room =
        in.size() * Clip::kSampleRateHz / static_cast<std::size_t>(input_rate_hz_) + 1024;
    const std::size_t old_size = out.size();
    out.resize(old_size + room);
    std::size_t num_read = 0, num_written = 0;
    const soxr_error_t reason = soxr_process(handle_.get(), in.data(), in.size(), &num_read,
                                             out.data() + old_size, room, &num_written);
    out.resize(old_size + num_written);
    if (reason != nullptr) return Failed(reason);
    if (num_read == 0 && num_written == 0) return Failed("no progress");
    in = in.subspan(num_read);
  }
  return {};
}

Result<void> Resampler::Flush(std::vector<float>& out) {
  if (!handle_) return {};
  constexpr std::size_t kRoom = 4096;
  for (;;) {
    const std::size_t old_size = out.size();
    out.resize(old_size + kRoom);
    std::size_t num_written = 0;
    const soxr_error_t reason =
        soxr_process(handle_.get(), nullptr, 0, nullptr, out.data() + old_size, kRoom, &num_written);
    out.resize(old_size + num_written);
    if (reason != nullptr) return Failed(reason);
    if (num_written == 0) return {};
  }
}

}  // namespace higgins::audio
