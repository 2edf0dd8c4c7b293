// What the scorer graph reads. The fields are named as the graph's inputs; training builds them with the same
// code through the Python binding, so training and serving cannot drift.
#pragma once

#include <cstdint>
#include <vector>

#include "base/matrix.h"

namespace higgins {

struct ScorerInput {
  Matrix phone_features;      ///< [phones x features], order in scorer/features.h
  Matrix phone_states;        ///< [phones x 2 * state dimension]: segment mean, then occupancy-weighted mean
  Matrix insertion_features;  ///< [phones x labels]: GopScores::insertion_ratio after the phone, clip 30 / 10
  Matrix utterance_features;  ///< [1 x utterance features]
  Matrix utterance_states;    ///< [1 x 2 * state dimension]: mean, then standard deviation over the frames
  std::vector<std::int64_t> phone;  ///< [phones] label
  std::vector<std::int64_t>
      stress;                       ///< [phones] 0 consonant, 1 vowel, 2 the stressed vowel of a polysyllable
  std::vector<std::int64_t> place;  ///< [phones] in its word: 0 begin, 1 inside, 2 end, 3 single
  std::vector<std::int64_t> word_of_phone;  ///< [phones]
  Matrix word_pool;  ///< [words x phones], 1 / phones of the word for its phones, else 0
};

}  // namespace higgins
