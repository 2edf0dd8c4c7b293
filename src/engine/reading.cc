#include "engine/reading.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
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
// A single phone is more often a sound too many in a word.
constexpr std::size_t kMinAddedPhones = 2;
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
// of it stands for all. Without their frames.
std::vector<Addition> AddedPlaces(const std::vector<double>& probability) {
  std::vector<Addition> out;
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
      out.push_back({.before_word = static_cast<int>(begin) + static_cast<int>(first - beside.begin()),
                     .frames = {},
                     .probability = std::min(1.0, sum),
                     .heard = {}});
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

// Where the additions are on the best path through what was said: each takes what is none of the words', and
// has what was heard there. One in which too little was heard is none: the others are looked for again. Where
// no path is left (all was left out, or there is no room for the rest), there is nothing beside it.
void FindFrames(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank,
                Reading* reading) {
  std::vector<int> labels, word_of_label;
  for (std::size_t i = 0; i < whole.labels.size(); ++i) {
    const int word = whole.canonical.word_of_phone[i];
    if (!IsJudged(*reading, word)) continue;
    labels.push_back(whole.labels[i]);
    word_of_label.push_back(word);
  }
  std::vector<Addition>& additions = reading->additions;
  while (!additions.empty()) {
    std::vector<int> places;
    for (const Addition& addition : additions) {
      const auto next = std::ranges::lower_bound(word_of_label, addition.before_word);
      places.push_back(static_cast<int>(next - word_of_label.begin()));
    }
    const Result<ctc::AlignmentWithAdded> path =
        ctc::AlignWithAdded(log_posteriors, labels, places, blank, kCosts.added_frame);
    if (!path) return additions.clear();
    for (std::size_t a = 0; a < additions.size(); ++a) {
      additions[a].frames = path->added[a];
      additions[a].heard = HeardIn(log_posteriors, path->added[a], blank);
    }
    const auto is_too_little = [](const Addition& addition) {
      return addition.heard.size() < kMinAddedPhones;
    };
    if (std::erase_if(additions, is_too_little) == 0) break;
  }
}

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
  out.additions = AddedPlaces(miscues->addition_probability);
  FindFrames(log_posteriors, whole, blank, &out);
  NameRepeatedWords(log_posteriors, whole, blank, &out);
  return out;
}

}  // namespace higgins
