#include "diagnosis/text_match.h"

#include <algorithm>
#include <cmath>

namespace higgins {
namespace {

constexpr double kFloorNats = -10.0;
constexpr double kPriorPhones = 2.0;
constexpr double kPriorNats = -0.6;
constexpr double kSlope = 3.0;  // for each nat of the mean
constexpr double kMiddleNats = -4.8;

}  // namespace

double FlooredSum(const std::vector<float>& gop_sd) {
  double sum = 0.0;
  for (const float gop : gop_sd) sum += std::max(kFloorNats, static_cast<double>(gop));
  return sum;
}

double TextMatch(const std::vector<float>& gop_sd) {
  if (gop_sd.empty()) return 1.0;
  const double sum = kPriorPhones * kPriorNats + FlooredSum(gop_sd);
  const double mean = sum / (static_cast<double>(gop_sd.size()) + kPriorPhones);
  return 1.0 / (1.0 + std::exp(-kSlope * (mean - kMiddleNats)));
}

}  // namespace higgins
