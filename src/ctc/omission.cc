#include "ctc/omission.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "ctc/forward_backward.h"
#include "ctc/input.h"

namespace higgins::ctc {
namespace {

// A text of optional words. States as in forward_backward.h; word u is -1 for the silence before the text.
class OptionalWords {
 public:
  OptionalWords(std::span<const int> labels, std::span<const int> word_of_label, int num_words, int blank,
                double cost_nats)
      : labels_(labels), blank_(blank), factor_(std::exp(-cost_nats)) {
    for (int w = 0; w < num_words; ++w) {
      const auto first = std::lower_bound(word_of_label.begin(), word_of_label.end(), w);
      begin_.push_back(static_cast<int>(first - word_of_label.begin()));
    }
    begin_.push_back(static_cast<int>(labels.size()));
    is_first_.assign(labels.size() + 1, 0);
    for (const int begin : begin_) is_first_[static_cast<std::size_t>(begin)] = 1;
    for (int w = 0; w < num_words; ++w) {
      for (int v = 0; v < num_words; ++v) {
        if (LastLabel(w) == FirstLabel(v) && Slot(FirstLabel(v)) < 0) shared_.push_back(FirstLabel(v));
      }
    }
  }

  int num_words() const { return static_cast<int>(begin_.size()) - 1; }
  int num_states() const { return 2 * static_cast<int>(labels_.size()) + 1; }
  int FirstState(int word) const { return 2 * begin_[static_cast<std::size_t>(word)] + 1; }
  int BlankAfter(int word) const { return 2 * begin_[static_cast<std::size_t>(word) + 1]; }
  int LastState(int word) const { return BlankAfter(word) - 1; }  ///< word >= 0
  bool BeginsAWord(int label_index) const { return is_first_[static_cast<std::size_t>(label_index)] != 0; }
  int label(int label_index) const { return labels_[static_cast<std::size_t>(label_index)]; }
  int FirstLabel(int word) const { return label(begin_[static_cast<std::size_t>(word)]); }
  int LastLabel(int word) const { return label(begin_[static_cast<std::size_t>(word) + 1] - 1); }
  int blank() const { return blank_; }

  /// S_t(v) for every word v into `entries`, of the alphas of one frame.
  void Entries(const WideDouble* alpha, WideDouble* entries) {
    WideDouble sum;  // over the words before, whatever their last label
    sums_.assign(shared_.size(), {});
    for (int v = 0; v < num_words(); ++v) {
      const int u = v - 1;
      const WideDouble blank_after = alpha[u < 0 ? 0 : BlankAfter(u)];
      const WideDouble ending = u < 0 ? blank_after : blank_after + alpha[LastState(u)];
      sum = sum * factor_ + ending;
      for (std::size_t k = 0; k < shared_.size(); ++k) {
        const bool differs = u < 0 || LastLabel(u) != shared_[k];
        sums_[k] = sums_[k] * factor_ + (differs ? ending : blank_after);
      }
      const int slot = Slot(FirstLabel(v));
      entries[v] = slot < 0 ? sum : sums_[static_cast<std::size_t>(slot)];
    }
  }

  /// The sum of e^(-c (v - u - 1)) b(f_v) over v > u, of the betas of one frame: for the blank after u at
  /// `blank_exits`[u + 1], u from -1 on; for the last label of u, without the words that begin with it, at
  /// `label_exits`[u].
  void Exits(const WideDouble* beta, WideDouble* blank_exits, WideDouble* label_exits) {
    WideDouble sum;
    sums_.assign(shared_.size(), {});
    for (int u = num_words() - 1; u >= -1; --u) {
      const int v = u + 1;
      if (v < num_words()) {
        const WideDouble entered = beta[FirstState(v)];
        sum = sum * factor_ + entered;
        for (std::size_t k = 0; k < shared_.size(); ++k) {
          sums_[k] = sums_[k] * factor_;
          if (FirstLabel(v) != shared_[k]) sums_[k] += entered;
        }
      }
      blank_exits[v] = sum;
      if (u < 0) break;
      const int slot = Slot(LastLabel(u));
      label_exits[u] = slot < 0 ? sum : sums_[static_cast<std::size_t>(slot)];
    }
  }

  /// e^(-c n): all of n words left out.
  WideDouble Omitted(int count) const {
    WideDouble weight(1.0);
    for (int i = 0; i < count; ++i) weight = weight * factor_;
    return weight;
  }

 private:
  /// Index into shared_; -1 for a label that is not there.
  int Slot(int label) const {
    const auto found = std::find(shared_.begin(), shared_.end(), label);
    return found == shared_.end() ? -1 : static_cast<int>(found - shared_.begin());
  }

  std::span<const int> labels_;
  int blank_;
  double factor_;
  std::vector<int> begin_;      // [words + 1] label index
  std::vector<char> is_first_;  // [labels + 1]
  std::vector<int> shared_;  // labels that end a word and begin one: between those two a blank is mandatory
  std::vector<WideDouble> sums_;  // [shared_]
};

// What a backward pass needs of the forward one.
struct Entered {
  std::vector<WideDouble> entries;  // [frames x words] S_t(v)
  WideDouble likelihood;            // sum_O p(O)

  const WideDouble* row(int frame, int num_words) const {
    return entries.data() + static_cast<std::size_t>(frame) * static_cast<std::size_t>(num_words);
  }
};

void FirstForward(const OptionalWords& text, const LinearPosteriors& y, std::vector<WideDouble>* row) {
  (*row)[0] = WideDouble(y(0, text.blank()));
  for (int v = 0; v < text.num_words(); ++v) {
    (*row)[static_cast<std::size_t>(text.FirstState(v))] = text.Omitted(v) * y(0, text.FirstLabel(v));
  }
}

// `entries`: of the frame before.
void StepForward(const OptionalWords& text, std::span<const double> y, const WideDouble* previous,
                 const WideDouble* entries, WideDouble* row) {
  const double blank = y[static_cast<std::size_t>(text.blank())];
  row[0] = previous[0] * blank;
  for (int s = 1; s < text.num_states(); s += 2) {
    const int i = s / 2;
    WideDouble sum = previous[s];
    if (text.BeginsAWord(i)) {
      sum += *entries++;
    } else {
      sum += previous[s - 1];
      if (text.label(i) != text.label(i - 1)) sum += previous[s - 2];
    }
    row[s] = sum * y[static_cast<std::size_t>(text.label(i))];
    row[s + 1] = (previous[s + 1] + previous[s]) * blank;
  }
}

Entered Forward(OptionalWords& text, const LinearPosteriors& y) {
  const int num_words = text.num_words();
  Entered out;
  out.entries.resize(static_cast<std::size_t>(y.num_frames()) * static_cast<std::size_t>(num_words));
  std::vector<WideDouble> row(static_cast<std::size_t>(text.num_states()));
  std::vector<WideDouble> previous(row.size());
  FirstForward(text, y, &row);
  for (int t = 0; t < y.num_frames(); ++t) {
    if (t > 0) {
      previous.swap(row);
      StepForward(text, y.row(t), previous.data(), out.row(t - 1, num_words), row.data());
    }
    text.Entries(row.data(),
                 out.entries.data() + static_cast<std::size_t>(t) * static_cast<std::size_t>(num_words));
  }
  out.likelihood = row[0] * text.Omitted(num_words);
  for (int u = 0; u < num_words; ++u) {
    const WideDouble ending =
        row[static_cast<std::size_t>(text.BlankAfter(u))] + row[static_cast<std::size_t>(text.LastState(u))];
    out.likelihood += ending * text.Omitted(num_words - 1 - u);
  }
  return out;
}

void LastBackward(const OptionalWords& text, std::span<const double> y, std::vector<WideDouble>* row) {
  const double blank = y[static_cast<std::size_t>(text.blank())];
  (*row)[0] = text.Omitted(text.num_words()) * blank;
  for (int u = 0; u < text.num_words(); ++u) {
    const WideDouble rest = text.Omitted(text.num_words() - 1 - u);
    (*row)[static_cast<std::size_t>(text.BlankAfter(u))] = rest * blank;
    (*row)[static_cast<std::size_t>(text.LastState(u))] =
        rest * y[static_cast<std::size_t>(text.LastLabel(u))];
  }
}

struct ExitsOfFrame {
  std::vector<WideDouble> blank;  // [words + 1]
  std::vector<WideDouble> label;  // [words]
};

void StepBackward(OptionalWords& text, std::span<const double> y, const WideDouble* next, ExitsOfFrame* exits,
                  WideDouble* row) {
  const double blank = y[static_cast<std::size_t>(text.blank())];
  text.Exits(next, exits->blank.data(), exits->label.data());
  int word = text.num_words() - 1;
  for (int s = text.num_states() - 1; s >= 2; s -= 2) {
    const int i = s / 2 - 1;  // the label before the blank s
    WideDouble after_blank = next[s];
    WideDouble after_label = next[s - 1] + next[s];
    if (text.BeginsAWord(i + 1)) {
      after_blank += exits->blank[static_cast<std::size_t>(word) + 1];
      after_label += exits->label[static_cast<std::size_t>(word)];
      --word;
    } else {
      after_blank += next[s + 1];
      if (text.label(i) != text.label(i + 1)) after_label += next[s + 1];
    }
    row[s] = after_blank * blank;
    row[s - 1] = after_label * y[static_cast<std::size_t>(text.label(i))];
  }
  row[0] = (next[0] + exits->blank[0]) * blank;
}

// [words] sum of p(O) over the readings that say the word: it is entered at one frame of each.
std::vector<WideDouble> Said(OptionalWords& text, const LinearPosteriors& y, const Entered& entered) {
  const int num_words = text.num_words();
  std::vector<WideDouble> said(static_cast<std::size_t>(num_words));
  std::vector<WideDouble> row(static_cast<std::size_t>(text.num_states()));
  std::vector<WideDouble> next(row.size());
  ExitsOfFrame exits;
  exits.blank.resize(said.size() + 1);
  exits.label.resize(said.size());
  for (int t = y.num_frames() - 1; t >= 0; --t) {
    if (t == y.num_frames() - 1) {
      LastBackward(text, y.row(t), &row);
    } else {
      next.swap(row);
      StepBackward(text, y.row(t), next.data(), &exits, row.data());
    }
    for (int v = 0; v < num_words; ++v) {
      const WideDouble entry = t == 0 ? text.Omitted(v) : entered.row(t - 1, num_words)[v];
      said[static_cast<std::size_t>(v)] += entry * row[static_cast<std::size_t>(text.FirstState(v))];
    }
  }
  return said;
}

double Share(WideDouble part, WideDouble whole) {
  const auto exponent_bits = part.exponent_bits() - whole.exponent_bits();
  if (part.is_zero() || exponent_bits < -1022) return 0.0;
  return std::min(1.0, part.mantissa() / whole.mantissa() * PowerOfTwo(exponent_bits));
}

}  // namespace

Result<std::vector<double>> OmissionProbabilities(MatrixView<const float> log_posteriors,
                                                  std::span<const int> labels,
                                                  std::span<const int> word_of_label, int num_words,
                                                  int blank, double cost_nats) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  if (word_of_label.size() != labels.size()) {
    return Error{ErrorCode::kInvalidArgument, "word_of_label: expected one entry a label"};
  }
  OptionalWords text(labels, word_of_label, num_words, blank, cost_nats);
  const LinearPosteriors y(log_posteriors);
  const Entered entered = Forward(text, y);
  std::vector<double> probabilities;
  for (const WideDouble said : Said(text, y, entered)) {
    probabilities.push_back(1.0 - Share(said, entered.likelihood));
  }
  return probabilities;
}

}  // namespace higgins::ctc
