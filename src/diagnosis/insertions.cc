#include "diagnosis/insertions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "base/log_math.h"

namespace higgins {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

std::optional<int> LabelAt(const CanonicalPhones& canonical, int index) {
  if (index < 0 || index >= canonical.num_phones()) return std::nullopt;
  return canonical.phones[static_cast<std::size_t>(index)].label;
}

double BestOfPhone(const std::vector<Alternatives>& alternatives, int index) {
  if (index < 0 || index >= static_cast<int>(alternatives.size())) return kNever;
  const Alternatives& of_phone = alternatives[static_cast<std::size_t>(index)];
  return std::min(of_phone.substitution.ratio_nats, of_phone.deletion.ratio_nats);
}

// An extra sound between two words goes to the one it is most often an error of: a vowel to the word before
// ("bed-uh"), or to the word after when that begins with s and a consonant ("e-school"); a consonant to the
// word after.
int WordOf(int slot, int label, const CanonicalPhones& canonical, const PhoneSet& phones) {
  const int last_phone = canonical.num_phones() - 1;
  const int before = canonical.word_of_phone[static_cast<std::size_t>(std::max(slot - 1, 0))];
  const int after = canonical.word_of_phone[static_cast<std::size_t>(std::min(slot, last_phone))];
  if (before == after || slot == 0) return after;
  if (!phones.is_vowel(label)) return after;
  const std::optional<int> first = LabelAt(canonical, slot);
  const std::optional<int> second = LabelAt(canonical, slot + 1);
  const bool s_cluster = first && second && phones.name(*first) == "S" && !phones.is_vowel(*second);
  const bool open_syllable = phones.is_vowel(*LabelAt(canonical, slot - 1));
  return s_cluster || open_syllable ? after : before;
}

// `judged`: that there is an insertion is known already, and only which one it is remains to be said.
Insertion BestAt(int slot, bool judged, const CanonicalPhones& canonical, const GopScores& gop,
                 const PhoneSet& phones, const Advice& advice) {
  const std::optional<int> before = LabelAt(canonical, slot - 1);
  const std::optional<int> after = LabelAt(canonical, slot);
  const std::optional<int> glide = before ? advice.OffGlide(*before) : std::nullopt;
  Insertion best;
  best.slot = slot;
  best.judged = judged;
  best.ratio_nats = kNever;
  double log_total = judged ? -kNever : 0.0;
  for (int label = 0; label < phones.num_labels(); ++label) {
    if (label == phones.blank()) continue;
    const double ratio = gop.insertion_ratio(slot, label);
    if (!std::isfinite(ratio)) continue;
    log_total = LogAdd(log_total, -ratio);
    if (label == before || label == after || label == glide) continue;
    if (ratio < best.ratio_nats) {
      best.label = label;
      best.ratio_nats = ratio;
    }
  }
  best.probability = std::exp(-best.ratio_nats - log_total);
  if (best.ratio_nats < kNever) best.word_index = WordOf(slot, best.label, canonical, phones);
  return best;
}

}  // namespace

std::vector<Insertion> FindInsertions(const CanonicalPhones& canonical, const GopScores& gop,
                                      const std::vector<Alternatives>& alternatives,
                                      const std::vector<float>& insertion_logit, double threshold_nats,
                                      double leniency_nats, const PhoneSet& phones, const Advice& advice) {
  const int num_slots = canonical.num_phones() + 1;
  const bool scorer_judges = !insertion_logit.empty();
  const auto threshold_for = [&](const Insertion& insertion) {
    const bool first = scorer_judges && !insertion.judged;
    return (first ? kFirstPlaceNats : threshold_nats) - leniency_nats;
  };
  std::vector<Insertion> best;
  for (int slot = 0; slot < num_slots; ++slot) {
    best.push_back(BestAt(slot, scorer_judges && slot > 0, canonical, gop, phones, advice));
    Insertion& insertion = best.back();
    insertion.evidence_nats = insertion.judged && insertion.ratio_nats < kNever
                                  ? insertion_logit[static_cast<std::size_t>(slot - 1)]
                                  : -insertion.ratio_nats;
  }
  const auto evidence_at = [&](int slot) {
    return slot < 0 || slot >= num_slots ? -kNever : best[static_cast<std::size_t>(slot)].evidence_nats;
  };
  const auto explains_most = [&](const Insertion& insertion) {
    return insertion.ratio_nats < 0.0 &&
           insertion.ratio_nats < std::min(BestOfPhone(alternatives, insertion.slot - 1),
                                           BestOfPhone(alternatives, insertion.slot));
  };
  std::vector<Insertion> out;
  for (const Insertion& insertion : best) {
    const double evidence = insertion.evidence_nats;
    // Equal on both sides: the first of the two stays.
    const bool best_around =
        evidence > evidence_at(insertion.slot - 1) && evidence >= evidence_at(insertion.slot + 1);
    if (evidence >= threshold_for(insertion) && best_around &&
        (insertion.judged || explains_most(insertion))) {
      out.push_back(insertion);
    }
  }
  return out;
}

}  // namespace higgins
