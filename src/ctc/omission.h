// Which words were said at all? The text with every word optional: a reading that leaves out the words of a
// set O has
//   p(O) = e^(-c |O|) p(labels of the other words), over all segmentations, c the cost of a word
// and a word's probability of having been left out is the share of the readings without it,
//   P(w omitted) = sum_{O: w in O} p(O) / sum_O p(O),
// exact, for all 2^W readings at once. With a, b of forward_backward.h, f_v the first and l_u the last label
// of a word, the first label of word v is entered from the end of any word u before it:
//   S_t(v) = sum_{u < v} e^(-c (v - u - 1)) ( a_t(blank after u) + [l_u and f_v differ] a_t(l_u) )
//   P(v said) = ( e^(-c v) b_0(f_v) + sum_t S_t(v) b_{t+1}(f_v) ) / sum_O p(O)
// where u = -1 stands for the silence before the text. Words that follow each other are left out together as
// easily as one by one, which ratios of single words cannot tell.
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"
#include "higgins/result.h"

namespace higgins::ctc {

/// [words] probabilities, 0-1. `word_of_label` [labels] is non-decreasing, and every word from 0 to
/// `num_words` - 1 has labels. `cost_nats` >= 0: c above. Time: frames x (labels + words), and frames x words
/// for each word that begins with the last label of an earlier one. Errors: as ComputeGop().
Result<std::vector<double>> OmissionProbabilities(MatrixView<const float> log_posteriors,
                                                  std::span<const int> labels,
                                                  std::span<const int> word_of_label, int num_words,
                                                  int blank, double cost_nats);

}  // namespace higgins::ctc
