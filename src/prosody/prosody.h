// Fundamental frequency and energy of a clip on the acoustic model's frames.
//
// f0: YIN's normalised difference (prosody/yin.h) proposes up to a few periods per frame; the track through
// them is the cheapest path over the whole clip (as in pYIN and in Boersma's 1993 tracker), where a leap in
// pitch and a change of voicing cost. That removes the octave errors that frame-by-frame picking leaves.
#pragma once

#include "types/clip.h"
#include "types/prosody.h"

namespace higgins {

/// Tracks of exactly `num_frames` frames (>= 0); frame t covers [t, t + 1) * frame_shift_ms (> 0) of the clip
/// and f0 is measured at its middle. Frames beyond the end of the clip are unvoiced and silent. f0 is 0 or
/// within 60-500 Hz. Pure; takes about 0.5 ms a second of audio.
Prosody ComputeProsody(const Clip& clip, int num_frames, double frame_shift_ms);

}  // namespace higgins
