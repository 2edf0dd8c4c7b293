#include "engine/what_was_said.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "diagnosis/text_match.h"
#include "engine/reading.h"
#include "engine/stage_timer.h"
#include "prosody/pauses.h"

namespace higgins {
namespace {

// The mean of what was said as it stands is -0.6; below this the words themselves are in doubt.
constexpr double kLeastMeanGopNats = -2.0;

std::size_t Index(int value) { return static_cast<std::size_t>(value); }

bool AsItStands(const Reading& reading) {
  return reading.additions.empty() &&
         std::ranges::all_of(reading.omission_probability, [](double p) { return p < kLeftOutFrom; });
}

bool SaysEnough(const Reading& reading, const CanonicalPhones& canonical) {
  const auto num_said =
      std::ranges::count_if(canonical.word_of_phone, [&](int word) { return IsJudged(reading, word); });
  return AreEnough(static_cast<std::size_t>(num_said), canonical.word_of_phone.size());
}

// Nats; a few phones that went quite wrong do not decide.
double MeanGop(const GopScores& gop) {
  return FlooredSum(gop.gop_sd) / static_cast<double>(gop.gop_sd.size());
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

template <typename Part, typename Value>
std::vector<Value> Gather(std::span<const Place> places, Part PhoneScores::*part,
                          std::vector<Value> Part::*member) {
  std::vector<Value> out;
  for (const Place& place : places) {
    const std::vector<Value>& values = place.judged->*part.*member;
    if (place.index < values.size()) out.push_back(values[place.index]);  // not of what a graph does not say
  }
  return out;
}

template <typename Part>
Matrix GatherRows(std::span<const Place> places, Part PhoneScores::*part, Matrix Part::*member) {
  const Matrix& like = places.front().judged->*part.*member;
  if (like.rows() == 0) return like;
  Matrix out(static_cast<int>(places.size()), like.columns());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Matrix& rows = places[i].judged->*part.*member;
    std::ranges::copy(rows.row(static_cast<int>(places[i].index)), out.row(static_cast<int>(i)).begin());
  }
  return out;
}

// The words of the whole text beside those of `said`.
class Joined {
 public:
  Joined(const Prompt& prompt, const Reading& reading, const PhoneScores& whole, const PhoneScores& said)
      : whole_(whole), said_(said) {
    int next_said = 0;
    for (int w = 0; w < whole.canonical.num_words; ++w) {
      const bool was_said = IsJudged(reading, w);
      const PhoneScores& judged = was_said ? said : whole;
      const int word = was_said ? next_said++ : w;
      words_.push_back({&judged, Index(word)});
      chosen_.push_back(judged.chosen[Index(word)]);
      for (int i = FirstPhone(judged.canonical, word); i < FirstPhone(judged.canonical, word + 1); ++i) {
        phones_.push_back({&judged, Index(i)});
      }
    }
    canonical_ = Flatten(prompt, chosen_);
  }

  PhoneScores Scored() const {
    PhoneScores out;
    out.chosen = chosen_;
    out.canonical = canonical_;
    out.alignment.phones = Spans();
    out.gop = Gop();
    out.scores = said_.scores;
    if (said_.canonical.num_words < whole_.canonical.num_words) {  // something is missing
      out.scores.completeness = whole_.scores.completeness;
      out.scores.total = whole_.scores.total;
    }
    GatherScores(&out.scores);
    return out;
  }

 private:
  // What was left out takes no frame: it stands where the phone before it ends.
  std::vector<FrameSpan> Spans() const {
    std::vector<FrameSpan> spans;
    int end = 0;
    for (const Place& phone : phones_) {
      spans.push_back(phone.judged == &said_ ? said_.alignment.phones[phone.index] : FrameSpan{end, end});
      end = spans.back().end;
    }
    return spans;
  }

  // As much of it as a report needs.
  GopScores Gop() const {
    // Behind the last phone, too, something may have been inserted.
    std::vector<Place> slots = phones_;
    slots.push_back({phones_.back().judged, phones_.back().index + 1});
    GopScores out;
    out.substitution_ratio = GatherRows(phones_, &PhoneScores::gop, &GopScores::substitution_ratio);
    out.insertion_ratio = GatherRows(slots, &PhoneScores::gop, &GopScores::insertion_ratio);
    out.gop_sd = Gather(phones_, &PhoneScores::gop, &GopScores::gop_sd);
    return out;
  }

  void GatherScores(Scores* out) const {
    for (const auto member : {&Scores::phone, &Scores::error_probability, &Scores::insertion_logit}) {
      out->*member = Gather(phones_, &PhoneScores::scores, member);
    }
    out->heard_logit = GatherRows(phones_, &PhoneScores::scores, &Scores::heard_logit);
    for (const auto member : {&Scores::word_accuracy, &Scores::word_stress, &Scores::word_total}) {
      out->*member = Gather(words_, &PhoneScores::scores, member);
    }
  }

  const PhoneScores& whole_;
  const PhoneScores& said_;
  std::vector<Place> words_, phones_;
  std::vector<int> chosen_;
  CanonicalPhones canonical_;
};

}  // namespace

Result<PhoneScores> ScoreWhatWasSaid(const Pack& pack, const Prompt& prompt, const Posteriors& posteriors,
                                     const Prosody& prosody, const Reading& reading, PhoneScores whole) {
  if (AsItStands(reading) || !SaysEnough(reading, whole.canonical)) return whole;
  const Prompt words = WithoutOmissions(prompt, reading);
  StageTimer unused;  // the caller's counts this as one stage
  const Posteriors heard = WithoutAdditions(posteriors, reading, pack.phone_set.blank());
  Result<PhoneScores> said = ScorePhones(pack, words, heard, prosody, unused);
  if (!said) return said.error();
  if (MeanGop(said->gop) < kLeastMeanGopNats) return whole;
  return Joined(prompt, reading, whole, *said).Scored();
}

std::vector<Pause> PausesBetween(const PhoneScores& said, const Reading& reading, const Prosody& prosody,
                                 double frame_shift_ms) {
  Alignment heard = said.alignment;
  for (std::size_t i = 0; i < heard.phones.size(); ++i) {
    const int word = said.canonical.word_of_phone[i];
    if (reading.omission_probability[Index(word)] >= kOmittedFrom)
      heard.phones[i].end = heard.phones[i].begin;
  }
  std::vector<FrameSpan> added;
  for (const Addition& addition : reading.additions) added.push_back(addition.frames);
  return FindPauses(said.canonical, heard, prosody, frame_shift_ms, added);
}

}  // namespace higgins
