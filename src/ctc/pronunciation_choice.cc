#include "ctc/pronunciation_choice.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "base/log_math.h"
#include "ctc/input.h"

namespace higgins::ctc {

namespace {

/// The network of all pronunciations: one blank before the first word and one after every word, shared by its
/// pronunciations, and between them per pronunciation its labels with a blank between neighbours.
struct Network {
  struct State {
    int label = 0;
    int word = 0;
    int pronunciation = 0;        ///< of a label or an inner blank; -1 for a shared blank
    std::uint32_t first_arc = 0;  ///< into arcs, up to the next state's; the state itself is not among them
  };
  std::vector<State> states;        ///< in an order in which arcs come from lower states only
  std::vector<std::uint32_t> arcs;  ///< predecessors, earlier pronunciations first
  std::vector<std::uint32_t> initial;
  std::vector<std::uint32_t> accepting;

  std::span<const std::uint32_t> Predecessors(std::size_t state) const {
    const std::size_t end = state + 1 < states.size() ? states[state + 1].first_arc : arcs.size();
    return {arcs.data() + states[state].first_arc, end - states[state].first_arc};
  }
};

class NetworkBuilder {
 public:
  NetworkBuilder(const Prompt& prompt, int blank) : blank_(blank) {
    std::uint32_t shared_blank = Add(blank_, 0, -1);
    std::vector<std::uint32_t> word_ends;
    network_.initial.push_back(shared_blank);
    for (std::size_t w = 0; w < prompt.words.size(); ++w) {
      std::vector<std::uint32_t> ends;
      const std::vector<Pronunciation>& pronunciations = prompt.words[w].pronunciations;
      for (std::size_t k = 0; k < pronunciations.size(); ++k) {
        ends.push_back(AddPronunciation(pronunciations[k], static_cast<int>(w), static_cast<int>(k),
                                        shared_blank, word_ends));
      }
      shared_blank = Add(blank_, static_cast<int>(w), -1);
      network_.arcs.insert(network_.arcs.end(), ends.begin(), ends.end());
      word_ends = std::move(ends);
    }
    network_.accepting = word_ends;
    network_.accepting.push_back(shared_blank);
  }
  Network Take() && { return std::move(network_); }

 private:
  std::uint32_t Add(int label, int word, int pronunciation) {
    network_.states.push_back({label, word, pronunciation, static_cast<std::uint32_t>(network_.arcs.size())});
    return static_cast<std::uint32_t>(network_.states.size() - 1);
  }
  int LabelOf(std::uint32_t state) const { return network_.states[state].label; }

  /// Returns the state of its last label.
  std::uint32_t AddPronunciation(const Pronunciation& pronunciation, int word, int index,
                                 std::uint32_t shared_blank, std::span<const std::uint32_t> previous_ends) {
    std::uint32_t state = 0;
    for (std::size_t i = 0; i < pronunciation.phones.size(); ++i) {
      const int label = pronunciation.phones[i].label;
      if (i == 0) {
        state = Add(label, word, index);
        if (word == 0) network_.initial.push_back(state);
        // A blank between equal labels is mandatory (Graves et al. 2006), between words too.
        for (const std::uint32_t end : previous_ends) {
          if (LabelOf(end) != label) network_.arcs.push_back(end);
        }
        network_.arcs.push_back(shared_blank);
        continue;
      }
      const std::uint32_t previous = state;
      const std::uint32_t inner_blank = Add(blank_, word, index);
      network_.arcs.push_back(previous);
      state = Add(label, word, index);
      if (LabelOf(previous) != label) network_.arcs.push_back(previous);
      network_.arcs.push_back(inner_blank);
    }
    return state;
  }

  int blank_;
  Network network_;
};

class Search {
 public:
  Search(MatrixView<const float> log_posteriors, const Network& network)
      : network_(network),
        num_frames_(log_posteriors.rows()),
        scores_(network.states.size(), kLogZero),
        from_(static_cast<std::size_t>(num_frames_) * network.states.size()) {
    for (const std::uint32_t state : network_.initial)
      scores_[state] = Emission(log_posteriors.row(0), state);
    for (int t = 1; t < num_frames_; ++t) Step(t, log_posteriors.row(t));
  }

  bool reached_the_end() const { return scores_[Best()] > kLogZero; }

  void Trace(std::vector<int>& chosen) const {
    std::uint32_t state = Best();
    for (int t = num_frames_ - 1; t >= 0; --t) {
      const Network::State& visited = network_.states[state];
      if (visited.pronunciation >= 0) chosen[static_cast<std::size_t>(visited.word)] = visited.pronunciation;
      state = from_[static_cast<std::size_t>(t) * scores_.size() + state];
    }
  }

 private:
  double Emission(std::span<const float> row, std::size_t state) const {
    return Floored(row[static_cast<std::size_t>(network_.states[state].label)]);
  }
  std::uint32_t Best() const {
    std::uint32_t best = network_.accepting.front();
    for (const std::uint32_t state : network_.accepting) {
      if (scores_[state] > scores_[best]) best = state;
    }
    return best;
  }
  // From the last state down, in place: a state reads itself and lower ones.
  void Step(int t, std::span<const float> row) {
    std::uint32_t* from = &from_[static_cast<std::size_t>(t) * scores_.size()];
    for (std::size_t s = scores_.size(); s-- > 0;) {
      auto best = static_cast<std::uint32_t>(s);
      double score = scores_[s];
      for (const std::uint32_t predecessor : network_.Predecessors(s)) {
        if (scores_[predecessor] > score) {
          score = scores_[predecessor];
          best = predecessor;
        }
      }
      scores_[s] = score + Emission(row, s);
      from[s] = best;
    }
  }

  const Network& network_;
  int num_frames_;
  std::vector<double> scores_;
  std::vector<std::uint32_t> from_;  ///< [frames x states] state of the frame before
};

Result<void> CheckPrompt(const Prompt& prompt, int num_columns, int blank) {
  const auto invalid = [](std::string message) {
    return Error{ErrorCode::kInvalidArgument, std::move(message)};
  };
  if (prompt.words.empty()) return invalid("no words: there is nothing to choose");
  for (const PromptWord& word : prompt.words) {
    if (word.pronunciations.empty()) return invalid("the word '" + word.text + "' has no pronunciation");
    for (const Pronunciation& pronunciation : word.pronunciations) {
      if (pronunciation.phones.empty())
        return invalid("a pronunciation of '" + word.text + "' has no phones");
      for (const Phone& phone : pronunciation.phones) {
        if (phone.label < 0 || phone.label >= num_columns || phone.label == blank) {
          return invalid("label " + std::to_string(phone.label) + " of '" + word.text + "' is not a phone");
        }
      }
    }
  }
  return {};
}

}  // namespace

Result<std::vector<int>> ChoosePronunciations(MatrixView<const float> log_posteriors, const Prompt& prompt,
                                              int blank) {
  if (Result<void> checked = CheckPosteriors(log_posteriors, blank); !checked) return checked.error();
  if (Result<void> checked = CheckPrompt(prompt, log_posteriors.columns(), blank); !checked)
    return checked.error();
  std::vector<int> chosen(prompt.words.size(), 0);
  const bool has_choice = std::any_of(prompt.words.begin(), prompt.words.end(),
                                      [](const PromptWord& word) { return word.pronunciations.size() > 1; });
  if (!has_choice) return chosen;

  const Network network = NetworkBuilder(prompt, blank).Take();
  const Search search(log_posteriors, network);
  if (!search.reached_the_end()) {
    return Error{ErrorCode::kAudioTooShort,
                 "too short for the text: " + std::to_string(log_posteriors.rows()) + " frames for " +
                     std::to_string(prompt.words.size()) + " words"};
  }
  search.Trace(chosen);
  return chosen;
}

}  // namespace higgins::ctc
