// The way from a recording as it arrives to the Clip that every later stage reads.
//
//   bytes -> sniff (which container, by content) -> decoder (blocks of samples) -> ClipBuilder (limit,
//   checks, average to mono, resample to 16 kHz) -> Clip
//
// The decoders hand over blocks of bounded size and the builder refuses what exceeds the limit, so the memory
// spent is that of max_duration_s of audio, whatever a header says. Decoding is deterministic: the same
// bytes, the same clip.
#pragma once

#include <cstddef>
#include <span>

#include "higgins/audio.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Decodes a whole recording: wav (PCM of 8 to 32 bits, float, A-law, mu-law, ADPCM, RF64), flac, ogg (opus,
/// vorbis), mp3, webm/matroska with opus. Anything else that is known to be audio (m4a, aac, 3gp, aiff,
/// caf, amr, wma) goes through an `ffmpeg` process if options.allow_ffmpeg. Thread-safe. The result is never
/// empty; it may be shorter than anything useful, which is the quality gate's business. Errors:
/// kInvalidArgument (options), kBadAudio (empty, text, truncated, damaged, NaN or infinite samples),
/// kUnsupportedAudio (container, codec, rate or channel count), kAudioTooLong, kInternal.
Result<Clip> Decode(std::span<const std::byte> bytes, const AudioOptions& options);

/// The same for samples that the caller has decoded. Errors: as above; kInvalidArgument for a rate or channel
/// count outside PcmView's ranges and for samples that are no whole number of frames.
Result<Clip> FromPcm(const PcmView& pcm, const AudioOptions& options);

}  // namespace higgins::audio
