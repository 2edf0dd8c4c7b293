// How far a reader has come, and how well, when the recording is not over yet.
#pragma once

#include "engine/pack.h"
#include "higgins/assessor.h"
#include "higgins/result.h"
#include "higgins/session.h"
#include "types/clip.h"
#include "types/prompt.h"

namespace higgins {

/// The words of `prompt` that `clip` holds completely, scored as if the text ended there. No words: nothing
/// to score yet. Errors: kInternal. Thread-safe.
Result<SessionProgress> ProgressOf(const Pack& pack, const Prompt& prompt, const Clip& clip,
                                   const AssessOptions& options);

}  // namespace higgins
