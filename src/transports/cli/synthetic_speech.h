#pragma once

#include <string>

namespace higgins::cli {

/// A 16 kHz, 16-bit mono wav file of something that is to a speech detector what speech is: a voice of 120 Hz
/// with formants that wander, in syllables of a quarter of a second, over a little noise. Always the same
/// bytes.
std::string SyntheticSpeechWav(double seconds);

}  // namespace higgins::cli
