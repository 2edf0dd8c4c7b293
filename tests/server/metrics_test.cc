#include "transports/server/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace higgins::server::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Metrics metrics;
  metrics.Add("higgins_rejections_total", {{"reason", "a\"b\\c"}}, 2);
  metrics.Observe("higgins_stage_seconds", {{"stage", "decode"}}, 0.002);
  metrics.Observe("higgins_stage_seconds", {{"stage", "decode"}}, 100);
  metrics.SetGauge("higgins_workers", {}, [] { return 2.0; });
  const std::string text = metrics.Render();
  EXPECT_THAT(
      text,
      HasSubstr(
          "# TYPE higgins_rejections_total counter\nhiggins_rejections_total{reason=\"a\\\"b\\\\c\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE higgins_stage_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("higgins_stage_seconds_bucket{stage=\"decode\",le=\"0.001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("higgins_stage_seconds_bucket{stage=\"decode\",le=\"0.0025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("higgins_stage_seconds_bucket{stage=\"decode\",le=\"10\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("higgins_stage_seconds_bucket{stage=\"decode\",le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("higgins_stage_seconds_count{stage=\"decode\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE higgins_workers gauge\nhiggins_workers 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("higgins_reloads_total")));
}

TEST(Metrics, IgnoreFamiliesThatAreNotInTheTable) {
  Metrics metrics;
  metrics.Add("higgins_nonsense");
  EXPECT_EQ(metrics.Render(), "");
  EXPECT_EQ(metrics.Value("higgins_nonsense"), 0);
}

}  // namespace
}  // namespace higgins::server::observe
