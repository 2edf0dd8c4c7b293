#include "ctc/omission.h"

#include <algorithm>
#include <cstddef>

#include "ctc/forward_backward.h"
#include "ctc/input.h"

namespace higgins::ctc {
namespace {

/// p of the labels outside [begin, end).
WideDouble WithoutLabels(const ForwardBackward& lattice, std::span<const int> labels, std::size_t begin,
                         std::size_t end) {
  const auto before = 2 * static_cast<int>(begin);   // the blank after the last label that stays
  const auto after = 2 * static_cast<int>(end) + 1;  // the next label that stays
  const int last = lattice.num_frames - 1;
  if (end == labels.size()) {
    WideDouble total = lattice.alpha(last, before);
    if (begin > 0) total += lattice.alpha(last, before - 1);
    return total;
  }
  const bool may_skip_blank = begin > 0 && labels[begin - 1] != labels[end];
  WideDouble total;
  if (begin == 0) total += lattice.beta(0, after);
  for (int t = 0; t < last; ++t) {
    WideDouble left = lattice.alpha(t, before);
    if (may_skip_blank) left += lattice.alpha(t, before - 1);
    total += left * lattice.beta(t + 1, after);
  }
  return total;
}

}  // namespace

Result<std::vector<double>> OmissionRatios(MatrixView<const float> log_posteriors,
                                           std::span<const int> labels, std::span<const int> word_of_label,
                                           int num_words, int blank) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  if (word_of_label.size() != labels.size()) {
    return Error{ErrorCode::kInvalidArgument, "word_of_label: expected one entry a label"};
  }
  const ForwardBackward lattice = RunForwardBackward(LinearPosteriors(log_posteriors), labels, blank);
  std::vector<double> ratios(static_cast<std::size_t>(num_words), 0.0);
  for (int w = 0; w < num_words; ++w) {
    const auto [first, last] = std::equal_range(word_of_label.begin(), word_of_label.end(), w);
    if (first == last) continue;
    const WideDouble without =
        WithoutLabels(lattice, labels, static_cast<std::size_t>(first - word_of_label.begin()),
                      static_cast<std::size_t>(last - word_of_label.begin()));
    ratios[static_cast<std::size_t>(w)] = without.Log() - lattice.likelihood.Log();
  }
  return ratios;
}

}  // namespace higgins::ctc
