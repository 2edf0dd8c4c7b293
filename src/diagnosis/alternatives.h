// The alternatives to one canonical phone that GOP-SF compares, as posteriors.
//
//   P(a | audio, neighbours) = exp(-ratio_a) / sum_b exp(-ratio_b),   ratio_a = log p(canonical) - log p(a)
//
// over a in {the canonical phone (ratio 0), every substitution, the deletion, every label inserted right
// before or right after it}. It is Bayes' rule with a flat prior over those sequences (GOP-SF, arXiv
// 2507.16838, normalises over the first three).
#pragma once

#include <vector>

#include "types/findings.h"
#include "types/gop_scores.h"
#include "types/phone_set.h"

namespace higgins {

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

/// `canonical` is the label of phone `phone_index`. A ratio that is not a number counts as impossible.
Alternatives AlternativesOf(int phone_index, int canonical, const GopScores& gop, const PhoneSet& phones);

/// The canonical phone and every substitution with its probability as above, the likeliest `count` of them
/// (0: none; more than there are: all), likeliest first; of equal ones the lower label first.
std::vector<RankedPhone> RankPhones(int phone_index, int canonical, const GopScores& gop,
                                    const PhoneSet& phones, int count);

}  // namespace higgins
