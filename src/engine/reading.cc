#include "engine/reading.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "base/log_math.h"
#include "ctc/align.h"
#include "ctc/free_decode.h"
#include "ctc/gop.h"
#include "ctc/input.h"
#include "ctc/miscues.h"

namespace higgins {
namespace {

// How likely a reader leaves a word out, before anything is heard: e^-10. At e^-7 the completeness of
// learners' readings follows the experts' less. What an addition costs was chosen on readers of fit
// (`python -m higgins_train miscues`): of the fluent ones none is said to have added anything.
constexpr ctc::MiscueCosts kCosts{
    .omitted_word = 10.0, .addition = 4.0, .added_frame = 1.4, .replacement = 8.0};
// A single phone is more often a sound too many in a word; what is shorter has no place for two.
constexpr std::size_t kMinAddedPhones = 2;
constexpr int kMinAddedFrames = 8;
constexpr double kAddedFrom = 0.8;
constexpr double kConsideredFrom = 0.02;
constexpr double kMostOfOne = 1.25;  // what is more is two additions
constexpr int kMostRepeatedWords = 8;
constexpr double kMostNatsWorse = 3.0;  // a phone, than the phones that were heard

MatrixView<const float> Rows(MatrixView<const float> matrix, FrameSpan frames) {
  return {matrix.row(frames.begin).data(), frames.end - frames.begin, matrix.columns()};
}

Matrix Copy(MatrixView<const float> matrix) {
  Matrix out(matrix.rows(), matrix.columns());
  std::copy_n(matrix.data(), out.values().size(), out.values().data());
  return out;
}

std::vector<int> HeardIn(MatrixView<const float> log_posteriors, FrameSpan frames, int blank) {
  std::vector<int> heard;
  for (const ctc::DecodedPhone& phone : ctc::FreeDecode(Rows(log_posteriors, frames), blank)) {
    heard.push_back(phone.label);
  }
  return heard;
}

// The phones [first, last) of words [begin, end).
std::pair<std::size_t, std::size_t> PhonesOf(const CanonicalPhones& canonical, int begin, int end) {
  const auto first = std::ranges::lower_bound(canonical.word_of_phone, begin);
  const auto last = std::ranges::lower_bound(canonical.word_of_phone, end);
  return {static_cast<std::size_t>(first - canonical.word_of_phone.begin()),
          static_cast<std::size_t>(last - canonical.word_of_phone.begin())};
}

// The words beside an addition, and the frames that hold them and it.
class Neighbourhood {
 public:
  Neighbourhood(MatrixView<const float> log_posteriors, const PhoneScores& whole, const Addition& addition,
                int blank)
      : whole_(whole),
        blank_(blank),
        begin_(std::max(0, addition.before_word - kMostRepeatedWords)),
        end_(std::min(whole.canonical.num_words, addition.before_word + kMostRepeatedWords)) {
    const auto [first, last] = PhonesOf(whole.canonical, begin_, end_);
    FrameSpan frames{0, log_posteriors.rows()};
    // The whole text's path may run through the addition.
    if (begin_ > 0) frames.begin = std::min(whole.alignment.phones[first - 1].end, addition.frames.begin);
    if (end_ < whole.canonical.num_words) {
      frames.end = std::max(whole.alignment.phones[last].begin, addition.frames.end);
    }
    heard_ = Rows(log_posteriors, frames);
  }

  int begin() const { return begin_; }
  int end() const { return end_; }

  /// Log-likelihood of reading up to word `until`, then `between`, then from word `from` on, nats.
  double Nats(int until, const std::vector<int>& between, int from) const {
    std::vector<int> read;
    Append(begin_, until, &read);
    read.insert(read.end(), between.begin(), between.end());
    Append(from, end_, &read);
    const Result<double> nats = ctc::LogLikelihood(heard_, read, blank_);
    return nats ? *nats : kLogZero;  // more phones than frames
  }

  int NumPhones(int begin, int end) const {
    const auto [first, last] = PhonesOf(whole_.canonical, begin, end);
    return static_cast<int>(last - first);
  }

 private:
  void Append(int begin, int end, std::vector<int>* read) const {
    const auto [first, last] = PhonesOf(whole_.canonical, begin, end);
    read->insert(read->end(), whole_.labels.begin() + static_cast<std::ptrdiff_t>(first),
                 whole_.labels.begin() + static_cast<std::ptrdiff_t>(last));
  }

  const PhoneScores& whole_;
  int blank_;
  int begin_, end_;
  MatrixView<const float> heard_;
};

// Twice as many phones at most, or half as many: free decoding loses some, and each likelihood takes time.
bool IsAsLong(int num_phones, std::size_t num_heard) {
  const auto count = static_cast<std::size_t>(num_phones);
  return count <= 2 * num_heard && num_heard <= 2 * count;
}

// To say the words [begin, end) again is to read up to `end` and then from `begin`. Of all stretches of words
// that begin or end where the addition is, or hold that place, the likeliest; none where the phones that were
// heard there are likelier by more than kMostNatsWorse a phone.
void FindRepeatedWords(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank,
                       Addition* addition) {
  const int place = addition->before_word;
  const Neighbourhood around(log_posteriors, whole, *addition, blank);
  const double as_heard = around.Nats(place, addition->heard, place);
  double best = kLogZero;
  for (int begin = around.begin(); begin <= place; ++begin) {
    for (int end = std::max(place, begin + 1); end <= around.end(); ++end) {
      if (!IsAsLong(around.NumPhones(begin, end), addition->heard.size())) continue;
      const double nats = around.Nats(end, {}, begin);
      if (nats <= best) continue;
      best = nats;
      addition->repeats_begin = begin;
      addition->repeats_end = end;
    }
  }
  const int num_phones = around.NumPhones(addition->repeats_begin, addition->repeats_end);
  if (best < as_heard - kMostNatsWorse * num_phones) addition->repeats_begin = addition->repeats_end = 0;
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
    const auto [first, last] = PhonesOf(whole.canonical, word, word + 1);
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
    Matrix quiet = Copy(log_posteriors_);
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
    const auto heard = ctc::FreeDecode(Rows(log_posteriors_, frames), blank_);
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
    const auto heard = ctc::FreeDecode(Rows(log_posteriors_, frames), blank_);
    if (before_end <= frames.begin || heard.size() <= kMinAddedPhones) return false;
    frames.begin += heard.front().end_frame;
    return true;
  }

  MatrixView<const float> log_posteriors_;
  const PhoneScores& whole_;
  int blank_;
};

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
  for (Addition& addition : out.additions) {
    Matrix heard = Copy(log_posteriors);
    for (const Addition& other : out.additions) {
      if (&other != &addition) Silence({&other, 1}, blank, &heard);
    }
    FindRepeatedWords(heard.view(), whole, blank, &addition);
  }
  return out;
}

}  // namespace higgins
