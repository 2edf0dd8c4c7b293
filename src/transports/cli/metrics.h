// The figures that pronunciation assessment is compared by. All are plain functions of predictions and
// labels.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace higgins::cli {

/// Pearson's correlation. 0 when either side is constant or there are fewer than two values.
double Pearson(std::span<const double> predictions, std::span<const double> labels);

/// Mean of the squared differences; 0 of nothing.
double MeanSquaredError(std::span<const double> predictions, std::span<const double> labels);

/// Area under the ROC curve: the probability that a positive is ranked above a negative, ties counting half
/// (Mann-Whitney U). 0.5 when one of the classes is empty.
double AreaUnderRoc(std::span<const double> scores, const std::vector<bool>& is_positive);

/// What a detector does at one threshold: an item is flagged when its score >= threshold.
struct OperatingPoint {
  double threshold = 0.0;
  double precision = 0.0;  ///< 0 when nothing is flagged
  double recall = 0.0;     ///< 0 when there is no positive
  double f1 = 0.0;
  double flagged_share = 0.0;      ///< of all items
  double false_alarm_share = 0.0;  ///< of the negatives
};

OperatingPoint DetectionAt(double threshold, std::span<const double> scores,
                           const std::vector<bool>& is_positive);

/// The operating point of the highest F1 over all thresholds that occur among the scores; of equal ones the
/// highest.
OperatingPoint BestF1(std::span<const double> scores, const std::vector<bool>& is_positive);

/// Levenshtein distance: fewest insertions, deletions and substitutions that turn one into the other.
int EditDistance(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// The value below which `percent` of the values lie, linearly interpolated (numpy's default); 0 of nothing.
double Percentile(std::vector<double> values, double percent);

}  // namespace higgins::cli
