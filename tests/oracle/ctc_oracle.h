// What CTC means, computed without any of its algorithms: every path over the frames is written down,
// collapsed and added to its labelling. Exponential; for tests of a few frames. And the textbook log-domain
// forward pass, one labelling at a time, for larger ones. Nothing here is shared with src/ctc.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "base/matrix.h"

namespace higgins::oracle {

using Labels = std::vector<int>;

inline constexpr double kNever = -std::numeric_limits<double>::infinity();

/// Repeats merged, then blanks dropped.
inline Labels Collapse(std::span<const int> path, int blank) {
  Labels labels;
  int previous = blank;
  for (const int label : path) {
    if (label != blank && label != previous) labels.push_back(label);
    previous = label;
  }
  return labels;
}

struct Labelling {
  double probability = 0.0;   ///< of all its paths
  double best_path = kNever;  ///< log probability of its best path
  std::vector<std::vector<double>>
      emission;  ///< [labels][frames] probability of the paths that emit it there
};

/// All labellings that `log_posteriors` [frames x labels] can have. Paths: labels ^ frames.
inline std::map<Labels, Labelling> EnumeratePaths(MatrixView<const float> log_posteriors, int blank) {
  std::map<Labels, Labelling> labellings;
  const auto num_frames = static_cast<std::size_t>(log_posteriors.rows());
  std::vector<int> path(num_frames, 0);
  while (true) {
    double log_probability = 0.0;
    for (std::size_t t = 0; t < num_frames; ++t)
      log_probability += log_posteriors(static_cast<int>(t), path[t]);
    const Labels labels = Collapse(path, blank);
    Labelling& labelling = labellings[labels];
    labelling.emission.resize(labels.size(), std::vector<double>(num_frames, 0.0));
    labelling.probability += std::exp(log_probability);
    labelling.best_path = std::max(labelling.best_path, log_probability);
    for (std::size_t t = 0; t < num_frames; ++t) {
      if (path[t] == blank) continue;
      const std::size_t index = Collapse(std::span(path).first(t + 1), blank).size() - 1;
      labelling.emission[index][t] += std::exp(log_probability);
    }
    std::size_t t = 0;
    while (t < num_frames && ++path[t] == log_posteriors.columns()) path[t++] = 0;
    if (t == num_frames) return labellings;
  }
}

/// log p(labels) by the textbook recursion in the log domain; kNever when the frames cannot hold the labels.
inline double LogLikelihood(MatrixView<const float> log_posteriors, const Labels& labels, int blank) {
  std::vector<int> states{blank};
  for (const int label : labels) {
    states.push_back(label);
    states.push_back(blank);
  }
  const auto log_sum = [](std::initializer_list<double> terms) {
    const double largest = std::max(terms);
    if (largest == kNever) return kNever;
    double sum = 0.0;
    for (const double term : terms) sum += std::exp(term - largest);
    return largest + std::log(sum);
  };
  std::vector<double> row(states.size(), kNever);
  row[0] = log_posteriors(0, blank);
  if (!labels.empty()) row[1] = log_posteriors(0, labels[0]);
  for (int t = 1; t < log_posteriors.rows(); ++t) {
    std::vector<double> next(states.size());
    for (std::size_t s = 0; s < states.size(); ++s) {
      const bool may_skip = s >= 2 && states[s] != blank && states[s] != states[s - 2];
      next[s] = log_sum({row[s], s >= 1 ? row[s - 1] : kNever, may_skip ? row[s - 2] : kNever}) +
                log_posteriors(t, states[s]);
    }
    row = next;
  }
  return labels.empty() ? row[0] : log_sum({row[row.size() - 1], row[row.size() - 2]});
}

inline Labels Substituted(Labels labels, std::size_t index, int label) {
  labels[index] = label;
  return labels;
}
inline Labels Deleted(Labels labels, std::size_t index) {
  labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(index));
  return labels;
}
inline Labels Inserted(Labels labels, std::size_t position, int label) {
  labels.insert(labels.begin() + static_cast<std::ptrdiff_t>(position), label);
  return labels;
}

}  // namespace higgins::oracle
