// The text of miscues.h as a graph: which states a word has, what a path pays to leave words out or to add
// speech. States as in forward_backward.h. Place g is before word g, or behind the last: where word g - 1 has
// ended.
#pragma once

#include <span>
#include <vector>

#include "ctc/miscues.h"
#include "ctc/wide_double.h"

namespace higgins::ctc {

class OptionalWords {
 public:
  /// The labels are borrowed; see FindMiscues() for the arguments.
  OptionalWords(std::span<const int> labels, std::span<const int> word_of_label, int num_words, int blank,
                const MiscueCosts& costs);

  int num_words() const { return static_cast<int>(begin_.size()) - 1; }
  int num_places() const { return num_words() + 1; }
  int num_states() const { return 2 * static_cast<int>(labels_.size()) + 1; }
  int FirstState(int word) const { return 2 * begin_[static_cast<std::size_t>(word)] + 1; }
  int BlankAt(int place) const { return 2 * begin_[static_cast<std::size_t>(place)]; }
  int LabelBefore(int place) const { return BlankAt(place) - 1; }  ///< its state; place > 0
  bool BeginsAWord(int label_index) const { return is_first_[static_cast<std::size_t>(label_index)] != 0; }
  int label(int label_index) const { return labels_[static_cast<std::size_t>(label_index)]; }
  int FirstLabel(int word) const { return label(begin_[static_cast<std::size_t>(word)]); }
  int LastLabel(int word) const { return label(begin_[static_cast<std::size_t>(word) + 1] - 1); }
  int blank() const { return blank_; }

  double omission() const { return omission_; }        ///< e^-c
  double addition() const { return addition_; }        ///< e^-a
  double replacement() const { return replacement_; }  ///< e^-r
  /// e^(-c n): all of n words left out.
  WideDouble Omitted(int count) const { return omitted_[static_cast<std::size_t>(count)]; }
  /// The probability of a phone of added speech in a frame of these posteriors, its cost included.
  double Added(std::span<const double> y) const;

  /// Labels that end a word and begin one: between those two a blank is mandatory.
  std::span<const int> shared() const { return shared_; }
  /// Index into shared(); -1 for a label that is not there.
  int Slot(int label) const;

 private:
  std::span<const int> labels_;
  int blank_;
  double omission_, addition_, added_frame_, replacement_;
  std::vector<int> begin_;      // [words + 1] label index
  std::vector<char> is_first_;  // [labels + 1]
  std::vector<int> shared_;
  std::vector<WideDouble> omitted_;  // [words + 1]
};

}  // namespace higgins::ctc
