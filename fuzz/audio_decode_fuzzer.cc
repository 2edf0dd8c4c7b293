// Any bytes are an error or a clip: never a crash, never more memory than the limit allows.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "audio/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  // A short limit keeps an input that decodes to minutes from slowing the search; ffmpeg is not what is
  // tested.
  const higgins::AudioOptions options{.max_duration_s = 5.0, .allow_ffmpeg = false};
  const higgins::Result<higgins::Clip> clip = higgins::audio::Decode(bytes, options);
  if (!clip) {
    if (clip.error().message.empty() || clip.error().message.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  if (clip->samples.empty() || clip->duration_ms() > 5000.1) std::abort();
  for (const float sample : clip->samples) {
    if (!std::isfinite(sample)) std::abort();
  }
  return 0;
}
