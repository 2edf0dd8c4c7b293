#include "transports/cli/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace higgins::cli {
namespace {

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Indices that put the scores in descending order.
std::vector<std::size_t> RankDescending(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

double Ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

OperatingPoint FromCounts(double threshold, double num_hits, double num_flagged, double num_positives,
                          double num_items) {
  OperatingPoint point;
  point.threshold = threshold;
  point.precision = Ratio(num_hits, num_flagged);
  point.recall = Ratio(num_hits, num_positives);
  point.f1 = Ratio(2.0 * num_hits, num_flagged + num_positives);
  point.flagged_share = Ratio(num_flagged, num_items);
  point.false_alarm_share = Ratio(num_flagged - num_hits, num_items - num_positives);
  return point;
}

}  // namespace

double Pearson(std::span<const double> predictions, std::span<const double> labels) {
  if (predictions.size() < 2) return 0.0;
  const double mean_x = Mean(predictions);
  const double mean_y = Mean(labels);
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const double x = predictions[i] - mean_x;
    const double y = labels[i] - mean_y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return xx > 0.0 && yy > 0.0 ? xy / std::sqrt(xx * yy) : 0.0;
}

double MeanSquaredError(std::span<const double> predictions, std::span<const double> labels) {
  double sum = 0.0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const double difference = predictions[i] - labels[i];
    sum += difference * difference;
  }
  return Ratio(sum, static_cast<double>(predictions.size()));
}

double AreaUnderRoc(std::span<const double> scores, const std::vector<bool>& is_positive) {
  const std::vector<std::size_t> order = RankDescending(scores);
  double num_positives = 0.0;
  double num_negatives = 0.0;
  double num_ordered_pairs = 0.0;
  for (std::size_t begin = 0; begin < order.size();) {
    double tied_positives = 0.0;
    double tied_negatives = 0.0;
    std::size_t end = begin;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) {
      (is_positive[order[end]] ? tied_positives : tied_negatives) += 1.0;
    }
    num_ordered_pairs += tied_negatives * (num_positives + tied_positives / 2.0);
    num_positives += tied_positives;
    num_negatives += tied_negatives;
    begin = end;
  }
  const double num_pairs = num_positives * num_negatives;
  return num_pairs > 0.0 ? num_ordered_pairs / num_pairs : 0.5;
}

OperatingPoint DetectionAt(double threshold, std::span<const double> scores,
                           const std::vector<bool>& is_positive) {
  double num_hits = 0.0;
  double num_flagged = 0.0;
  double num_positives = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool flagged = scores[i] >= threshold;
    num_flagged += flagged ? 1.0 : 0.0;
    num_positives += is_positive[i] ? 1.0 : 0.0;
    num_hits += flagged && is_positive[i] ? 1.0 : 0.0;
  }
  return FromCounts(threshold, num_hits, num_flagged, num_positives, static_cast<double>(scores.size()));
}

OperatingPoint BestF1(std::span<const double> scores, const std::vector<bool>& is_positive) {
  const auto num_positives = static_cast<double>(std::count(is_positive.begin(), is_positive.end(), true));
  const std::vector<std::size_t> order = RankDescending(scores);
  OperatingPoint best;
  double num_hits = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    num_hits += is_positive[order[k]] ? 1.0 : 0.0;
    // All items of one score are flagged together.
    if (k + 1 < order.size() && scores[order[k + 1]] == scores[order[k]]) continue;
    const OperatingPoint point = FromCounts(scores[order[k]], num_hits, static_cast<double>(k + 1),
                                            num_positives, static_cast<double>(scores.size()));
    if (point.f1 > best.f1) best = point;
  }
  return best;
}

int EditDistance(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const double position = percent / 100.0 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace higgins::cli
