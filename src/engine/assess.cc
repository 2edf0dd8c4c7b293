#include "engine/assess.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "audio/decode.h"
#include "ctc/align.h"
#include "ctc/free_decode.h"
#include "ctc/gop.h"
#include "ctc/pronunciation_choice.h"
#include "diagnosis/diagnose.h"
#include "engine/omissions.h"
#include "engine/prompts.h"
#include "prosody/prosody.h"
#include "quality/quality.h"
#include "report/assemble.h"
#include "scorer/features.h"

namespace higgins {
namespace {

std::vector<std::string> HeardPhones(const Pack& pack, const Posteriors& posteriors) {
  std::vector<std::string> names;
  for (const ctc::DecodedPhone& phone :
       ctc::FreeDecode(posteriors.log_posteriors.view(), pack.phone_set.blank())) {
    names.push_back(pack.phone_set.name(phone.label));
  }
  return names;
}

Result<Clip> DecodedClip(const AssessRequest& request) {
  if (request.clip != nullptr) return *request.clip;
  return request.pcm != nullptr ? audio::FromPcm(*request.pcm, request.options.audio)
                                : audio::Decode(request.encoded, request.options.audio);
}

}  // namespace

Result<void> CheckOptions(const AssessOptions& options) {
  if (!(options.strictness >= -5.0 && options.strictness <= 5.0)) {  // NaN is refused too
    return Error{ErrorCode::kInvalidArgument,
                 "strictness: expected -5 to 5, got " + std::to_string(options.strictness)};
  }
  if (options.num_alternatives < 0 || options.num_alternatives > 100) {
    return Error{ErrorCode::kInvalidArgument,
                 "num_alternatives: expected 0 to 100, got " + std::to_string(options.num_alternatives)};
  }
  return {};
}

// A step without a check cannot fail.
Result<Measurement> Assess(const Pack& pack, const AssessRequest& request) {
  StageTimer timer;
  const Result<void> options_checked = CheckOptions(request.options);
  if (!options_checked) return options_checked.error();

  const Result<Clip> clip = DecodedClip(request);
  if (!clip) return clip.error();
  timer.Lap("decode");

  const Result<Prompt> prompt = request.labels.empty()
                                    ? LookupPrompt(pack, request.text, request.options.pronunciations)
                                    : PromptFromLabels(pack.phone_set, request.text, request.labels);
  if (!prompt) return prompt.error();
  timer.Lap("lexicon");

  const Quality quality = quality::Measure(*clip);
  const Result<void> usable = quality::Gate(quality, *clip, FewestPhones(*prompt));
  if (!usable) return usable.error();
  timer.Lap("quality");

  const Result<Posteriors> posteriors = pack.acoustic->Run(*clip);
  if (!posteriors) return posteriors.error();
  timer.Lap("acoustic");

  return Score(pack, {.clip = *clip, .prompt = *prompt, .quality = quality, .posteriors = *posteriors},
               request.options, timer);
}

Result<Measurement> Score(const Pack& pack, const HeardClip& heard, const AssessOptions& options,
                          StageTimer& timer) {
  const auto& [clip, prompt, quality, posteriors] = heard;
  const int blank = pack.phone_set.blank();
  const MatrixView<const float> log_posteriors = posteriors.log_posteriors.view();
  const Result<std::vector<int>> chosen = ctc::ChoosePronunciations(log_posteriors, prompt, blank);
  if (!chosen) return chosen.error();
  const CanonicalPhones canonical = Flatten(prompt, *chosen);
  const std::vector<int> labels = Labels(canonical);
  const Result<Alignment> alignment = ctc::Align(log_posteriors, labels, blank);
  if (!alignment) return alignment.error();
  const Result<GopScores> gop = ctc::ComputeGop(log_posteriors, labels, *alignment, blank);
  if (!gop) return gop.error();
  timer.Lap("lattice");

  const Prosody prosody = ComputeProsody(clip, posteriors.num_frames(), posteriors.frame_shift_ms);
  timer.Lap("prosody");

  const Result<ScorerInput> scorer_input =
      BuildScorerInput(canonical, posteriors, *alignment, *gop, prosody, blank);
  if (!scorer_input) return scorer_input.error();
  const Result<Scores> scores = pack.scorer->Run(*scorer_input);
  if (!scores) return scores.error();
  timer.Lap("scorer");

  const Result<std::vector<double>> omissions = Omissions(log_posteriors, labels, canonical, *scores, blank);
  if (!omissions) return omissions.error();
  const Findings findings = Diagnose({.canonical = canonical,
                                      .gop = *gop,
                                      .scores = *scores,
                                      .omissions = *omissions,
                                      .calibration = pack.calibration,
                                      .phones = pack.phone_set,
                                      .advice = pack.advice,
                                      .strictness = options.strictness,
                                      .num_alternatives = options.num_alternatives});
  timer.Lap("diagnosis");

  Measurement out;
  out.report = Assemble({.prompt = prompt,
                         .chosen = *chosen,
                         .canonical = canonical,
                         .alignment = *alignment,
                         .gop = *gop,
                         .scores = *scores,
                         .findings = findings,
                         .quality = quality,
                         .phones = pack.phone_set,
                         .ipa = [&pack](const Phone& phone) { return pack.advice.Ipa(phone); },
                         .frame_shift_ms = posteriors.frame_shift_ms,
                         .language = pack.info.language,
                         .engine_version = EngineVersion(),
                         .pack_version = pack.info.version});
  out.heard = HeardPhones(pack, posteriors);
  timer.Lap("report");
  out.stages = timer.stages();
  return out;
}

}  // namespace higgins
