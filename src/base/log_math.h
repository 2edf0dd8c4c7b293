// Arithmetic on log-probabilities (natural logarithm, nats).
#pragma once

#include <cmath>
#include <limits>

namespace higgins {

inline constexpr double kLogZero = -std::numeric_limits<double>::infinity();

/// log(exp(a) + exp(b)); exact for -inf on either side.
inline double LogAdd(double a, double b) {
  if (a < b) {
    const double t = a;
    a = b;
    b = t;
  }
  if (b == kLogZero) return a;
  return a + std::log1p(std::exp(b - a));
}

}  // namespace higgins
