#include "quality/live_speech.h"

#include <algorithm>
#include <cstddef>

namespace higgins::quality {
namespace {

constexpr int kHopMs = 20;
constexpr std::size_t kLookFrames = 5;
constexpr std::size_t kWindowFrames = 750;  // at least so many are looked at, at most twice as many
// Filters and windows of AnalyseFrames() reach this far to either side.
constexpr std::size_t kReachFrames = 4;

}  // namespace

void LiveSpeech::Analyse(std::span<const float> samples) {
  const std::size_t num_whole = samples.size() / kHopSamples;
  if (num_whole < num_analysed() + kReachFrames + 1) return;
  const std::size_t num_ready = num_whole - kReachFrames;  // what comes later does not change them
  const std::size_t begin = num_analysed() - std::min(num_analysed(), kReachFrames);
  const std::vector<Frame> fresh =
      AnalyseFrames(samples.subspan(begin * kHopSamples, (num_whole - begin) * kHopSamples));
  for (std::size_t t = num_analysed(); t < num_ready; ++t) frames_.push_back(fresh[t - begin]);
  if (frames_.size() >= 2 * kWindowFrames) {
    frames_.erase(frames_.begin(), frames_.begin() + kWindowFrames);
    num_dropped_ += kWindowFrames;
  }
}

int LiveSpeech::end_ms() const { return static_cast<int>(num_analysed()) * kHopMs; }

void LiveSpeech::LookForStart(std::span<const FrameRange> regions, std::vector<SpeechChange>& changes) {
  const auto offset = static_cast<int>(num_dropped_);
  // What ended before is not found again as something new.
  const auto fresh = std::find_if(regions.begin(), regions.end(), [&](const FrameRange& region) {
    return !has_started_ || (region.end + offset) * kHopMs > last_speech_ms_ + options_.end_silence_ms;
  });
  if (fresh != regions.end()) {
    const int begin_ms = (fresh->begin + offset) * kHopMs;
    changes.push_back({SpeechChange::Kind::kStarted, std::max(last_speech_ms_, begin_ms)});
    last_speech_ms_ = (regions.back().end + offset) * kHopMs;
    is_speaking_ = has_started_ = true;
  } else if (!has_started_ && !reported_nothing_ && end_ms() >= options_.initial_silence_ms) {
    reported_nothing_ = true;
    changes.push_back({SpeechChange::Kind::kNothingYet, end_ms()});
  }
}

void LiveSpeech::Look(std::vector<SpeechChange>& changes) {
  const std::vector<FrameRange> regions = FindSpeech(frames_);
  if (!is_speaking_) {
    LookForStart(regions, changes);
    return;
  }
  if (!regions.empty()) {
    last_speech_ms_ =
        std::max(last_speech_ms_, (regions.back().end + static_cast<int>(num_dropped_)) * kHopMs);
  }
  if (end_ms() - last_speech_ms_ < options_.end_silence_ms) return;
  is_speaking_ = false;
  changes.push_back({SpeechChange::Kind::kEnded, last_speech_ms_});
}

std::vector<SpeechChange> LiveSpeech::Update(std::span<const float> samples) {
  std::vector<SpeechChange> changes;
  // A large piece is looked at in steps, so that events do not depend on how the stream was cut.
  while (true) {
    const std::size_t step_end = (std::max(next_look_, kLookFrames) + kReachFrames) * kHopSamples;
    if (step_end > samples.size()) break;
    Analyse(samples.first(step_end));
    next_look_ = std::max(next_look_, kLookFrames) + kLookFrames;
    Look(changes);
  }
  return changes;
}

}  // namespace higgins::quality
