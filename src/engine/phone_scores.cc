#include "engine/phone_scores.h"

#include <utility>

#include "ctc/align.h"
#include "ctc/gop.h"
#include "ctc/pronunciation_choice.h"
#include "engine/prompts.h"
#include "prosody/pauses.h"
#include "scorer/features.h"

namespace higgins {

Result<PhoneScores> ScorePhones(const Pack& pack, const Prompt& prompt, const Posteriors& posteriors,
                                const Prosody& prosody, StageTimer& timer) {
  const int blank = pack.phone_set.blank();
  const MatrixView<const float> log_posteriors = posteriors.log_posteriors.view();
  PhoneScores out;
  Result<std::vector<int>> chosen = ctc::ChoosePronunciations(log_posteriors, prompt, blank);
  if (!chosen) return chosen.error();
  out.chosen = *std::move(chosen);
  out.canonical = Flatten(prompt, out.chosen);
  out.labels = Labels(out.canonical);
  Result<Alignment> alignment = ctc::Align(log_posteriors, out.labels, blank);
  if (!alignment) return alignment.error();
  out.alignment = *std::move(alignment);
  Result<GopScores> gop = ctc::ComputeGop(log_posteriors, out.labels, out.alignment, blank);
  if (!gop) return gop.error();
  out.gop = *std::move(gop);
  timer.Lap("lattice");

  const std::vector<Pause> pauses =
      FindPauses(out.canonical, out.alignment, prosody, posteriors.frame_shift_ms);
  const Result<ScorerInput> input =
      BuildScorerInput(out.canonical, posteriors, out.alignment, out.gop, prosody, pauses, blank);
  if (!input) return input.error();
  Result<Scores> scores = pack.scorer->Run(*input);
  if (!scores) return scores.error();
  out.scores = *std::move(scores);
  timer.Lap("scorer");
  return out;
}

}  // namespace higgins
