#include "prosody/pauses.h"

#include <cstddef>

#include "base/percentile.h"

namespace higgins {
namespace {

// Between the quietest frames (5th percentile) and the loud ones (90th), closer to the quiet.
constexpr double kQuietShare = 0.35;

// Samples that are all zero are no room's floor: somebody cut or padded the recording.
float QuietBelowDb(std::vector<float> energy_db) {
  std::erase(energy_db, kEnergyFloorDb);
  const double loud_db = Percentile(energy_db, 90.0);
  const double floor_db = Percentile(energy_db, 5.0);
  return static_cast<float>(floor_db + kQuietShare * (loud_db - floor_db));
}

FrameSpan QuietPart(FrameSpan gap, const std::vector<float>& energy_db, float quiet_db) {
  const auto is_loud = [&](int t) { return energy_db[static_cast<std::size_t>(t)] >= quiet_db; };
  while (gap.begin < gap.end && is_loud(gap.begin)) ++gap.begin;
  while (gap.begin < gap.end && is_loud(gap.end - 1)) --gap.end;
  return gap;
}

// What is left of the gap on either side of the speech in it.
std::vector<FrameSpan> Divided(FrameSpan gap, std::span<const FrameSpan> speech) {
  std::vector<FrameSpan> parts;
  for (const FrameSpan said : speech) {
    if (said.begin >= gap.end || said.end <= gap.begin) continue;
    parts.push_back({gap.begin, said.begin});
    gap.begin = said.end;
  }
  parts.push_back(gap);
  return parts;
}

}  // namespace

std::vector<Pause> FindPauses(const CanonicalPhones& canonical, const Alignment& alignment,
                              const Prosody& prosody, double frame_shift_ms,
                              std::span<const FrameSpan> other_speech) {
  const float quiet_db = QuietBelowDb(prosody.energy_db);
  const auto word_of = [&](int phone) { return canonical.word_of_phone[static_cast<std::size_t>(phone)]; };
  const auto span_of = [&](int phone) { return alignment.phones[static_cast<std::size_t>(phone)]; };
  std::vector<Pause> pauses;
  int before = -1;  // the last phone that was said; none yet
  for (int after = 0; after < canonical.num_phones(); ++after) {
    if (span_of(after).begin == span_of(after).end) continue;
    if (before >= 0 && word_of(before) != word_of(after)) {
      for (const FrameSpan gap : Divided({span_of(before).end, span_of(after).begin}, other_speech)) {
        const FrameSpan quiet = QuietPart(gap, prosody.energy_db, quiet_db);
        if ((quiet.end - quiet.begin) * frame_shift_ms < kMinPauseMs - 1e-6) continue;
        pauses.push_back({before, after, quiet});
      }
    }
    before = after;
  }
  return pauses;
}

}  // namespace higgins
