#include "diagnosis/diagnose.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <vector>

#include "diagnosis/alternatives.h"
#include "diagnosis/insertions.h"
#include "diagnosis/text_match.h"

namespace higgins {
namespace {

bool IsFlagged(double error_probability, const DiagnosisInputs& inputs) {
  return MoveOdds(error_probability, inputs.strictness) >= inputs.calibration.detection_threshold;
}

// The one phone that an insertion can explain: the one before it in its word (a vowel slips in after a
// consonant), else the first of the word. One only, so that a stricter setting never leads to fewer findings.
int PhoneBeside(const Insertion& insertion, const CanonicalPhones& canonical) {
  const int before = insertion.slot - 1;
  const bool same_word =
      before >= 0 && canonical.word_of_phone[static_cast<std::size_t>(before)] == insertion.word_index;
  return same_word ? before : insertion.slot;
}

// The phone itself was said well (nothing beats it); what was wrong is the sound beside it.
bool IsExplainedByInsertion(int phone_index, const Alternatives& in_lattice,
                            const std::vector<Insertion>& insertions, const CanonicalPhones& canonical) {
  if (std::min(in_lattice.substitution.ratio_nats, in_lattice.deletion.ratio_nats) < 0.0) return false;
  return std::any_of(insertions.begin(), insertions.end(), [&](const Insertion& insertion) {
    return PhoneBeside(insertion, canonical) == phone_index;
  });
}

bool SaysWhatWasHeard(const DiagnosisInputs& inputs) { return inputs.scores.heard_logit.rows() > 0; }

// What the posteriors of a flagged phone's errors are shares of. Where the scorer divides the error
// probability among them, how probable an error is at all says nothing of which it was.
double AllErrors(const Alternatives& alternatives, const DiagnosisInputs& inputs) {
  return SaysWhatWasHeard(inputs) ? 1.0 - alternatives.canonical_probability : 1.0;
}

Finding Name(int phone_index, const Alternatives& alternatives, const DiagnosisInputs& inputs) {
  const std::size_t i = static_cast<std::size_t>(phone_index);
  const int expected = inputs.canonical.phones[i].label;
  Finding finding;
  finding.phone_index = phone_index;
  finding.word_index = inputs.canonical.word_of_phone[i];
  finding.error_probability = inputs.scores.error_probability[i];

  const double least = kMinNamedProbability * AllErrors(alternatives, inputs);
  const bool deleted = alternatives.deletion.probability > alternatives.substitution.probability &&
                       alternatives.deletion.probability >= least;
  finding.kind = deleted ? PhoneErrorKind::kDeletion : PhoneErrorKind::kSubstitution;
  const Alternative& named = deleted ? alternatives.deletion : alternatives.substitution;
  finding.heard = named.label;
  finding.probability = named.probability;

  const bool certain = named.probability >= least;
  const std::optional<int> heard = certain && !deleted ? std::optional<int>(named.label) : std::nullopt;
  finding.suggestion = inputs.advice.Suggest(finding.kind, expected, heard);
  return finding;
}

Finding ToFinding(const Insertion& insertion, const DiagnosisInputs& inputs) {
  Finding finding;
  finding.phone_index = insertion.slot;
  finding.word_index = insertion.word_index;
  finding.kind = PhoneErrorKind::kInsertion;
  finding.heard = insertion.label;
  finding.probability = insertion.probability;
  // Where the scorer does not judge, the posterior stands in for what it would say.
  finding.error_probability =
      insertion.judged ? 1.0 / (1.0 + std::exp(-insertion.evidence_nats)) : insertion.probability;
  const bool certain = !insertion.judged || insertion.probability >= kMinNamedProbability;
  finding.suggestion =
      inputs.advice.Suggest(finding.kind, {}, certain ? std::optional<int>(insertion.label) : std::nullopt);
  return finding;
}

// A sound between two words where speech was added is part of that.
bool IsOfAnAddition(int slot, const DiagnosisInputs& inputs) {
  return std::ranges::any_of(inputs.reading.additions, [&](const Addition& addition) {
    return slot == FirstPhone(inputs.canonical, addition.before_word);
  });
}

// A phone of speech that is not in the text, as if it were one of the text's that does not fit.
constexpr float kAddedPhoneNats = -8.0F;

// Of the phones of words that were not left out; of all, where those are fewer than half. With those of
// speech that is not in the text.
std::vector<float> GopOfWhatWasSaid(const DiagnosisInputs& inputs) {
  const std::vector<float>& all = inputs.gop.gop_sd;
  std::vector<float> said;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto word = static_cast<std::size_t>(inputs.canonical.word_of_phone[i]);
    if (inputs.reading.omission_probability[word] < kOmittedFrom) said.push_back(all[i]);
  }
  if (!AreEnough(said.size(), all.size())) said = all;
  for (const Addition& addition : inputs.reading.additions) {
    if (addition.repeats_begin == addition.repeats_end) {
      said.insert(said.end(), addition.heard.size(), kAddedPhoneNats);
    }
  }
  return said;
}

}  // namespace

double MoveOdds(double p, double strictness) {
  const double factor = std::exp2(strictness);
  return p * factor / (p * factor + 1.0 - p);
}

Findings Diagnose(const DiagnosisInputs& inputs) {
  const int num_phones = inputs.canonical.num_phones();
  Findings findings;
  findings.text_match = TextMatch(GopOfWhatWasSaid(inputs));
  std::vector<Alternatives> in_lattice, alternatives;
  for (int i = 0; i < num_phones; ++i) {
    const int label = inputs.canonical.phones[static_cast<std::size_t>(i)].label;
    Place place = PlaceInLattice(i, label, inputs.gop, inputs.phones);
    in_lattice.push_back(AlternativesOf(place, inputs.phones));
    if (SaysWhatWasHeard(inputs)) place = PlaceAsHeard(i, label, inputs.scores);
    alternatives.push_back(AlternativesOf(place, inputs.phones));
    findings.canonical_probability.push_back(alternatives.back().canonical_probability);
    if (inputs.num_alternatives > 0) {
      findings.ranked.push_back(RankPhones(place, inputs.phones, inputs.num_alternatives));
    }
  }
  // Insertions have ratios of the lattice only, and are compared with the like.
  std::vector<Insertion> insertions =
      FindInsertions(inputs.canonical, inputs.gop, in_lattice, inputs.scores.insertion_logit,
                     inputs.calibration.insertion_threshold_nats, inputs.strictness * std::numbers::ln2,
                     inputs.phones, inputs.advice);

  std::erase_if(insertions,
                [&](const Insertion& insertion) { return IsOfAnAddition(insertion.slot, inputs); });

  std::size_t next_insertion = 0;
  for (int i = 0; i <= num_phones; ++i) {
    if (next_insertion < insertions.size() && insertions[next_insertion].slot == i) {
      findings.items.push_back(ToFinding(insertions[next_insertion++], inputs));
    }
    if (i == num_phones) break;
    const std::size_t at = static_cast<std::size_t>(i);
    if (IsFlagged(inputs.scores.error_probability[at], inputs) &&
        !IsExplainedByInsertion(i, in_lattice[at], insertions, inputs.canonical)) {
      findings.items.push_back(Name(i, alternatives[at], inputs));
    }
  }
  return findings;
}

}  // namespace higgins
