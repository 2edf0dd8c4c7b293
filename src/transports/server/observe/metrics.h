// Counters, gauges and histograms in the Prometheus text format (version 0.0.4). Every family is a row of the
// table in metrics.cc; labels only ever hold what the server itself chose (route patterns, problem names),
// never what a client sent, so their number is bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace higgins::server::observe {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Thread-safe.
class Metrics {
 public:
  Metrics();
  /// Adds to a counter, or to a gauge. Unknown families are ignored.
  void Add(std::string_view family, const Labels& labels = {}, double amount = 1);
  /// Into a histogram.
  void Observe(std::string_view family, const Labels& labels, double value);
  /// A gauge that is asked for when the metrics are read. `read` must be thread-safe.
  void SetGauge(std::string_view family, const Labels& labels, std::function<double()> read);
  /// Of a counter or gauge, for tests and for the log.
  double Value(std::string_view family, const Labels& labels = {}) const;

  std::string Render() const;

 private:
  struct Series {
    double value = 0;                         ///< a counter's or gauge's, or the sum of a histogram
    std::vector<std::int64_t> bucket_counts;  ///< of a histogram, the last is +Inf
    std::function<double()> read;
  };
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, Series>, std::less<>>
      families_;  ///< by name, then by label text
};

}  // namespace higgins::server::observe
