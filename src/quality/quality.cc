#include "quality/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>

#include "quality/frames.h"
#include "quality/speech_regions.h"

namespace higgins::quality {
namespace {

constexpr double kFloorDbfs = -100.0;
constexpr double kMaxSnrDb = 80.0, kMinSnrDb = -10.0;

constexpr double kMinDurationMs = 100.0;
constexpr double kMinMsPerPhone = 30.0;

constexpr double kClippedFractionLimit = 0.005;
constexpr double kLowLevelDbfs = -45.0;
constexpr double kLowSnrDb = 8.0;
constexpr double kMinSpeechFraction = 0.15;
constexpr double kMinPauseMs = 2000.0;  // a short clip may well be mostly pause

double ToDb(double power) {
  return power > 0.0 ? std::max(kFloorDbfs, 10.0 * std::log10(power)) : kFloorDbfs;
}

double Power(float energy_db) { return std::pow(10.0, static_cast<double>(energy_db) / 10.0); }

/// Samples at full scale, and flat tops below it (clipped, then turned down): at least three equal samples in
/// a row within 2 % of the peak.
double ClippedFraction(std::span<const float> samples, float peak) {
  constexpr float kFullScale = 0.999F;
  constexpr float kLoud = 0.3F;  // below, equal neighbours are quantisation
  constexpr float kFlat = 1.0F / 32768.0F;
  constexpr std::size_t kMinRun = 4;
  const float near_peak = peak >= kLoud ? 0.98F * peak : 2.0F * peak;
  std::size_t num_clipped = 0;
  for (std::size_t i = 0; i < samples.size();) {
    const float level = std::abs(samples[i]);
    std::size_t run = 1;
    if (level >= near_peak) {
      while (i + run < samples.size() && std::abs(samples[i + run] - samples[i]) <= kFlat) ++run;
    }
    if (run >= kMinRun || level >= kFullScale) num_clipped += run;
    i += run;
  }
  return samples.empty() ? 0.0 : static_cast<double>(num_clipped) / static_cast<double>(samples.size());
}

struct Levels {
  double speech_power = 0.0;  // mean square in the speech regions
  double noise_power = 0.0;   // outside of them
  bool has_pauses = true;     // without any, the noise can only be less than noise_power
};

/// The noise is what is heard outside of the speech; with less than 200 ms of that, the quietest tenth of all
/// frames.
Levels MeasureLevels(std::span<const Frame> frames, std::span<const FrameRange> speech) {
  constexpr std::size_t kMinNoiseFrames = 10;
  Levels levels;
  std::vector<float> outside, all;
  std::size_t num_speech = 0, next = 0;
  for (std::size_t t = 0; t < frames.size(); ++t) {
    while (next < speech.size() && static_cast<int>(t) >= speech[next].end) ++next;
    const bool inside = next < speech.size() && static_cast<int>(t) >= speech[next].begin;
    all.push_back(frames[t].energy_db);
    if (!inside) {
      outside.push_back(frames[t].energy_db);
    } else {
      levels.speech_power += Power(frames[t].energy_db);
      ++num_speech;
    }
  }
  if (num_speech > 0) levels.speech_power /= static_cast<double>(num_speech);
  levels.has_pauses = outside.size() >= kMinNoiseFrames;
  std::vector<float>& noise = levels.has_pauses ? outside : all;
  std::sort(noise.begin(), noise.end());
  // The louder half outside is breath, lips and weak speech.
  const std::size_t num_noise = std::max<std::size_t>(1, noise.size() / (levels.has_pauses ? 2 : 10));
  for (std::size_t i = 0; i < std::min(num_noise, noise.size()); ++i) levels.noise_power += Power(noise[i]);
  levels.noise_power /= static_cast<double>(num_noise);
  return levels;
}

double Snr(const Levels& levels) {
  const double signal = std::max(levels.speech_power - levels.noise_power, 1e-12);
  return std::clamp(ToDb(signal) - ToDb(std::max(levels.noise_power, 1e-10)), kMinSnrDb, kMaxSnrDb);
}

std::string Text(const char* format, double value) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::vector<Warning> Warnings(const QualityReport& figures, const Levels& levels) {
  std::vector<Warning> warnings;
  if (figures.clipped_fraction > kClippedFractionLimit) {
    warnings.push_back(
        {"clipping", Text("%.1f %% of the samples are clipped: move away from the microphone or lower "
                          "its level",
                          100.0 * figures.clipped_fraction)});
  }
  if (figures.speech_ms <= 0.0) return warnings;  // the rest is about speech
  if (figures.level_dbfs < kLowLevelDbfs) {
    warnings.push_back(
        {"low_level", Text("the speech is very quiet (%.0f dBFS): speak up or raise the microphone's "
                           "level",
                           figures.level_dbfs)});
  }
  if (levels.has_pauses && figures.snr_db < kLowSnrDb) {
    warnings.push_back(
        {"low_snr", Text("the background is loud (speech is only %.0f dB above it): scores are less "
                         "certain",
                         figures.snr_db)});
  }
  const bool pauses = figures.duration_ms - figures.speech_ms > kMinPauseMs;
  if (pauses && figures.speech_ms < kMinSpeechFraction * figures.duration_ms) {
    warnings.push_back(
        {"mostly_silence", Text("only %.1f s of the recording are speech", figures.speech_ms / 1000.0)});
  }
  return warnings;
}

}  // namespace

Quality Measure(const Clip& clip) {
  const std::vector<Frame> frames = AnalyseFrames(clip.samples);
  const std::vector<FrameRange> speech = FindSpeech(frames);
  Quality quality;
  QualityReport& figures = quality.figures;
  for (const FrameRange range : speech) {
    const int end = std::min(range.end * kHopSamples, static_cast<int>(clip.samples.size()));
    quality.speech.push_back({range.begin * kHopSamples, end});
    figures.speech_ms += 1000.0 * (end - range.begin * kHopSamples) / Clip::kSampleRateHz;
  }
  float peak = 0.0F;
  for (const float sample : clip.samples) peak = std::max(peak, std::abs(sample));
  const Levels levels = MeasureLevels(frames, speech);
  figures.duration_ms = clip.duration_ms();
  figures.level_dbfs = ToDb(levels.speech_power);
  figures.peak_dbfs = ToDb(static_cast<double>(peak) * static_cast<double>(peak));
  figures.snr_db = speech.empty() ? 0.0 : Snr(levels);
  figures.clipped_fraction = ClippedFraction(clip.samples, peak);
  quality.warnings = Warnings(figures, levels);
  return quality;
}

Result<void> Gate(const Quality& quality, const Clip& clip, int num_phones_of_text) {
  const double duration_ms = clip.duration_ms();
  if (duration_ms < kMinDurationMs) {
    return Error{ErrorCode::kAudioTooShort,
                 Text("the recording lasts %.0f ms; at least 100 ms are needed", duration_ms)};
  }
  if (quality.speech.empty()) {
    const double peak_dbfs = quality.figures.peak_dbfs;
    return Error{ErrorCode::kNoSpeech,
                 peak_dbfs <= kFloorDbfs
                     ? "the recording is silent: every sample is zero; was the microphone muted?"
                     : Text("no speech was found in the recording (its peak is at %.0f dBFS)", peak_dbfs)};
  }
  if (duration_ms < kMinMsPerPhone * num_phones_of_text) {
    return Error{ErrorCode::kAudioTooShort, "the recording lasts " + Text("%.0f ms", duration_ms) +
                                                ", too short for the " + std::to_string(num_phones_of_text) +
                                                " phones of the text (at least 30 ms each): was it cut off?"};
  }
  return {};
}

}  // namespace higgins::quality
