// Small statistics on frame tracks.
#pragma once

#include <cmath>
#include <span>
#include <vector>

namespace higgins::scorer {

/// value within [-limit, limit] divided by scale; NaN becomes 0, infinities the limit.
inline float ClipScale(double value, double limit, double scale) {
  if (std::isnan(value)) return 0.0F;
  if (value > limit) value = limit;
  if (value < -limit) value = -limit;
  return static_cast<float>(value / scale);
}

struct MeanAndDeviation {
  double mean = 0.0;
  double deviation = 0.0;  ///< population standard deviation
};
MeanAndDeviation Moments(std::span<const float> values);  ///< zeros when empty

/// Running least-squares slope of y over x.
class SlopeFit {
 public:
  void Add(double x, double y) {
    ++count_;
    x_ += x;
    y_ += y;
    xx_ += x * x;
    xy_ += x * y;
  }
  /// y per x; 0 with fewer than two different x.
  double Slope() const {
    const double spread = count_ * xx_ - x_ * x_;
    return count_ < 2 || spread <= 1e-9 ? 0.0 : (count_ * xy_ - x_ * y_) / spread;
  }

 private:
  int count_ = 0;
  double x_ = 0.0, y_ = 0.0, xx_ = 0.0, xy_ = 0.0;
};

}  // namespace higgins::scorer
