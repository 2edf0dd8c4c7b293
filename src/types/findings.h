// What diagnosis decided.
#pragma once

#include <string>
#include <vector>

#include "higgins/report.h"
#include "types/gop_scores.h"

namespace higgins {

/// The probability that the text was read, below which the report says that it was not.
inline constexpr double kTextMismatchBelow = 0.5;

struct Finding {
  int phone_index =
      0;  ///< canonical phone; for an insertion, the phone before which the extra one was said (N: after)
  PhoneErrorKind kind = PhoneErrorKind::kNone;
  int heard = 0;                   ///< label that was heard; the blank for a deletion
  double probability = 0.0;        ///< posterior of this alternative among all, 0-1
  double error_probability = 0.0;  ///< calibrated, 0-1
  std::string suggestion;
  int word_index = 0;  ///< the word it belongs to; says to which side an insertion between two words goes
};

/// A phone that may have been said in a place.
struct RankedPhone {
  int label = 0;
  double probability = 0.0;  ///< posterior among all alternatives, 0-1
};

struct JudgedPause {
  int after_word = 0;
  int before_word = 0;
  FrameSpan frames;
  bool at_mark = false;              ///< the text has a punctuation mark there
  double noticed_probability = 0.0;  ///< that a listener finds the speech less fluent for it, 0-1
};

struct Findings {
  std::vector<Finding> items;  ///< by phone_index; an insertion before the phone comes first
  std::vector<double>
      canonical_probability;  ///< [phones] posterior of the canonical phone among all alternatives, 0-1
  /// [phones] the likeliest phones in each place, likeliest first; empty unless they were asked for.
  std::vector<std::vector<RankedPhone>> ranked;
  double text_match = 1.0;  ///< probability that the text is what was read, 0-1
};

}  // namespace higgins
