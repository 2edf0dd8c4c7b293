#include "scorer/statistics.h"

namespace higgins::scorer {

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
