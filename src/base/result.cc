#include "higgins/result.h"

namespace higgins {

const char* ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kBadAudio:
      return "bad_audio";
    case ErrorCode::kUnsupportedAudio:
      return "unsupported_audio";
    case ErrorCode::kAudioTooLong:
      return "audio_too_long";
    case ErrorCode::kAudioTooShort:
      return "audio_too_short";
    case ErrorCode::kNoSpeech:
      return "no_speech";
    case ErrorCode::kBadPack:
      return "bad_pack";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace higgins
