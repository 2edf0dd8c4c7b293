#include "diagnosis/alternatives.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/log_math.h"

namespace higgins {
namespace {

// exp() of anything beyond is 0 or swamps all else; a finite bound keeps inf - inf out of the sums.
constexpr double kMaxRatioNats = 1e4;

double SaneRatio(double ratio_nats) {
  return std::isnan(ratio_nats) ? kMaxRatioNats : std::clamp(ratio_nats, -kMaxRatioNats, kMaxRatioNats);
}

/// Log of the sum of exp(-ratio) over all alternatives, each sequence counted once.
double LogTotal(int phone_index, int canonical, const GopScores& gop, const PhoneSet& phones) {
  double log_total = 0.0;  // the canonical phone's own term, exp(0)
  log_total = LogAdd(log_total, -SaneRatio(gop.substitution_ratio(phone_index, phones.blank())));
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank()) continue;
    if (label != canonical)
      log_total = LogAdd(log_total, -SaneRatio(gop.substitution_ratio(phone_index, label)));
    log_total = LogAdd(log_total, -SaneRatio(gop.insertion_ratio(phone_index, label)));
    // Doubling the phone gives one sequence, whichever side the second one is put: count it once.
    if (label == canonical) continue;
    log_total = LogAdd(log_total, -SaneRatio(gop.insertion_ratio(phone_index + 1, label)));
  }
  return log_total;
}

}  // namespace

Alternatives AlternativesOf(int phone_index, int canonical, const GopScores& gop, const PhoneSet& phones) {
  Alternatives out;
  out.substitution.ratio_nats = 2 * kMaxRatioNats;
  out.deletion = {phones.blank(), SaneRatio(gop.substitution_ratio(phone_index, phones.blank())), 0.0};
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank() || label == canonical) continue;
    const double ratio = SaneRatio(gop.substitution_ratio(phone_index, label));
    if (ratio < out.substitution.ratio_nats) out.substitution = {label, ratio, 0.0};
  }
  const double log_total = LogTotal(phone_index, canonical, gop, phones);
  out.canonical_probability = std::exp(-log_total);
  out.substitution.probability = std::exp(-out.substitution.ratio_nats - log_total);
  out.deletion.probability = std::exp(-out.deletion.ratio_nats - log_total);
  return out;
}

std::vector<RankedPhone> RankPhones(int phone_index, int canonical, const GopScores& gop,
                                    const PhoneSet& phones, int count) {
  std::vector<RankedPhone> ranked;
  if (count <= 0) return ranked;
  const double log_total = LogTotal(phone_index, canonical, gop, phones);
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank()) continue;
    const double ratio = label == canonical ? 0.0 : SaneRatio(gop.substitution_ratio(phone_index, label));
    ranked.push_back({label, std::exp(-ratio - log_total)});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const RankedPhone& a, const RankedPhone& b) { return a.probability > b.probability; });
  ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(count)));
  return ranked;
}

}  // namespace higgins
