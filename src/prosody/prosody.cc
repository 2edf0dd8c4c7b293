#include "prosody/prosody.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "prosody/yin.h"

namespace higgins {
namespace {

using prosody::kYinMaxLag;
using prosody::kYinMinLag;
using prosody::kYinRateHz;
using prosody::kYinSpan;
using prosody::kYinWindow;
using prosody::YinCurve;

constexpr float kSilenceDb = -75.0F;       // quieter than this is never voiced
constexpr float kSilenceBelowPeakDb = 40;  // nor is what lies this far under the loudest frame

// Costs in units of d', chosen on synthetic tones, glides and noise; the ratios are those of Boersma (1993).
constexpr float kUnvoicedCost = 0.35F;  // a dip above this is not a voice
constexpr float kOctaveCost = 0.03F;    // per octave of longer period: of equal dips, the shortest period
constexpr float kJumpCost = 0.5F;       // per octave between neighbouring frames
constexpr float kVoicingChangeCost = 0.08F;

/// What one frame may be: state 0 is unvoiced, the others are dips of the curve.
constexpr int kMaxCandidates = 6;
struct Candidates {
  int size = 1;
  std::array<float, kMaxCandidates> log2_f0{};  // of state 0: unused
  std::array<float, kMaxCandidates> cost{};
};

std::vector<float> FrameEnergyDb(std::span<const float> samples, int num_frames, double samples_per_frame) {
  std::vector<float> energy_db(static_cast<std::size_t>(num_frames), kEnergyFloorDb);
  for (int frame = 0; frame < num_frames; ++frame) {
    const auto begin = static_cast<std::size_t>(frame * samples_per_frame);
    const auto end = std::min(samples.size(), static_cast<std::size_t>((frame + 1) * samples_per_frame));
    if (begin >= end) break;
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += static_cast<double>(samples[i]) * samples[i];
    const double mean = sum / static_cast<double>(end - begin);
    if (mean > 0.0) {
      energy_db[static_cast<std::size_t>(frame)] =
          std::max(kEnergyFloorDb, static_cast<float>(10.0 * std::log10(mean)));
    }
  }
  return energy_db;
}

/// The dip's place and depth, refined by the parabola through its neighbours (YIN, step 5).
void AddDip(const YinCurve& curve, int lag, Candidates& candidates) {
  const auto at = static_cast<std::size_t>(lag);
  const float left = curve[at - 1], middle = curve[at], right = curve[at + 1];
  const float bend = left - 2.0F * middle + right;
  const float shift = bend > 0.0F ? std::clamp(0.5F * (left - right) / bend, -0.5F, 0.5F) : 0.0F;
  const float period = std::clamp(static_cast<float>(lag) + shift, static_cast<float>(kYinMinLag),
                                  static_cast<float>(kYinMaxLag));
  const float depth = std::max(0.0F, middle - 0.25F * (left - right) * shift);
  const float cost = depth + kOctaveCost * std::log2(period / kYinMinLag);
  const float log2_f0 = std::log2(kYinRateHz / period);

  int slot = candidates.size;
  if (slot == kMaxCandidates) {
    slot = static_cast<int>(std::max_element(candidates.cost.begin() + 1, candidates.cost.end()) -
                            candidates.cost.begin());
    if (candidates.cost[static_cast<std::size_t>(slot)] <= cost) return;
  } else {
    ++candidates.size;
  }
  candidates.cost[static_cast<std::size_t>(slot)] = cost;
  candidates.log2_f0[static_cast<std::size_t>(slot)] = log2_f0;
}

Candidates FindCandidates(const YinCurve& curve) {
  Candidates candidates;
  candidates.cost[0] = kUnvoicedCost;
  for (int lag = kYinMinLag; lag <= kYinMaxLag; ++lag) {
    const auto at = static_cast<std::size_t>(lag);
    const bool is_dip = curve[at] < curve[at - 1] && curve[at] <= curve[at + 1];
    // A dip that is far too shallow can still carry a weak frame between strong ones, hence twice the
    // threshold.
    if (is_dip && curve[at] < 2.0F * kUnvoicedCost) AddDip(curve, lag, candidates);
  }
  return candidates;
}

float TransitionCost(const Candidates& from, int i, const Candidates& to, int j) {
  if (i == 0 && j == 0) return 0.0F;
  if (i == 0 || j == 0) return kVoicingChangeCost;
  return kJumpCost *
         std::abs(from.log2_f0[static_cast<std::size_t>(i)] - to.log2_f0[static_cast<std::size_t>(j)]);
}

/// The cheapest path through the candidates: f0 in Hz, 0 where the path is in state 0.
std::vector<float> CheapestTrack(const std::vector<Candidates>& frames) {
  std::vector<float> f0_hz(frames.size(), 0.0F);
  if (frames.empty()) return f0_hz;
  std::vector<std::array<int, kMaxCandidates>> came_from(frames.size());
  std::array<float, kMaxCandidates> total = frames[0].cost;
  for (std::size_t t = 1; t < frames.size(); ++t) {
    std::array<float, kMaxCandidates> next{};
    for (int j = 0; j < frames[t].size; ++j) {
      float best = std::numeric_limits<float>::infinity();
      for (int i = 0; i < frames[t - 1].size; ++i) {
        const float cost =
            total[static_cast<std::size_t>(i)] + TransitionCost(frames[t - 1], i, frames[t], j);
        if (cost < best) {
          best = cost;
          came_from[t][static_cast<std::size_t>(j)] = i;
        }
      }
      next[static_cast<std::size_t>(j)] = best + frames[t].cost[static_cast<std::size_t>(j)];
    }
    total = next;
  }
  auto state =
      static_cast<int>(std::min_element(total.begin(), total.begin() + frames.back().size) - total.begin());
  for (std::size_t t = frames.size(); t-- > 0;) {
    if (state != 0) f0_hz[t] = std::exp2(frames[t].log2_f0[static_cast<std::size_t>(state)]);
    state = came_from[t][static_cast<std::size_t>(state)];
  }
  return f0_hz;
}

}  // namespace

Prosody ComputeProsody(const Clip& clip, int num_frames, double frame_shift_ms) {
  Prosody result;
  const double samples_per_frame = frame_shift_ms * Clip::kSampleRateHz / 1000.0;
  result.energy_db = FrameEnergyDb(clip.samples, num_frames, samples_per_frame);

  // Half a span of silence on either side lets every frame read a whole window.
  const std::vector<float> halved = prosody::LowPassAndHalve(clip.samples);
  std::vector<float> padded(halved.size() + 2 * kYinSpan, 0.0F);
  std::copy(halved.begin(), halved.end(), padded.begin() + kYinSpan);

  float loudest_db = kEnergyFloorDb;
  for (const float energy : result.energy_db) loudest_db = std::max(loudest_db, energy);
  const float voiced_from_db = std::max(kSilenceDb, loudest_db - kSilenceBelowPeakDb);

  std::vector<Candidates> frames(static_cast<std::size_t>(num_frames));
  YinCurve curve;
  for (std::size_t t = 0; t < frames.size(); ++t) {
    frames[t].cost[0] = kUnvoicedCost;
    if (result.energy_db[t] < voiced_from_db) continue;
    // Window and lagged window together are centred on the frame for a period of 5 ms, a middling voice.
    const double centre = (static_cast<double>(t) + 0.5) * samples_per_frame / 2.0;
    const auto begin = static_cast<std::ptrdiff_t>(centre) + kYinSpan - (kYinWindow + 40) / 2;
    if (begin + kYinSpan > static_cast<std::ptrdiff_t>(padded.size())) continue;
    prosody::NormalisedDifference(std::span<const float>(padded).subspan(static_cast<std::size_t>(begin)),
                                  curve);
    frames[t] = FindCandidates(curve);
  }
  result.f0_hz = CheapestTrack(frames);
  return result;
}

}  // namespace higgins
