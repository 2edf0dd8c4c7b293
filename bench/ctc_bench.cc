// The lattice on the budget's utterance: 5 s, 40 phones (T = 250, N = 40, V = 40), on one core.
//
//   ctc_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
//
// NaiveEdits is what ComputeGop replaces: one CTC forward pass, in the log domain, per substitution, deletion
// and insertion. Posteriors are made: peaked at a random labelling's own path, as a trained model's are.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "ctc/align.h"
#include "ctc/edit_likelihoods.h"
#include "ctc/forward_backward.h"
#include "ctc/gop.h"
#include "ctc/miscues.h"
#include "ctc/pronunciation_choice.h"
#include "ctc/testing.h"
#include "oracle/ctc_oracle.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;
constexpr int kNumColumns = 40;

struct Utterance {
  std::vector<int> labels;
  Matrix log_posteriors;
};

Utterance MakeUtterance(int num_frames, int num_phones) {
  std::mt19937 random(1);
  Utterance utterance;
  utterance.labels = RandomLabels(random, num_phones, kNumColumns);
  utterance.log_posteriors = SpokenLogPosteriors(random, utterance.labels, num_frames, kNumColumns);
  return utterance;
}

void ComputeGopWhole(benchmark::State& state) {
  const Utterance utterance =
      MakeUtterance(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  const auto y = utterance.log_posteriors.view();
  const Result<Alignment> alignment = Align(y, utterance.labels, kBlank);
  for (auto _ : state) {
    benchmark::DoNotOptimize(ComputeGop(y, utterance.labels, *alignment, kBlank));
  }
}
BENCHMARK(ComputeGopWhole)->Args({250, 40})->Args({1500, 200})->Unit(benchmark::kMillisecond);

void NaiveEdits(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  const auto y = utterance.log_posteriors.view();
  for (auto _ : state) {
    double sum = 0.0;
    for (std::size_t i = 0; i < utterance.labels.size(); ++i) {
      sum += oracle::LogLikelihood(y, oracle::Deleted(utterance.labels, i), kBlank);
      for (int q = 1; q < kNumColumns; ++q) {
        sum += oracle::LogLikelihood(y, oracle::Substituted(utterance.labels, i, q), kBlank);
        sum += oracle::LogLikelihood(y, oracle::Inserted(utterance.labels, i, q), kBlank);
      }
    }
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(NaiveEdits)->Iterations(1)->Unit(benchmark::kMillisecond);

void Exponentials(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  for (auto _ : state) benchmark::DoNotOptimize(LinearPosteriors(utterance.log_posteriors.view()));
}
BENCHMARK(Exponentials)->Unit(benchmark::kMillisecond);

void ForwardBackwardPasses(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  const LinearPosteriors posteriors(utterance.log_posteriors.view());
  for (auto _ : state) benchmark::DoNotOptimize(RunForwardBackward(posteriors, utterance.labels, kBlank));
}
BENCHMARK(ForwardBackwardPasses)->Unit(benchmark::kMillisecond);

void EditSweeps(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  const LinearPosteriors posteriors(utterance.log_posteriors.view());
  const ForwardBackward lattice = RunForwardBackward(posteriors, utterance.labels, kBlank);
  for (auto _ : state) {
    benchmark::DoNotOptimize(ComputeEditLikelihoods(posteriors, utterance.labels, kBlank, lattice));
  }
}
BENCHMARK(EditSweeps)->Unit(benchmark::kMillisecond);

void Alignment250Frames(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  for (auto _ : state)
    benchmark::DoNotOptimize(Align(utterance.log_posteriors.view(), utterance.labels, kBlank));
}
BENCHMARK(Alignment250Frames)->Unit(benchmark::kMillisecond);

// Ten words of four phones.
void MiscuesOfTenWords(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  std::vector<int> word_of_label;
  for (int i = 0; i < 40; ++i) word_of_label.push_back(i / 4);
  const auto y = utterance.log_posteriors.view();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        FindMiscues(y, utterance.labels, word_of_label, 10, kBlank, {10.0, 4.0, 1.4, 8.0}));
  }
}
BENCHMARK(MiscuesOfTenWords)->Unit(benchmark::kMillisecond);

// Ten words of four phones with three pronunciations each.
void PronunciationChoice(benchmark::State& state) {
  const Utterance utterance = MakeUtterance(250, 40);
  Prompt prompt;
  for (std::size_t w = 0; w < 10; ++w) {
    PromptWord word;
    for (int k = 0; k < 3; ++k) {
      Pronunciation pronunciation;
      for (std::size_t i = 4 * w; i < 4 * w + 4; ++i) {
        const int shift = i % 4 == 1 ? k : 0;
        pronunciation.phones.push_back({1 + (utterance.labels[i] - 1 + shift) % (kNumColumns - 1), -1});
      }
      word.pronunciations.push_back(pronunciation);
    }
    prompt.words.push_back(word);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ChoosePronunciations(utterance.log_posteriors.view(), prompt, kBlank));
  }
}
BENCHMARK(PronunciationChoice)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace higgins::ctc
