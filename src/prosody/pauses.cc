#include "prosody/pauses.h"

#include <cstddef>

#include "base/percentile.h"

namespace higgins {
namespace {

// Between the quietest frames (5th percentile) and the loud ones (90th), closer to the quiet.
constexpr double kQuietShare = 0.35;

float QuietBelowDb(std::vector<float> energy_db) {
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

}  // namespace

std::vector<Pause> FindPauses(const CanonicalPhones& canonical, const Alignment& alignment,
                              const Prosody& prosody, double frame_shift_ms) {
  const float quiet_db = QuietBelowDb(prosody.energy_db);
  std::vector<Pause> pauses;
  const auto word_of = [&](int phone) { return canonical.word_of_phone[static_cast<std::size_t>(phone)]; };
  const auto span_of = [&](int phone) { return alignment.phones[static_cast<std::size_t>(phone)]; };
  int before = -1;  // the last phone that was said; none yet
  for (int after = 0; after < canonical.num_phones(); ++after) {
    if (span_of(after).begin == span_of(after).end) continue;
    if (before >= 0 && word_of(before) != word_of(after)) {
      const FrameSpan gap{span_of(before).end, span_of(after).begin};
      const FrameSpan quiet = QuietPart(gap, prosody.energy_db, quiet_db);
      if ((quiet.end - quiet.begin) * frame_shift_ms >= kMinPauseMs - 1e-6) {
        pauses.push_back({before, after, quiet});
      }
    }
    before = after;
  }
  return pauses;
}

}  // namespace higgins
