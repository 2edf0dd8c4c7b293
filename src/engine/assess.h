// The main path: from a recording and what was to be read to the report.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/pack.h"
#include "engine/stage_timer.h"
#include "higgins/assessor.h"
#include "higgins/result.h"
#include "types/clip.h"
#include "types/posteriors.h"
#include "types/prompt.h"
#include "types/quality.h"

namespace higgins {

/// What one request brings. Everything is borrowed for the call.
struct AssessRequest {
  std::span<const std::byte> encoded;  ///< a recording as a file has it, or
  const PcmView* pcm = nullptr;        ///< decoded samples; when given, `encoded` is not looked at, or
  const Clip* clip = nullptr;          ///< what the audio room made already; when given, neither is looked at
  std::string_view text;
  /// When not empty, the words and their phones, instead of what the lexicon makes of `text`.
  std::span<const WordPhones> labels;
  const AssessOptions& options;
};

/// A clip with what the first half of the path made of it. Borrowed for the call.
struct HeardClip {
  const Clip& clip;
  const Prompt& prompt;
  const Quality& quality;
  const Posteriors& posteriors;
};

/// kInvalidArgument for an option out of its range.
Result<void> CheckOptions(const AssessOptions& options);

/// Errors: as Assessor::Assess. Thread-safe; `timer` belongs to the request.
Result<Measurement> Assess(const Pack& pack, const AssessRequest& request);

/// The second half of the path: from the posteriors on. Errors: kAudioTooShort, kInternal. The stages are
/// appended to `timer`.
Result<Measurement> Score(const Pack& pack, const HeardClip& heard, const AssessOptions& options,
                          StageTimer& timer);

}  // namespace higgins
