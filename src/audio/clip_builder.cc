#include "audio/clip_builder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <utility>

namespace higgins::audio {
namespace {

constexpr int kMinRateHz = 4000, kMaxRateHz = 384000;
constexpr int kMaxChannels = 32;

// Lossy codecs overshoot full scale a little. A hundred times is another scale: integers stored as floats.
constexpr float kLargestSample = 100.0F;

std::string Seconds(double duration_s) {
  char text[32];
  std::snprintf(text, sizeof text, duration_s < 1e6 ? "%.1f s" : "%.3g s", duration_s);
  return text;
}

}  // namespace

Result<void> CheckFormat(const std::string& name, const PcmFormat& format) {
  if (format.num_channels < 1 || format.num_channels > kMaxChannels) {
    return Error{ErrorCode::kUnsupportedAudio, name + " says " + std::to_string(format.num_channels) +
                                                   " channels; 1 to " + std::to_string(kMaxChannels) +
                                                   " can be read"};
  }
  if (format.sample_rate_hz < kMinRateHz || format.sample_rate_hz > kMaxRateHz) {
    return Error{ErrorCode::kUnsupportedAudio,
                 name + " says a sample rate of " + std::to_string(format.sample_rate_hz) + " Hz; " +
                     std::to_string(kMinRateHz) + " to " + std::to_string(kMaxRateHz) + " Hz can be read"};
  }
  return {};
}

ClipBuilder::ClipBuilder(std::string name, PcmFormat format, double max_duration_s, Resampler resampler)
    : name_(std::move(name)),
      format_(format),
      max_duration_s_(max_duration_s),
      resampler_(std::move(resampler)) {}

Result<ClipBuilder> ClipBuilder::Create(std::string name, PcmFormat format, double max_duration_s) {
  if (Result<void> checked = CheckFormat(name, format); !checked) return checked.error();
  Result<Resampler> resampler = Resampler::Create(format.sample_rate_hz);
  if (!resampler) return resampler.error();
  return ClipBuilder(std::move(name), format, max_duration_s, std::move(*resampler));
}

Result<void> ClipBuilder::CheckDeclared(double num_frames) const {
  const double duration_s = num_frames / format_.sample_rate_hz;
  if (!(duration_s > max_duration_s_)) return {};
  return Error{ErrorCode::kAudioTooLong, name_ + " says that it lasts " + Seconds(duration_s) +
                                             "; the limit is " + Seconds(max_duration_s_) +
                                             " (max_duration_s)"};
}

Result<void> ClipBuilder::CheckSamples(std::span<const float> interleaved) const {
  // Written so that NaN fails it too.
  const auto bad = std::find_if(interleaved.begin(), interleaved.end(),
                                [](float sample) { return !(std::abs(sample) <= kLargestSample); });
  if (bad == interleaved.end()) return {};
  const auto frame = num_frames_ + (bad - interleaved.begin()) / format_.num_channels;
  char where[64];
  std::snprintf(where, sizeof where, "sample %lld (%.3f s)", static_cast<long long>(frame),
                static_cast<double>(frame) / format_.sample_rate_hz);
  if (!std::isfinite(*bad)) {
    return Error{ErrorCode::kBadAudio,
                 name_ + " is damaged: " + where + (std::isnan(*bad) ? " is not a number" : " is infinite")};
  }
  char value[32];
  std::snprintf(value, sizeof value, "%.4g", static_cast<double>(*bad));
  return Error{ErrorCode::kBadAudio, name_ + " is out of range: " + where + " is " + value +
                                         ", expected -1 to 1; integers written as floats must be scaled"};
}

Result<void> ClipBuilder::Add(std::span<const float> interleaved) {
  const auto num_channels = static_cast<std::size_t>(format_.num_channels);
  while (interleaved.size() >= num_channels) {
    const std::size_t num_frames = std::min<std::size_t>(interleaved.size() / num_channels, kBlockFrames);
    const std::span<const float> block = interleaved.first(num_frames * num_channels);
    const double duration_s =
        static_cast<double>(num_frames_ + static_cast<std::int64_t>(num_frames)) / format_.sample_rate_hz;
    if (duration_s > max_duration_s_) {
      return Error{ErrorCode::kAudioTooLong,
                   name_ + " lasts more than the limit of " + Seconds(max_duration_s_) + " (max_duration_s)"};
    }
    if (Result<void> checked = CheckSamples(block); !checked) return checked;

    mono_.assign(num_frames, 0.0F);
    const float scale = 1.0F / static_cast<float>(num_channels);
    for (std::size_t frame = 0; frame < num_frames; ++frame) {
      float sum = 0.0F;
      for (std::size_t channel = 0; channel < num_channels; ++channel)
        sum += block[frame * num_channels + channel];
      mono_[frame] = sum * scale;
    }
    if (Result<void> resampled = resampler_.Process(mono_, clip_.samples); !resampled) return resampled;
    num_frames_ += static_cast<std::int64_t>(num_frames);
    interleaved = interleaved.subspan(block.size());
  }
  return {};
}

Result<Clip> ClipBuilder::Finish() {
  if (Result<void> flushed = resampler_.Flush(clip_.samples); !flushed) return flushed.error();
  if (clip_.samples.empty()) {
    return Error{ErrorCode::kBadAudio,
                 name_ + (num_frames_ == 0 ? " holds no samples" : " holds less than a sample at 16 kHz")};
  }
  return std::move(clip_);
}

}  // namespace higgins::audio
