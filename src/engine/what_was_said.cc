#include "engine/what_was_said.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/prompts.h"
#include "engine/reading.h"
#include "engine/stage_timer.h"

namespace higgins {
namespace {

// The mean of what was said as it stands is -0.6; below this the words themselves are in doubt.
constexpr double kLeastMeanGopNats = -2.0;

std::size_t Index(int value) { return static_cast<std::size_t>(value); }

bool SaysEnough(const Reading& reading, const CanonicalPhones& canonical) {
  const auto num_said =
      std::ranges::count_if(canonical.word_of_phone, [&](int word) { return IsJudged(reading, word); });
  return 3 * num_said >= 2 * canonical.num_phones();
}

// Mean GOP-SF-SD, nats; a few phones that went quite wrong do not decide.
double MeanGop(const GopScores& gop) {
  constexpr float kFloorNats = -10.0F;
  double sum = 0.0;
  for (const float nats : gop.gop_sd) sum += static_cast<double>(std::max(kFloorNats, nats));
  return sum / static_cast<double>(gop.gop_sd.size());
}

Posteriors WithoutAdditions(const Posteriors& posteriors, const Reading& reading, int blank) {
  Posteriors out = posteriors;
  Silence(reading.additions, blank, &out.log_posteriors);
  return out;
}

Prompt WithoutOmissions(const Prompt& prompt, const Reading& reading) {
  Prompt out{.text = prompt.text, .words = {}};
  for (std::size_t w = 0; w < prompt.words.size(); ++w) {
    if (IsJudged(reading, static_cast<int>(w))) out.words.push_back(prompt.words[w]);
  }
  return out;
}

// A phone or a word of the whole text, where it is judged: among what was said, or of the whole.
struct Place {
  const PhoneScores* judged;
  std::size_t index;
};

template <typename Member>
auto Gather(std::span<const Place> places, Member member) {
  std::remove_cvref_t<decltype(member(*places.front().judged))> out;
  for (const Place& place : places) {
    const auto& values = member(*place.judged);
    if (place.index < values.size()) out.push_back(values[place.index]);  // not of what a graph does not say
  }
  return out;
}

template <typename Member>
Matrix GatherRows(std::span<const Place> places, Member member) {
  const Matrix& like = member(*places.front().judged);
  if (like.rows() == 0) return like;
  Matrix out(static_cast<int>(places.size()), like.columns());
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::ranges::copy(member(*places[i].judged).row(static_cast<int>(places[i].index)),
                      out.row(static_cast<int>(i)).begin());
  }
  return out;
}

// The words of the whole text beside those of `said`.
class Joined {
 public:
  Joined(const Prompt& prompt, const Reading& reading, const PhoneScores& whole, const PhoneScores& said) {
    int next_said = 0;
    for (int w = 0; w < whole.canonical.num_words; ++w) {
      const bool was_said = IsJudged(reading, w);
      const PhoneScores& judged = was_said ? said : whole;
      const int word = was_said ? next_said++ : w;
      words_.push_back({&judged, Index(word)});
      chosen_.push_back(judged.chosen[Index(word)]);
      const auto [first, last] = std::ranges::equal_range(judged.canonical.word_of_phone, word);
      for (auto phone = first; phone != last; ++phone) {
        phones_.push_back({&judged, Index(static_cast<int>(phone - judged.canonical.word_of_phone.begin()))});
      }
    }
    canonical_ = Flatten(prompt, chosen_);
    AlignPhones(said);
  }

  PhoneScores Scored(const PhoneScores& whole, const PhoneScores& said) {
    PhoneScores out;
    out.chosen = chosen_;
    out.canonical = canonical_;
    out.alignment = alignment_;
    out.gop = Gop();
    out.scores = said.scores;
    if (said.canonical.num_words < whole.canonical.num_words) {  // something is missing
      out.scores.completeness = whole.scores.completeness;
      out.scores.total = whole.scores.total;
    }
    GatherScores(&out.scores);
    return out;
  }

 private:
  // What was left out takes no frame: it stands where the phone before it ends.
  void AlignPhones(const PhoneScores& said) {
    int end = 0;
    for (const Place& phone : phones_) {
      const FrameSpan span = phone.judged == &said ? said.alignment.phones[phone.index] : FrameSpan{end, end};
      alignment_.phones.push_back(span);
      end = span.end;
    }
  }

  // As much of it as a report needs.
  GopScores Gop() const {
    // Behind the last phone, too, something may have been inserted.
    std::vector<Place> slots = phones_;
    slots.push_back({phones_.back().judged, phones_.back().index + 1});
    GopScores out;
    out.substitution_ratio =
        GatherRows(phones_, [](const PhoneScores& of) -> const Matrix& { return of.gop.substitution_ratio; });
    out.insertion_ratio =
        GatherRows(slots, [](const PhoneScores& of) -> const Matrix& { return of.gop.insertion_ratio; });
    out.gop_sd = Gather(phones_, [](const PhoneScores& of) -> const auto& { return of.gop.gop_sd; });
    return out;
  }

  void GatherScores(Scores* out) const {
    out->phone = Gather(phones_, [](const PhoneScores& of) -> const auto& { return of.scores.phone; });
    out->error_probability =
        Gather(phones_, [](const PhoneScores& of) -> const auto& { return of.scores.error_probability; });
    out->insertion_logit =
        Gather(phones_, [](const PhoneScores& of) -> const auto& { return of.scores.insertion_logit; });
    out->heard_logit =
        GatherRows(phones_, [](const PhoneScores& of) -> const Matrix& { return of.scores.heard_logit; });
    out->word_accuracy =
        Gather(words_, [](const PhoneScores& of) -> const auto& { return of.scores.word_accuracy; });
    out->word_stress =
        Gather(words_, [](const PhoneScores& of) -> const auto& { return of.scores.word_stress; });
    out->word_total =
        Gather(words_, [](const PhoneScores& of) -> const auto& { return of.scores.word_total; });
  }

  std::vector<Place> words_, phones_;
  std::vector<int> chosen_;
  CanonicalPhones canonical_;
  Alignment alignment_;
};

}  // namespace

Result<PhoneScores> ScoreWhatWasSaid(const Pack& pack, const Prompt& prompt, const Posteriors& posteriors,
                                     const Prosody& prosody, const Reading& reading, PhoneScores whole) {
  const Prompt words = WithoutOmissions(prompt, reading);
  const bool all_words = static_cast<int>(words.words.size()) == whole.canonical.num_words;
  if ((all_words && reading.additions.empty()) || !SaysEnough(reading, whole.canonical)) return whole;
  StageTimer unused;  // the caller's counts this as one stage
  const Posteriors heard = WithoutAdditions(posteriors, reading, pack.phone_set.blank());
  Result<PhoneScores> said = ScorePhones(pack, words, heard, prosody, unused);
  if (!said) return said.error();
  if (MeanGop(said->gop) < kLeastMeanGopNats) return whole;
  return Joined(prompt, reading, whole, *said).Scored(whole, *said);
}

}  // namespace higgins
