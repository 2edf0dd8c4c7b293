#include "engine/reading.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "ctc/align.h"
#include "ctc/free_decode.h"
#include "ctc/input.h"
#include "ctc/miscues.h"
#include "engine/repeated_words.h"

namespace higgins {
namespace {

// How likely a reader leaves a word out, before anything is heard: e^-10. At e^-7 the completeness of
// learners' readings follows the experts' less. What an addition costs was chosen on readers of fit
// (`python -m higgins_train miscues --division fit`).
constexpr ctc::MiscueCosts kCosts{
    .omitted_word = 10.0, .addition = 4.0, .added_frame = 1.4, .replacement = 8.0};
// A single phone is more often a sound too many in a word; what is shorter has no place for two.
constexpr std::size_t kMinAddedPhones = 2;
constexpr int kMinAddedFrames = 8;
constexpr double kAddedFrom = 0.8;
constexpr double kConsideredFrom = 0.02;
constexpr double kMostOfOne = 1.25;  // what is more is two additions

std::vector<int> HeardIn(MatrixView<const float> log_posteriors, FrameSpan frames, int blank) {
  std::vector<int> heard;
  for (const ctc::DecodedPhone& phone :
       ctc::FreeDecode(log_posteriors.rows_between(frames.begin, frames.end), blank)) {
    heard.push_back(phone.label);
  }
  return heard;
}

// Where speech was added. Which of two equal stretches is the addition nobody can tell, so its probability
// may be divided among the places beside each other: their sum counts, and the first that has a good share
// of it stands for all.
struct Added {
  int place = 0;
  double probability = 0.0;
};

std::vector<Added> AddedPlaces(const std::vector<double>& probability) {
  std::vector<Added> out;
  for (std::size_t begin = 0; begin < probability.size();) {
    std::size_t end = begin;
    double sum = 0.0;
    while (end < probability.size() && probability[end] >= kConsideredFrom &&
           sum + probability[end] <= kMostOfOne) {
      sum += probability[end++];
    }
    if (sum >= kAddedFrom) {
      const std::span<const double> beside(&probability[begin], end - begin);
      const double most = *std::ranges::max_element(beside);
      const auto first = std::ranges::find_if(beside, [&](double p) { return p >= most / 2.0; });
      out.push_back({static_cast<int>(begin) + static_cast<int>(first - beside.begin()), std::min(1.0, sum)});
    }
    begin = std::max(end, begin + 1);
  }
  return out;
}

// Of words in a row that sound the same, nobody can tell which were left out: each has the same share of the
// probability. The last ones were, as many as are expected.
void SettleTwins(const PhoneScores& whole, std::vector<double>* omission_probability) {
  const auto labels_of = [&](int word) {
    const auto first = static_cast<std::size_t>(FirstPhone(whole.canonical, word));
    const auto last = static_cast<std::size_t>(FirstPhone(whole.canonical, word + 1));
    return std::span<const int>(whole.labels).subspan(first, last - first);
  };
  const int num_words = whole.canonical.num_words;
  for (int begin = 0; begin < num_words;) {
    int end = begin + 1;
    while (end < num_words && std::ranges::equal(labels_of(end), labels_of(begin))) ++end;
    const std::span<double> twins(&(*omission_probability)[static_cast<std::size_t>(begin)],
                                  static_cast<std::size_t>(end - begin));
    double expected = std::accumulate(twins.begin(), twins.end(), 0.0);
    for (auto twin = twins.rbegin(); twins.size() > 1 && twin != twins.rend(); ++twin) {
      *twin = std::min(1.0, expected);
      expected -= *twin;
    }
    begin = end;
  }
}

// What was said, as one path, with silence where speech was added.
class SaidPath {
 public:
  SaidPath(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank)
      : log_posteriors_(log_posteriors), whole_(whole), blank_(blank) {}

  // An addition's speech is any speech: it may hold the first phone of the word after it, or the last one of
  // the word before, when that was said badly; then the path finds a frame for the phone on the other side of
  // the addition, or none. The addition takes the frames between the words, and gives the phone back.
  void Settle(Reading* reading) const {
    constexpr int kMostRounds = 6;
    const std::vector<Addition> before = reading->additions;
    int round = 0;
    while (round < kMostRounds && MoveBounds(reading)) ++round;
    if (round == kMostRounds) reading->additions = before;  // each move made way for the next
    for (Addition& addition : reading->additions) {
      addition.heard = HeardIn(log_posteriors_, addition.frames, blank_);
    }
  }

 private:
  bool MoveBounds(Reading* reading) const {
    Matrix quiet(log_posteriors_);
    Silence(reading->additions, blank_, &quiet);
    std::vector<int> labels, word_of_label;
    for (std::size_t i = 0; i < whole_.labels.size(); ++i) {
      const int word = whole_.canonical.word_of_phone[i];
      if (!IsJudged(*reading, word)) continue;
      labels.push_back(whole_.labels[i]);
      word_of_label.push_back(word);
    }
    const Result<Alignment> path = ctc::Align(quiet.view(), labels, blank_);
    if (!path) return false;  // too little is left: as it is
    bool moved = false;
    std::vector<Addition>& additions = reading->additions;
    for (std::size_t a = 0; a < additions.size(); ++a) {
      Addition& addition = additions[a];
      const auto next = static_cast<std::size_t>(
          std::ranges::lower_bound(word_of_label, addition.before_word) - word_of_label.begin());
      FrameSpan before = next > 0 ? path->phones[next - 1] : FrameSpan{};
      FrameSpan after = next < labels.size() ? path->phones[next] : FrameSpan{quiet.rows(), quiet.rows()};
      if (a > 0) before.end = std::max(before.end, additions[a - 1].frames.end);
      if (a + 1 < additions.size()) after.begin = std::min(after.begin, additions[a + 1].frames.begin);
      // One bound a round: the other may be right once it has moved.
      moved = MoveEnd(before.end, after.begin, &addition) || MoveBegin(before.end, after.begin, &addition) ||
              moved;
    }
    return moved;
  }

  // `before_end`, `after_begin`: frames of the phones beside the addition.
  bool MoveEnd(int before_end, int after_begin, Addition* addition) const {
    FrameSpan& frames = addition->frames;
    if (after_begin < frames.begin && before_end < frames.begin) {
      frames.begin = before_end;
      return true;
    }
    const auto heard = Decoded(frames);
    if (after_begin >= frames.end || heard.size() <= kMinAddedPhones) return false;
    frames.end = frames.begin + heard.back().begin_frame;
    return true;
  }
  bool MoveBegin(int before_end, int after_begin, Addition* addition) const {
    FrameSpan& frames = addition->frames;
    if (before_end > frames.end && after_begin > frames.end) {
      frames.end = after_begin;
      return true;
    }
    const auto heard = Decoded(frames);
    if (before_end <= frames.begin || heard.size() <= kMinAddedPhones) return false;
    frames.begin += heard.front().end_frame;
    return true;
  }

  std::vector<ctc::DecodedPhone> Decoded(FrameSpan frames) const {
    return ctc::FreeDecode(log_posteriors_.rows_between(frames.begin, frames.end), blank_);
  }

  MatrixView<const float> log_posteriors_;
  const PhoneScores& whole_;
  int blank_;
};

// Each as if there were no other.
void NameRepeatedWords(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank,
                       Reading* reading) {
  for (Addition& addition : reading->additions) {
    if (reading->additions.size() == 1) {
      FindRepeatedWords(log_posteriors, whole, blank, &addition);
      continue;
    }
    std::vector<Addition> others;
    for (const Addition& other : reading->additions) {
      if (&other != &addition) others.push_back(other);
    }
    Matrix heard(log_posteriors);
    Silence(others, blank, &heard);
    FindRepeatedWords(heard.view(), whole, blank, &addition);
  }
}

}  // namespace

void Silence(std::span<const Addition> additions, int blank, Matrix* log_posteriors) {
  for (const Addition& addition : additions) {
    for (int t = addition.frames.begin; t < addition.frames.end; ++t) {
      std::ranges::fill(log_posteriors->row(t), ctc::kMinLogPosterior);
      (*log_posteriors)(t, blank) = 0.0F;
    }
  }
}

Result<Reading> Read(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank) {
  const Result<ctc::Miscues> miscues = ctc::FindMiscues(
      log_posteriors, whole.labels, whole.canonical.word_of_phone, whole.canonical.num_words, blank, kCosts);
  if (!miscues) return miscues.error();
  Reading out;
  out.omission_probability = miscues->omission_probability;
  SettleTwins(whole, &out.omission_probability);
  // As the report prints it, so that whoever reads that compares the same number with the bound.
  for (double& p : out.omission_probability) p = std::round(p * 1e4) / 1e4;
  int previous_end = 0;
  for (const Added& added : AddedPlaces(miscues->addition_probability)) {
    Addition addition{.before_word = added.place,
                      .frames = miscues->addition_frames[static_cast<std::size_t>(added.place)],
                      .probability = added.probability,
                      .heard = {}};
    addition.frames.begin = std::max(addition.frames.begin, previous_end);
    if (addition.frames.end - addition.frames.begin < kMinAddedFrames) continue;
    addition.heard = HeardIn(log_posteriors, addition.frames, blank);
    if (addition.heard.size() < kMinAddedPhones) continue;
    previous_end = addition.frames.end;
    out.additions.push_back(std::move(addition));
  }
  if (out.additions.empty()) return out;
  SaidPath(log_posteriors, whole, blank).Settle(&out);
  NameRepeatedWords(log_posteriors, whole, blank, &out);
  return out;
}

}  // namespace higgins
