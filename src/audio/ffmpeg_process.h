// Formats that only ffmpeg reads (m4a above all) go through an `ffmpeg` process of the user's own
// installation. Its libraries are never linked: Debian builds them with GPL parts.
#pragma once

#include "audio/sniff.h"
#include "higgins/result.h"
#include "types/clip.h"

namespace higgins::audio {

/// Runs ffmpeg (found on PATH; no shell, an empty environment but for PATH) on the bytes and reads what it
/// decodes. The child is told the container that was sniffed, may open nothing but its input, and is killed
/// when it exceeds the duration limit, 10 s + max_duration_s / 5 of CPU time, three times that of wall time,
/// or 2 GiB of address space. Blocks until it has ended. Errors: kUnsupportedAudio (no ffmpeg), kBadAudio
/// (ffmpeg's own reason), kAudioTooLong, kInternal.
Result<Clip> DecodeWithFfmpeg(const Recording& recording, double max_duration_s);

}  // namespace higgins::audio
