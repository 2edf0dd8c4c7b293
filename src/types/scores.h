#pragma once

#include <vector>

#include "base/matrix.h"

namespace higgins {

/// The scorer's answer, every score clamped to 0-1.
struct Scores {
  std::vector<float> phone;              ///< [phones]
  std::vector<float> error_probability;  ///< [phones] calibrated probability that a phone is mispronounced
  /// [phones] calibrated log-odds, nats, that a sound which is not in the text follows the phone; empty: the
  /// graph says nothing of insertions.
  std::vector<float> insertion_logit;
  /// [phones x labels] log-odds, nats, up to a constant of the row, that each label was said in the place of
  /// the phone; the blank's: that nothing was. No rows: the graph does not say.
  Matrix heard_logit;
  std::vector<float> word_accuracy;  ///< [words]
  std::vector<float> word_stress;    ///< [words]
  std::vector<float> word_total;     ///< [words]
  float accuracy = 0.0F;
  float fluency = 0.0F;
  float prosody = 0.0F;
  float completeness = 0.0F;
  float total = 0.0F;
};

}  // namespace higgins
