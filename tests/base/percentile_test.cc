#include "base/percentile.h"

#include <gtest/gtest.h>

#include <vector>

namespace higgins {
namespace {

double Of(std::vector<float> values, double percent) { return Percentile(values, percent); }

// numpy.percentile says the same.
TEST(Percentile, InterpolatesBetweenOrderStatistics) {
  const std::vector<float> values{5.0F, 1.0F, 4.0F, 2.0F};
  EXPECT_DOUBLE_EQ(Of(values, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(Of(values, 50.0), 3.0);
  EXPECT_DOUBLE_EQ(Of(values, 90.0), 4.7);
  EXPECT_DOUBLE_EQ(Of(values, 100.0), 5.0);
  EXPECT_DOUBLE_EQ(Of({7.0F}, 5.0), 7.0);
  EXPECT_DOUBLE_EQ(Of({}, 50.0), 0.0);
}

}  // namespace
}  // namespace higgins
