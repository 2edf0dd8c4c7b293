// Which extra sounds are certain enough to be reported.
//
// A wrong report costs a learner more than a missed one, so an insertion must pass every one of these:
//   1. its evidence reaches the threshold: the scorer's log-odds of a sound after the phone, which weigh what
//   the whole utterance says. Before the first phone, and where the scorer gives none, it is left to the
//   lattice, -insertion_ratio, and then the insertion must also explain the audio better than the canonical
//   phones do;
//   2. and (the lattice alone) no substitution or deletion of a phone beside it explains the audio better
//   still;
//   3. it is not one of the phones beside it over again (a long sound often shows as two);
//   4. it is not the off-glide of the vowel before it ("see it" has a Y in it in every mouth);
//   5. it is the best at its place, and better than what is found at the places next to it: one sound, one
//   report.
#pragma once

#include <vector>

#include "diagnosis/advice.h"
#include "diagnosis/alternatives.h"
#include "types/gop_scores.h"
#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins {

struct Insertion {
  int slot = 0;  ///< before phone `slot`; N: after the last
  int label = 0;
  bool judged = false;         ///< by the scorer; else the lattice decides
  double ratio_nats = 0.0;     ///< GopScores::insertion_ratio of the label
  double evidence_nats = 0.0;  ///< what is held against the threshold
  /// 0-1, among every label inserted at this place and, where the lattice decides, the canonical phones
  /// alone.
  double probability = 0.0;
  int word_index = 0;
};

/// What the lattice's evidence must reach before the first phone, which a scorer does not judge: one place in
/// five hundred of native speech does (pack 2026.11.3).
inline constexpr double kFirstPlaceNats = 3.5;

/// `alternatives` [phones], by the lattice; `insertion_logit` as in Scores; `threshold_nats` as in the
/// calibration, less `leniency_nats` (the strictness, in nats).
std::vector<Insertion> FindInsertions(const CanonicalPhones& canonical, const GopScores& gop,
                                      const std::vector<Alternatives>& alternatives,
                                      const std::vector<float>& insertion_logit, double threshold_nats,
                                      double leniency_nats, const PhoneSet& phones, const Advice& advice);

}  // namespace higgins
