// Against the definition: the likelihood of every reading, each by a forward pass through a chain of its own.
#include "ctc/miscues.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <random>
#include <utility>

#include "ctc/forward_backward.h"
#include "ctc/input.h"
#include "ctc/testing.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;
constexpr int kStart = -1;
constexpr int kAdded = -2;  // emits any phone

// A chain of states, each with those that may come before it; kStart: it may be the first.
class Chain {
 public:
  explicit Chain(MatrixView<const float> log_posteriors, const MiscueCosts& costs)
      : y_(log_posteriors), costs_(costs) {
    const int silence = Add(kBlank, {kStart});
    ends_ = {kStart, silence};
  }

  void SayWord(const std::vector<int>& labels) {
    for (const int label : labels) {
      std::vector<int> before;
      for (const int end : ends_) {
        if (end == kStart || states_[static_cast<std::size_t>(end)].emits != label) before.push_back(end);
      }
      const int said = Add(label, before);
      ends_ = {said, Add(kBlank, {said})};
    }
  }

  void AddSpeech() {
    weight_ *= std::exp(-costs_.addition);
    const int speech = Add(kAdded, ends_);
    const int inside = Add(kBlank, {speech});
    states_[static_cast<std::size_t>(speech)].before.push_back(inside);
    ends_ = {speech, Add(kBlank, {speech})};
  }

  void OmitWord() { weight_ *= std::exp(-costs_.omitted_word); }
  void Replace() { weight_ *= std::exp(-costs_.replacement); }

  double Likelihood() const {
    std::vector<double> row(states_.size(), 0.0);
    for (int t = 0; t < y_.num_frames(); ++t) {
      std::vector<double> next(states_.size(), 0.0);
      for (std::size_t s = 0; s < states_.size(); ++s) {
        double sum = row[s];
        for (const int before : states_[s].before) {
          if (before != kStart) sum += row[static_cast<std::size_t>(before)];
          if (before == kStart && t == 0) sum += 1.0;
        }
        next[s] = sum * Emission(t, states_[s].emits);
      }
      row = next;
    }
    double likelihood = 0.0;
    for (const int end : ends_) {
      if (end != kStart) likelihood += row[static_cast<std::size_t>(end)];
    }
    return weight_ * likelihood;
  }

 private:
  struct State {
    int emits;
    std::vector<int> before;
  };

  int Add(int emits, std::vector<int> before) {
    states_.push_back({emits, std::move(before)});
    return static_cast<int>(states_.size()) - 1;
  }
  double Emission(int frame, int emits) const {
    return emits == kAdded ? (1.0 - y_(frame, kBlank)) * std::exp(-costs_.added_frame) : y_(frame, emits);
  }

  LinearPosteriors y_;
  MiscueCosts costs_;
  std::vector<State> states_;
  std::vector<int> ends_;
  double weight_ = 1.0;
};

// Every reading's omissions (a bit each word) and additions (a bit each place), and its likelihood.
struct Reading {
  unsigned omitted = 0;
  unsigned added = 0;
  double likelihood = 0.0;
};

// Whether speech stands in the place of the word, or of those beside it that are left out with it.
bool IsReplaced(const Reading& reading, unsigned word) {
  unsigned place = word;
  while (place > 0 && (reading.omitted >> (place - 1) & 1U) != 0) --place;
  return (reading.added >> place & 1U) != 0;
}

std::vector<Reading> AllReadings(MatrixView<const float> y, const std::vector<std::vector<int>>& words,
                                 const MiscueCosts& costs) {
  const auto num_words = static_cast<unsigned>(words.size());
  std::vector<Reading> readings;
  for (unsigned omitted = 0; omitted < 1U << num_words; ++omitted) {
    for (unsigned added = 0; added < 1U << (num_words + 1); ++added) {
      if (((omitted << 1U) & added) != 0) continue;  // that is behind the last word that is said
      Chain chain(y, costs);
      if ((added & 1U) != 0) chain.AddSpeech();
      for (unsigned w = 0; w < num_words; ++w) {
        if ((omitted >> w & 1U) != 0) {
          if ((added >> w & 1U) != 0) chain.Replace();
          chain.OmitWord();
          continue;
        }
        chain.SayWord(words[w]);
        if ((added >> (w + 1) & 1U) != 0) chain.AddSpeech();
      }
      readings.push_back({omitted, added, chain.Likelihood()});
    }
  }
  return readings;
}

struct Flat {
  std::vector<int> labels, word_of_label;
};

Flat Flattened(const std::vector<std::vector<int>>& words) {
  Flat flat;
  for (std::size_t w = 0; w < words.size(); ++w) {
    flat.labels.insert(flat.labels.end(), words[w].begin(), words[w].end());
    flat.word_of_label.resize(flat.labels.size(), static_cast<int>(w));
  }
  return flat;
}

RC_GTEST_PROP(MiscuesProperty, ProbabilitiesAreSharesOfTheReadings, ()) {
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const int num_labels = *rc::gen::inRange(2, 6);  // of two, every label equals its neighbours
  std::vector<std::vector<int>> words(static_cast<std::size_t>(*rc::gen::inRange(1, 5)));
  for (std::vector<int>& word : words) {
    for (unsigned length = 1 + random() % 3; word.size() < length;) {
      word.push_back(1 + static_cast<int>(random() % static_cast<unsigned>(num_labels - 1)));
    }
  }
  const Flat text = Flattened(words);
  const int num_frames = MinFrames(text.labels) + static_cast<int>(random() % 12);
  const Matrix y = RandomLogPosteriors(random, num_frames, num_labels, *rc::gen::element(0.5, 3.0, 12.0));
  const MiscueCosts costs{.omitted_word = *rc::gen::element(0.0, 1.5, 9.0),
                          .addition = *rc::gen::element(0.0, 2.0, 7.0),
                          .added_frame = *rc::gen::element(0.0, 0.5, 2.0),
                          .replacement = *rc::gen::element(0.0, 1.0, 8.0)};
  const auto miscues =
      FindMiscues(y.view(), text.labels, text.word_of_label, static_cast<int>(words.size()), kBlank, costs);
  RC_ASSERT(miscues.has_value());
  double all = 0.0;
  std::vector<double> without(words.size(), 0.0), with(words.size() + 1, 0.0);
  for (const Reading& reading : AllReadings(y.view(), words, costs)) {
    all += reading.likelihood;
    for (std::size_t w = 0; w < without.size(); ++w) {
      const bool is_omitted = (reading.omitted >> w & 1U) != 0;
      if (is_omitted && !IsReplaced(reading, static_cast<unsigned>(w))) without[w] += reading.likelihood;
    }
    for (std::size_t place = 0; place < with.size(); ++place) {
      const bool is_replacement = (reading.omitted >> place & 1U) != 0;
      if ((reading.added >> place & 1U) != 0 && !is_replacement) with[place] += reading.likelihood;
    }
  }
  for (std::size_t w = 0; w < without.size(); ++w) {
    RC_ASSERT(std::abs(miscues->omission_probability[w] - without[w] / all) < 1e-9);
  }
  for (std::size_t place = 0; place < with.size(); ++place) {
    RC_ASSERT(std::abs(miscues->addition_probability[place] - with[place] / all) < 1e-9);
  }
}

constexpr MiscueCosts kCosts{.omitted_word = 10.0, .addition = 6.0, .added_frame = 1.5, .replacement = 4.0};

// Sixty words, of which forty-five in the middle were not said: their cost of e^-450 is far outside a
// double's range, and all of them begin with the label that the word before the gap ended with.
TEST(Miscues, ALongGapIsFoundWhole) {
  constexpr int kNumWords = 60;
  constexpr int kGapBegin = 7;
  constexpr int kGapEnd = 52;
  std::mt19937 random(3);
  std::vector<int> labels, word_of_label, said;
  for (int w = 0; w < kNumWords; ++w) {
    const bool in_gap = w >= kGapBegin && w < kGapEnd;
    for (int i = 0; i < 3; ++i) {
      const bool is_shared = (in_gap && i == 0) || (w == kGapBegin - 1 && i == 2);
      labels.push_back(is_shared ? 9 : 1 + (5 * w + 3 * i) % 8);
      word_of_label.push_back(w);
      if (!in_gap) said.push_back(labels.back());
    }
  }
  const Matrix y = SpokenLogPosteriors(random, said, 300, 10);
  const auto miscues = FindMiscues(y.view(), labels, word_of_label, kNumWords, kBlank, kCosts);
  ASSERT_TRUE(miscues);
  for (int w = 0; w < kNumWords; ++w) {
    const double probability = miscues->omission_probability[static_cast<std::size_t>(w)];
    if (w >= kGapBegin && w < kGapEnd) {
      EXPECT_GT(probability, 0.99) << w;
    } else if (w != kGapBegin - 1 && w != kGapEnd) {
      EXPECT_LT(probability, 0.01) << w;
    }
  }
}

// Eight words, of which the text lacks those from the third to the fifth.
TEST(Miscues, WhatWasAddedIsFoundWhereItIs) {
  constexpr int kNumFrames = 160;
  std::mt19937 random(7);
  std::vector<std::vector<int>> text;
  std::vector<int> said;
  for (int w = 0; w < 8; ++w) {
    const std::vector<int> word = {1 + (3 * w) % 8, 1 + (3 * w + 4) % 8, 1 + (3 * w + 1) % 8};
    said.insert(said.end(), word.begin(), word.end());
    if (w < 2 || w >= 5) text.push_back(word);
  }
  const Matrix y = SpokenLogPosteriors(random, said, kNumFrames, 10);
  const Flat flat = Flattened(text);
  const auto miscues = FindMiscues(y.view(), flat.labels, flat.word_of_label, 5, kBlank, kCosts);
  ASSERT_TRUE(miscues);
  for (std::size_t place = 0; place < 6; ++place) {
    if (place == 2) {
      EXPECT_GT(miscues->addition_probability[place], 0.99);
    } else {
      EXPECT_LT(miscues->addition_probability[place], 0.01) << place;
    }
  }
  for (const double probability : miscues->omission_probability) EXPECT_LT(probability, 0.01);
}

// Four words, of which the third was said as another.
TEST(Miscues, AWordThatWasReplacedIsNeitherLeftOutNorAdded) {
  std::mt19937 random(5);
  const std::vector<std::vector<int>> text = {{1, 2, 3}, {4, 5, 6}, {7, 8, 7}, {2, 4, 1}};
  std::vector<int> said;
  for (const auto& word : {text[0], text[1], std::vector<int>{3, 5, 9, 6}, text[3]}) {
    said.insert(said.end(), word.begin(), word.end());
  }
  const Matrix y = SpokenLogPosteriors(random, said, 100, 10);
  const Flat flat = Flattened(text);
  const auto miscues = FindMiscues(y.view(), flat.labels, flat.word_of_label, 4, kBlank, kCosts);
  ASSERT_TRUE(miscues);
  for (const double probability : miscues->omission_probability) EXPECT_LT(probability, 0.01);
  for (const double probability : miscues->addition_probability) EXPECT_LT(probability, 0.01);
}

TEST(Miscues, RefuseWhatDoesNotFit) {
  std::mt19937 random(1);
  const Matrix y = RandomLogPosteriors(random, 10, 4, 1.0);
  EXPECT_FALSE(FindMiscues(y.view(), std::vector<int>{1, 2}, std::vector<int>{0}, 1, kBlank, kCosts));
  EXPECT_FALSE(FindMiscues(y.view(), std::vector<int>{1, 9}, std::vector<int>{0, 0}, 1, kBlank, kCosts));
}

}  // namespace
}  // namespace higgins::ctc
