#include "base/percentile.h"

#include <algorithm>
#include <cstddef>

namespace higgins {

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

}  // namespace higgins
