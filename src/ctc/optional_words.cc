#include "ctc/optional_words.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace higgins::ctc {

OptionalWords::OptionalWords(std::span<const int> labels, std::span<const int> word_of_label, int num_words,
                             int blank, const MiscueCosts& costs)
    : labels_(labels),
      blank_(blank),
      omission_(std::exp(-costs.omitted_word)),
      addition_(std::exp(-costs.addition)),
      added_frame_(std::exp(-costs.added_frame)),
      replacement_(std::exp(-costs.replacement)) {
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
  omitted_.emplace_back(1.0);
  for (int w = 0; w < num_words; ++w) omitted_.push_back(omitted_.back() * omission_);
}

double OptionalWords::Added(std::span<const double> y) const {
  return std::max(0.0, 1.0 - y[static_cast<std::size_t>(blank_)]) * added_frame_;
}

int OptionalWords::Slot(int label) const {
  const auto found = std::find(shared_.begin(), shared_.end(), label);
  return found == shared_.end() ? -1 : static_cast<int>(found - shared_.begin());
}

}  // namespace higgins::ctc
