#include "diagnosis/alternatives.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "base/log_math.h"

namespace higgins {
namespace {

// exp() of anything beyond is 0 or swamps all else; a finite bound keeps inf - inf out of the sums.
constexpr double kMaxRatioNats = 1e4;

double SaneRatio(double ratio_nats) {
  return std::isnan(ratio_nats) ? kMaxRatioNats : std::clamp(ratio_nats, -kMaxRatioNats, kMaxRatioNats);
}

// Neither 0 nor 1 nor NaN, so that its logarithms are numbers.
double SaneProbability(double probability) {
  constexpr double kLeast = 1e-6;
  return std::isnan(probability) ? kLeast : std::clamp(probability, kLeast, 1.0 - kLeast);
}

// Of the canonical phone, the substitutions and the deletion.
double LogTotal(const std::vector<double>& ratio_nats) {
  double log_total = kLogZero;
  for (const double ratio : ratio_nats) log_total = LogAdd(log_total, -ratio);
  return log_total;
}

double RatioOf(const Place& place, int label) { return place.ratio_nats[static_cast<std::size_t>(label)]; }

}  // namespace

Place PlaceInLattice(int phone_index, int canonical, const GopScores& gop, const PhoneSet& phones) {
  Place place;
  place.canonical = canonical;
  for (int label = 0; label < phones.num_labels(); ++label) {
    const bool itself = label == canonical;
    place.ratio_nats.push_back(itself ? 0.0 : SaneRatio(gop.substitution_ratio(phone_index, label)));
  }
  place.log_total = LogTotal(place.ratio_nats);
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank()) continue;
    place.log_total = LogAdd(place.log_total, -SaneRatio(gop.insertion_ratio(phone_index, label)));
    // Doubling the phone gives one sequence, whichever side the second one is put: count it once.
    if (label == canonical) continue;
    place.log_total = LogAdd(place.log_total, -SaneRatio(gop.insertion_ratio(phone_index + 1, label)));
  }
  return place;
}

Place PlaceAsHeard(int phone_index, int canonical, const Scores& scores) {
  Place place;
  place.canonical = canonical;
  const std::span<const float> logits = scores.heard_logit.row(phone_index);
  double log_errors = kLogZero;
  for (std::size_t label = 0; label < logits.size(); ++label) {
    if (static_cast<int>(label) != canonical) log_errors = LogAdd(log_errors, logits[label]);
  }
  const double wrong = SaneProbability(scores.error_probability[static_cast<std::size_t>(phone_index)]);
  const double log_odds_right = std::log1p(-wrong) - std::log(wrong);
  for (const float logit : logits) {
    place.ratio_nats.push_back(SaneRatio(log_odds_right - (logit - log_errors)));
  }
  place.ratio_nats[static_cast<std::size_t>(canonical)] = 0.0;
  place.log_total = -std::log1p(-wrong);
  return place;
}

Alternatives AlternativesOf(const Place& place, const PhoneSet& phones) {
  Alternatives out;
  out.substitution.ratio_nats = 2 * kMaxRatioNats;
  out.deletion = {phones.blank(), RatioOf(place, phones.blank()), 0.0};
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank() || label == place.canonical) continue;
    const double ratio = RatioOf(place, label);
    if (ratio < out.substitution.ratio_nats) out.substitution = {label, ratio, 0.0};
  }
  out.canonical_probability = std::exp(-place.log_total);
  out.substitution.probability = std::exp(-out.substitution.ratio_nats - place.log_total);
  out.deletion.probability = std::exp(-out.deletion.ratio_nats - place.log_total);
  return out;
}

std::vector<RankedPhone> RankPhones(const Place& place, const PhoneSet& phones, int count) {
  std::vector<RankedPhone> ranked;
  if (count <= 0) return ranked;
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank()) continue;
    ranked.push_back({label, std::exp(-RatioOf(place, label) - place.log_total)});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const RankedPhone& a, const RankedPhone& b) { return a.probability > b.probability; });
  ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(count)));
  return ranked;
}

}  // namespace higgins
