#include "engine/assess.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "audio/decode.h"
#include "ctc/free_decode.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/pauses.h"
#include "engine/phone_scores.h"
#include "engine/prompts.h"
#include "engine/reading.h"
#include "engine/what_was_said.h"
#include "prosody/prosody.h"
#include "quality/quality.h"
#include "report/assemble.h"

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
  const Prosody prosody = ComputeProsody(clip, posteriors.num_frames(), posteriors.frame_shift_ms);
  timer.Lap("prosody");

  Result<PhoneScores> whole = ScorePhones(pack, prompt, posteriors, prosody, timer);
  if (!whole) return whole.error();
  const Result<Reading> reading = Read(posteriors.log_posteriors.view(), *whole, pack.phone_set.blank());
  if (!reading) return reading.error();
  const Result<PhoneScores> said =
      ScoreWhatWasSaid(pack, prompt, posteriors, prosody, *reading, *std::move(whole));
  if (!said) return said.error();
  timer.Lap("reading");

  const Findings findings = Diagnose({.canonical = said->canonical,
                                      .gop = said->gop,
                                      .scores = said->scores,
                                      .reading = *reading,
                                      .calibration = pack.calibration,
                                      .phones = pack.phone_set,
                                      .advice = pack.advice,
                                      .strictness = options.strictness,
                                      .num_alternatives = options.num_alternatives});
  const std::vector<JudgedPause> pauses =
      JudgePauses(PausesBetween(*said, *reading, prosody, posteriors.frame_shift_ms), said->canonical, prompt,
                  posteriors.frame_shift_ms);
  timer.Lap("diagnosis");

  Measurement out;
  out.report = Assemble({.prompt = prompt,
                         .chosen = said->chosen,
                         .canonical = said->canonical,
                         .alignment = said->alignment,
                         .gop = said->gop,
                         .scores = said->scores,
                         .reading = *reading,
                         .findings = findings,
                         .pauses = pauses,
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
