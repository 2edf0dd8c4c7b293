// The process's exit codes; part of the command line's contract (README, `higgins --help`): append only.
#pragma once

#include "higgins/result.h"

namespace higgins::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitUsage = 2,       ///< the command line could not be understood
  kExitSomeFailed = 3,  ///< the run finished, but some of its recordings could not be assessed
  kExitErrorBase = 10,  ///< 10 + ErrorCode: 12 is bad_audio, 17 is bad_pack, 19 is internal, ...
};

inline int ExitCodeOf(const Error& error) { return kExitErrorBase + static_cast<int>(error.code); }

}  // namespace higgins::cli
