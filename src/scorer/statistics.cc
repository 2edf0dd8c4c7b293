#include "scorer/statistics.h"

#include <algorithm>

namespace higgins::scorer {

double Percentile(std::span<float> values, double percent) {
  if (values.empty()) return 0.0;
  const double rank = percent / 100.0 * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::ptrdiff_t>(rank);
  const auto middle = values.begin() + low;
  std::nth_element(values.begin(), middle, values.end());
  const double below = *middle;
  if (middle + 1 == values.end()) return below;
  const double above = *std::min_element(middle + 1, values.end());
  return below + (rank - static_cast<double>(low)) * (above - below);
}

MeanAndDeviation Moments(std::span<const float> values) {
  if (values.empty()) return {};
  double sum = 0.0;
  for (const float value : values) sum += value;
  MeanAndDeviation result;
  result.mean = sum / static_cast<double>(values.size());
  double squares = 0.0;
  for (const float value : values) squares += (value - result.mean) * (value - result.mean);
  result.deviation = std::sqrt(squares / static_cast<double>(values.size()));
  return result;
}

}  // namespace higgins::scorer
