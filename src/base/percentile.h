// Percentiles of a few values.
#pragma once

#include <span>

namespace higgins {

/// Linear interpolation between order statistics, as numpy.percentile; 0 when empty. Reorders `values`.
double Percentile(std::span<float> values, double percent);

}  // namespace higgins
