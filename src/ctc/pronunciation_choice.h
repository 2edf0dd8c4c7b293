// Which of its pronunciations each word was read with.
#pragma once

#include <vector>

#include "base/matrix.h"
#include "higgins/result.h"
#include "types/prompt.h"

namespace higgins::ctc {

/// For every word the index of its pronunciation on the best CTC path (Viterbi) through the network of all
/// words' all pronunciations; `log_posteriors` [frames x labels, nats]. Of equal paths the one with the
/// earlier pronunciations wins, so the citation form when nothing tells. A prompt without a choice returns at
/// once. kInvalidArgument: no words, a word without phones, a label that is out of range or the blank, NaN;
/// kAudioTooShort: fewer frames than any choice needs.
Result<std::vector<int>> ChoosePronunciations(MatrixView<const float> log_posteriors, const Prompt& prompt,
                                              int blank);

}  // namespace higgins::ctc
