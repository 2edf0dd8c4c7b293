// What of a text was read, and what was said beside it.
#pragma once

#include <cstddef>
#include <vector>

#include "types/gop_scores.h"

namespace higgins {

/// A stretch of speech that belongs to no word of the text.
struct Addition {
  int before_word = 0;  ///< the number of words: behind the last
  FrameSpan frames;
  double probability = 0.0;  ///< 0-1
  std::vector<int> heard;    ///< labels of its phones
  /// Words [begin, end) of the text, before, after or around the place, that are said once more; begin = end:
  /// none.
  int repeats_begin = 0;
  int repeats_end = 0;
};

struct Reading {
  std::vector<double> omission_probability;  ///< [words] 0-1
  std::vector<Addition> additions;           ///< in the order of the text, not overlapping
};

/// From this probability of omission on, the other words are judged as if this one were not in the text: a
/// word that is doubted is better there.
inline constexpr double kLeftOutFrom = 0.99;

inline bool IsJudged(const Reading& reading, int word) {
  return reading.omission_probability[static_cast<std::size_t>(word)] < kLeftOutFrom;
}

/// Whether so many phones stand for the whole text: half of it. Of fewer it is not certain which were said.
inline bool AreEnough(std::size_t num_phones_said, std::size_t num_phones) {
  return 2 * num_phones_said >= num_phones;
}

}  // namespace higgins
