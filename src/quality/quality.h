// Is this a recording that can be scored? Measure() gives figures and warnings, Gate() refuses what no score
// would fit.
//
// Both lean to the learner: a poor recording is scored with a warning, and only what holds no speech at all,
// or cannot hold the text, is refused. Thresholds were set on 2,719 recordings of learners and natives (none
// may be refused) and on silence, noises, hum, tones and clicks (all must be).
#pragma once

#include "higgins/result.h"
#include "types/clip.h"
#include "types/quality.h"

namespace higgins::quality {

/// Never fails: a clip without speech has no regions. Pure; under 0.6 ms a second of audio.
/// Warnings, in this order: "clipping", "low_level", "low_snr", "mostly_silence".
Quality Measure(const Clip& clip);

/// `quality` is Measure(clip); num_phones_of_text >= 0.
/// Errors: kAudioTooShort (below 0.1 s, or below 30 ms for each phone of the text), kNoSpeech.
Result<void> Gate(const Quality& quality, const Clip& clip, int num_phones_of_text);

}  // namespace higgins::quality
