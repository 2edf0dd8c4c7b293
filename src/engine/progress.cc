#include "engine/progress.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "ctc/align.h"
#include "engine/assess.h"
#include "engine/prompts.h"
#include "quality/quality.h"

namespace higgins {
namespace {

struct Reached {
  int num_words = 0;
  int end_frame = 0;  ///< where the next word begins; all frames when it has not begun
};

/// The citation forms will do to find the place; the words' own pronunciations are chosen when they are
/// scored.
Result<Reached> FindReached(const Pack& pack, const Prompt& prompt, const Posteriors& posteriors) {
  const CanonicalPhones canonical = Flatten(prompt, std::vector<int>(prompt.words.size(), 0));
  const std::vector<int> labels = Labels(canonical);
  const Result<Alignment> prefix =
      ctc::AlignPrefix(posteriors.log_posteriors.view(), labels, pack.phone_set.blank());
  if (!prefix) return prefix.error();
  const std::size_t num_said = prefix->phones.size();
  if (num_said == labels.size()) return Reached{canonical.num_words, posteriors.num_frames()};
  const int next_word = canonical.word_of_phone[num_said];  // not complete, perhaps begun
  Reached reached{next_word, posteriors.num_frames()};
  for (std::size_t i = 0; i < num_said; ++i) {
    if (canonical.word_of_phone[i] != next_word) continue;
    reached.end_frame = prefix->phones[i].begin;
    break;
  }
  return reached;
}

}  // namespace

Result<SessionProgress> ProgressOf(const Pack& pack, const Prompt& prompt, const Clip& clip,
                                   const AssessOptions& options) {
  SessionProgress progress;
  progress.audio_ms = static_cast<int>(clip.duration_ms());
  const Quality quality = quality::Measure(clip);
  if (!quality::Gate(quality, clip, 1)) return progress;
  Result<Posteriors> posteriors = pack.acoustic->Run(clip);
  if (!posteriors) return posteriors.error();
  const Result<Reached> reached = FindReached(pack, prompt, *posteriors);
  if (!reached) return reached.error();
  if (reached->num_words == 0 || reached->end_frame == 0) return progress;

  const Prompt said{prompt.text, {prompt.words.begin(), prompt.words.begin() + reached->num_words}};
  const std::size_t samples_per_frame =
      clip.samples.size() / static_cast<std::size_t>(posteriors->num_frames());
  Clip heard;
  heard.samples.assign(
      clip.samples.begin(),
      clip.samples.begin() +
          static_cast<std::ptrdiff_t>(samples_per_frame * static_cast<std::size_t>(reached->end_frame)));
  for (Matrix* matrix : {&posteriors->log_posteriors, &posteriors->states}) {
    *matrix = Matrix(matrix->view().rows_between(0, reached->end_frame));
  }
  StageTimer timer;
  Result<Measurement> scored = Score(
      pack, {.clip = heard, .prompt = said, .quality = quality, .posteriors = *posteriors}, options, timer);
  if (!scored) return scored.error().code == ErrorCode::kAudioTooShort ? Result(progress) : scored.error();
  progress.words = std::move(scored->report.words);
  return progress;
}

}  // namespace higgins
