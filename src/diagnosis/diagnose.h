// From numbers to findings: which phones were wrong, how, and what to do about it. Decides, never computes
// features.
//
// Flagged: a phone whose calibrated error probability p, moved by the strictness s in odds, reaches the
// threshold: p' = p 2^s / (p 2^s + 1 - p) >= detection_threshold.
//
// Named: a flagged phone gives exactly one finding, after the likelier of its best substitution and its
// deletion (alternatives.h); `probability` is its posterior among all alternatives, the canonical phone's
// included. Below kMinNamedProbability (of the errors together, where the scorer says what was heard) nothing
// certain was heard: the finding is then a substitution by the best competitor with that low probability, and
// the suggestion does not claim what was heard. The one exception: when nothing beats the canonical phone in
// the lattice but an insertion is reported beside it, that insertion is the finding, and the phone has none
// of its own.
//
// The text was read (text_match.h) as far as its words were said: where at least half of the phones are
// of such words, they alone decide. Speech beside it counts against that, unless it says words of the text
// again.
//
// Insertions: reported where the evidence reaches insertion_threshold_nats - s ln 2 (insertions.h).
#pragma once

#include "diagnosis/advice.h"
#include "types/findings.h"
#include "types/gop_scores.h"
#include "types/pack_calibration.h"
#include "types/phone_set.h"
#include "types/prompt.h"
#include "types/reading.h"
#include "types/scores.h"

namespace higgins {

/// The least posterior at which a finding says what was heard instead.
inline constexpr double kMinNamedProbability = 0.3;

/// Everything a diagnosis reads; all of it describes the same `canonical` phones and uses the labels of
/// `phones`.
struct DiagnosisInputs {
  const CanonicalPhones& canonical;  ///< N phones, at least one
  const GopScores& gop;              ///< ratios [N x V] and [N+1 x V]
  const Scores& scores;    ///< error_probability [N]; insertion_logit [N], heard_logit [N x V] or empty
  const Reading& reading;  ///< omission_probability [words]
  const Calibration& calibration;
  const PhoneSet& phones;
  const Advice& advice;
  double strictness = 0.0;   ///< 0: the pack's thresholds; +1: flags at half the odds; -5 to 5
  int num_alternatives = 0;  ///< how many phones Findings::ranked holds for each place
};

Findings Diagnose(const DiagnosisInputs& inputs);

/// p' above: the probability `p` with its odds multiplied by 2^strictness.
double MoveOdds(double p, double strictness);

}  // namespace higgins
