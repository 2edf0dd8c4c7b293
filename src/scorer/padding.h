// The runtime compiles the graph anew for every number of phones and words that it meets, and keeps what it
// compiled: with a scorer of 390 nodes, 15 ms and 5 MB each time. Inputs are therefore padded to a few
// lengths, and the graph is told what is real.
#pragma once

#include <vector>

#include "types/scorer_input.h"

namespace higgins::scorer {

struct PaddedInput {
  ScorerInput input;
  std::vector<float> phone_valid;  ///< [padded phones] 1 for a phone, 0 for padding
  std::vector<float> word_valid;   ///< [padded words]
};

/// The next multiple of 16, beyond 64 of 64.
int PaddedPhones(int num_phones);
/// The next multiple of 8, beyond 32 of 32.
int PaddedWords(int num_words);

/// Every field with zeros behind, to PaddedPhones and PaddedWords.
PaddedInput Pad(const ScorerInput& input);

/// As it is, all of it valid: for graphs that know no padding.
PaddedInput WithoutPadding(const ScorerInput& input);

}  // namespace higgins::scorer
