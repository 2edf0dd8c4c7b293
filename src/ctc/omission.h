// Was a word said at all? The text without it against the whole text, over all segmentations:
//   ratio_w = log p(labels without those of word w) - log p(labels)
// Positive: the audio is explained better when the word was left out. With a_t(s) and b_t(s) of
// forward_backward.h, i the last label before the word and j the first after it, every path of the shorter
// sequence enters j at one frame, so
//   p(without w) = sum_t ( a_t(blank after i) + [i and j differ] a_t(i) ) b_{t+1}(j)
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"
#include "higgins/result.h"

namespace higgins::ctc {

/// [words] ratios in nats, exact, from one forward and one backward pass. `word_of_label` [labels] is
/// non-decreasing, and every word from 0 to `num_words` - 1 has labels. A text of one word against silence.
/// Errors: as ComputeGop().
Result<std::vector<double>> OmissionRatios(MatrixView<const float> log_posteriors,
                                           std::span<const int> labels, std::span<const int> word_of_label,
                                           int num_words, int blank);

}  // namespace higgins::ctc
