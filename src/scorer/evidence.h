// The arguments of BuildScorerInput in one place, with what several groups of features share. Borrowed: lives
// for one call.
#pragma once

#include <vector>

#include "types/gop_scores.h"
#include "types/posteriors.h"
#include "types/prompt.h"
#include "types/prosody.h"
#include "types/scorer_input.h"

namespace higgins::scorer {

struct Evidence {
  const CanonicalPhones& phones;
  const Posteriors& posteriors;
  const Alignment& alignment;
  const GopScores& gop;
  const Prosody& prosody;
  const std::vector<Pause>& pauses;
  int blank;
  std::vector<FrameSpan> segments;  ///< [phones]
  float loud_db = 0.0F;             ///< 90th percentile of the energy
  float median_log2_f0 = 0.0F;      ///< 0 when nothing is voiced
  std::vector<float> log2_f0;       ///< [frames]; 0 where unvoiced (no voice is at 1 Hz)

  int num_phones() const { return phones.num_phones(); }
  int num_frames() const { return posteriors.num_frames(); }
  int num_labels() const { return posteriors.log_posteriors.columns(); }
  double frame_shift_s() const { return posteriors.frame_shift_ms / 1000.0; }
};

void FillPhoneFeatures(const Evidence& evidence, Matrix& features);
void FillUtteranceFeatures(const Evidence& evidence, Matrix& features);
void FillInsertionFeatures(const Evidence& evidence, Matrix& features);
void FillPhoneStates(const Evidence& evidence, Matrix& states);
void FillUtteranceStates(const Evidence& evidence, Matrix& states);

}  // namespace higgins::scorer
