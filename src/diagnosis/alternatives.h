// The alternatives to one canonical phone, as posteriors.
//
// By the scorer: that the phone was said wrong has the calibrated error probability p, and p is divided among
// the substitutions and the deletion as the scorer says what was heard:
//
//   P(canonical) = 1 - p,   P(a) = p exp(heard_a) / sum over all labels but the canonical one
//
// By the lattice, where the scorer does not say what was heard: Bayes' rule with a flat prior over the
// canonical phone (ratio 0), every substitution, the deletion, and every label inserted right before or right
// after the phone (GOP-SF, arXiv 2507.16838, normalises over the first three):
//
//   P(a) = exp(-ratio_a) / sum_b exp(-ratio_b),   ratio_a = log p(canonical) - log p(a)
#pragma once

#include <vector>

#include "types/findings.h"
#include "types/gop_scores.h"
#include "types/phone_set.h"
#include "types/scores.h"

namespace higgins {

/// What may have been said in the place of one canonical phone.
struct Place {
  int canonical = 0;
  /// [labels]; the blank's is the deletion. 0 at the canonical phone; a ratio that was not a number counts as
  /// impossible.
  std::vector<double> ratio_nats;
  double log_total =
      0.0;  ///< log of the sum of exp(-ratio) over all alternatives, each sequence counted once
};

/// By the lattice. `canonical` is the label of phone `phone_index`.
Place PlaceInLattice(int phone_index, int canonical, const GopScores& gop, const PhoneSet& phones);

/// By the scorer; its ratios are those of the posteriors above.
Place PlaceAsHeard(int phone_index, int canonical, const Scores& scores);

/// One alternative. `ratio_nats` < 0: a better explanation of the audio than the canonical phone.
struct Alternative {
  int label = 0;
  double ratio_nats = 0.0;
  double probability = 0.0;
};

struct Alternatives {
  double canonical_probability = 1.0;
  Alternative substitution;  ///< the likeliest
  Alternative deletion;      ///< its label is the blank
};

Alternatives AlternativesOf(const Place& place, const PhoneSet& phones);

/// The canonical phone and every substitution with its probability as above, the likeliest `count` of them
/// (0: none; more than there are: all), likeliest first; of equal ones the lower label first.
std::vector<RankedPhone> RankPhones(const Place& place, const PhoneSet& phones, int count);

}  // namespace higgins
