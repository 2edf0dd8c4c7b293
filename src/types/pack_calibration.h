#pragma once

#include <vector>

namespace higgins {

/// Operating points that were chosen on speakers held out of what was fitted, and travel with the pack
/// (manifest.json, "calibration").
struct Calibration {
  /// error_probability = sigmoid(scale * logit + offset) of the scorer's detection logit.
  double detection_scale = 1.0;
  double detection_offset = 0.0;
  double detection_threshold = 0.5;  ///< a phone is flagged when error_probability >= this
  /// Scores::insertion_logit = scale * logit + offset of what the scorer says of insertions.
  double insertion_scale = 1.0;
  double insertion_offset = 0.0;
  /// An insertion is reported when Scores::insertion_logit >= this; of a graph that says nothing of
  /// insertions, when -insertion_ratio >= this.
  double insertion_threshold_nats = 0;
  /// Slope and offset that turn the graph's raw score into 0-1, per output; identity when absent.
  double score_scale = 1.0;
  double score_offset = 0.0;
};

}  // namespace higgins
