#include "quality/speech_regions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace higgins::quality {
namespace {

constexpr float kSilentDb = -85.0F;           // digital silence and dither say nothing about the room
constexpr double kBackgroundQuantile = 0.10;  // of the frames above it
constexpr int kLoudFrames = 4;                // the speech level is what 80 ms reach
constexpr float kAboveBackgroundDb = 6.0F;
constexpr float kBelowSpeechDb = 35.0F;

constexpr float kVoicedPeriodicity = 0.5F;
constexpr float kBandRangeDb = 40.0F;  // bands this far under the strongest count as part of the sound
constexpr int kMinBands = 4;           // of kNumBands

constexpr int kMaxGapFrames = 12;  // a pause of 240 ms within a phrase
constexpr int kMinRegionFrames = 3;
constexpr int kMinVoicedFrames = 2;   // in each region
constexpr int kVowelFrames = 4;       // 80 ms of voice without a break; noise has 3 now and then
constexpr int kShortVowelFrames = 3;  // enough where a quarter of the foreground is voiced: a creaky voice
constexpr int kPadFrames = 2;         // weak onsets and endings

constexpr float kFluxRangeDb = 30.0F;
constexpr std::size_t kTightFrames = 50;  // 1 s
constexpr float kMinTightFluxDb = 1.0F;
constexpr float kMinFluxDb = 0.4F,
                kMaxFluxDb = 8.0F;  // speech: 1.0 to 4.2; tones and hum: 0, their edges: 9 to 12

struct Levels {
  float background_db = 0.0F;  // kSilentDb where the clip has silence in it
  float loud_db = 0.0F;
};

Levels MeasureLevels(std::span<const Frame> frames) {
  std::vector<float> energies;
  for (const Frame& frame : frames) {
    if (frame.energy_db > kSilentDb) energies.push_back(frame.energy_db);
  }
  if (energies.empty()) return {};
  std::sort(energies.begin(), energies.end());
  const auto last = static_cast<double>(energies.size() - 1);
  Levels levels;
  levels.loud_db = energies[energies.size() - std::min<std::size_t>(energies.size(), kLoudFrames)];
  // With silence around it, the quietest part of the sound is not a background.
  const bool has_silence = energies.size() * 10 < frames.size() * 9;
  levels.background_db =
      has_silence ? kSilentDb : energies[static_cast<std::size_t>(kBackgroundQuantile * last)];
  return levels;
}

/// The energy a frame must exceed to count as foreground.
float Threshold(Levels levels) {
  return std::max(levels.background_db + kAboveBackgroundDb, levels.loud_db - kBelowSpeechDb);
}

bool IsVoiced(const Frame& frame) {
  if (frame.periodicity < kVoicedPeriodicity) return false;
  const float strongest = *std::max_element(frame.band_db.begin(), frame.band_db.end());
  return std::count_if(frame.band_db.begin(), frame.band_db.end(),
                       [&](float band) { return band > strongest - kBandRangeDb; }) >= kMinBands;
}

/// How much the spectrum's shape changes from one frame to the next: mean absolute change of the bands that
/// matter, dB, less their common change of level.
float Flux(const Frame& frame, const Frame& next) {
  const float strongest = *std::max_element(frame.band_db.begin(), frame.band_db.end());
  std::array<float, kNumBands> change{};
  std::size_t count = 0;
  float mean = 0.0F;
  for (std::size_t band = 0; band < kNumBands; ++band) {
    if (frame.band_db[band] <= strongest - kFluxRangeDb) continue;
    change[count] = next.band_db[band] - frame.band_db[band];
    mean += change[count++];
  }
  mean /= static_cast<float>(count);  // the strongest band is always there
  float sum = 0.0F;
  for (std::size_t i = 0; i < count; ++i) sum += std::abs(change[i] - mean);
  return sum / static_cast<float>(count);
}

float Median(std::vector<float> values) {
  if (values.empty()) return 0.0F;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<FrameRange> RunsAbove(std::span<const Frame> frames, float threshold) {
  std::vector<FrameRange> runs;
  const auto size = static_cast<int>(frames.size());
  for (int t = 0; t < size; ++t) {
    if (frames[static_cast<std::size_t>(t)].energy_db <= threshold) continue;
    if (!runs.empty() && t - runs.back().end <= kMaxGapFrames) {
      runs.back().end = t + 1;
    } else {
      runs.push_back({t, t + 1});
    }
  }
  return runs;
}

struct Voice {
  int num_foreground = 0;
  int num_frames = 0;
  int longest_run = 0;
  std::vector<float> flux_db;  // of each two neighbouring frames
};

Voice VoiceIn(std::span<const Frame> frames, FrameRange range, float threshold) {
  Voice voice;
  int run = 0;
  for (auto t = static_cast<std::size_t>(range.begin); t < static_cast<std::size_t>(range.end); ++t) {
    const bool foreground = frames[t].energy_db > threshold;
    const bool voiced = foreground && IsVoiced(frames[t]);
    if (foreground) ++voice.num_foreground;
    if (voiced) ++voice.num_frames;
    if (voiced && run > 0) voice.flux_db.push_back(Flux(frames[t - 1], frames[t]));
    run = voiced ? run + 1 : 0;
    voice.longest_run = std::max(voice.longest_run, run);
  }
  return voice;
}

bool HasVowel(const Voice& voice) {
  if (voice.longest_run >= kVowelFrames) return true;
  return voice.longest_run >= kShortVowelFrames && 4 * voice.num_frames >= voice.num_foreground;
}

/// Runs with a voice in them, unless none of them holds a vowel, or all of it together changes too little or
/// too much.
std::vector<FrameRange> SpeechAbove(std::span<const Frame> frames, float threshold, float min_flux_db) {
  std::vector<FrameRange> regions;
  Voice total;
  for (const FrameRange run : RunsAbove(frames, threshold)) {
    if (run.end - run.begin < kMinRegionFrames) continue;
    const Voice voice = VoiceIn(frames, run, threshold);
    if (voice.num_frames < kMinVoicedFrames) continue;
    regions.push_back(run);
    total.num_foreground += voice.num_foreground;
    total.num_frames += voice.num_frames;
    total.longest_run = std::max(total.longest_run, voice.longest_run);
    total.flux_db.insert(total.flux_db.end(), voice.flux_db.begin(), voice.flux_db.end());
  }
  const float flux_db = Median(total.flux_db);
  if (!HasVowel(total) || flux_db < min_flux_db || flux_db > kMaxFluxDb) return {};
  return regions;
}

void PadAndMerge(std::vector<FrameRange>& regions, int num_frames) {
  std::vector<FrameRange> merged;
  for (const FrameRange region : regions) {
    const FrameRange padded{std::max(0, region.begin - kPadFrames),
                            std::min(num_frames, region.end + kPadFrames)};
    if (!merged.empty() && padded.begin <= merged.back().end) {
      merged.back().end = padded.end;
    } else {
      merged.push_back(padded);
    }
  }
  regions = std::move(merged);
}

}  // namespace

std::vector<FrameRange> FindSpeech(std::span<const Frame> frames) {
  const Levels levels = MeasureLevels(frames);
  std::vector<FrameRange> regions = SpeechAbove(frames, Threshold(levels), kMinFluxDb);
  if (regions.empty() && frames.size() <= kTightFrames) {
    // A word that was cut out closely is its own background: then the voice and its changes must be plain.
    regions = SpeechAbove(frames, std::max(kSilentDb, levels.loud_db - kBelowSpeechDb), kMinTightFluxDb);
  }
  PadAndMerge(regions, static_cast<int>(frames.size()));
  return regions;
}

}  // namespace higgins::quality
