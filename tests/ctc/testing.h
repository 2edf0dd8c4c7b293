// Posteriors and labels for the tests of this room.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "base/matrix.h"

namespace higgins::ctc {

/// log softmax of `spread` times standard normal numbers, [frames x labels]; the larger the spread, the
/// surer.
inline Matrix RandomLogPosteriors(std::mt19937& random, int num_frames, int num_labels, double spread) {
  std::normal_distribution<double> normal(0.0, spread);
  Matrix result(num_frames, num_labels);
  std::vector<double> logits(static_cast<std::size_t>(num_labels));
  for (int t = 0; t < num_frames; ++t) {
    double sum = 0.0;
    for (double& logit : logits) sum += std::exp(logit = normal(random));
    for (int v = 0; v < num_labels; ++v) {
      result(t, v) = static_cast<float>(logits[static_cast<std::size_t>(v)] - std::log(sum));
    }
  }
  return result;
}

/// Random phones (never the blank, 0); about every fourth repeats its neighbour.
inline std::vector<int> RandomLabels(std::mt19937& random, int num_phones, int num_labels) {
  std::uniform_int_distribution<int> any(1, num_labels - 1);
  std::vector<int> labels;
  for (int i = 0; i < num_phones; ++i)
    labels.push_back(i > 0 && random() % 4 == 0 ? labels.back() : any(random));
  return labels;
}

/// As a trained model's: evenly spread, each label is surest in one to three frames, the blank (0) in the
/// others.
inline Matrix SpokenLogPosteriors(std::mt19937& random, const std::vector<int>& labels, int num_frames,
                                  int num_labels) {
  constexpr float kNats = 12.0F;
  Matrix result = RandomLogPosteriors(random, num_frames, num_labels, 2.0);
  std::vector<int> path(static_cast<std::size_t>(num_frames), 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t begin = i * path.size() / labels.size();
    const std::size_t end = std::min(begin + 1 + random() % 3, (i + 1) * path.size() / labels.size() - 1);
    std::fill(path.begin() + static_cast<std::ptrdiff_t>(begin),
              path.begin() + static_cast<std::ptrdiff_t>(end), labels[i]);
  }
  for (int t = 0; t < num_frames; ++t) {
    result(t, path[static_cast<std::size_t>(t)]) += kNats;
    double sum = 0.0;
    for (const float value : result.row(t)) sum += std::exp(static_cast<double>(value));
    for (float& value : result.row(t)) value -= static_cast<float>(std::log(sum));
  }
  return result;
}

}  // namespace higgins::ctc
