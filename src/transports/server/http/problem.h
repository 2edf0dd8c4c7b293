// Errors as problem details (RFC 9457): application/problem+json with a stable type,
// "urn:higgins:problem:NAME".
#pragma once

#include <string>

#include "higgins/result.h"
#include "transports/server/http/message.h"

namespace higgins::server::http {

enum class ProblemKind {
  kBadAudio,
  kUnsupportedAudio,
  kAudioTooLong,
  kAudioTooShort,
  kNoSpeech,
  kInvalidArgument,
  kUnauthorised,
  kForbidden,
  kRateLimited,
  kQueueFull,
  kDeadlineExceeded,
  kRequestTimeout,
  kPayloadTooLarge,
  kUnsupportedMediaType,
  kNotFound,
  kMethodNotAllowed,
  kBadRequest,
  kDraining,
  kJobsDisabled,
  kInternal,
};

struct Problem {
  ProblemKind kind = ProblemKind::kInternal;
  std::string detail = {};   ///< one line for people: what was wrong, with expected and actual
  int status = 0;            ///< 0: that of the kind
  double retry_after_s = 0;  ///< above 0: a Retry-After header, rounded up
};

/// "bad-audio", as in urn:higgins:problem:bad-audio.
const char* ProblemName(ProblemKind kind);
int ProblemStatus(ProblemKind kind);
const char* ProblemTitle(ProblemKind kind);
/// The kinds in their order, for the documents and for tests.
constexpr int kNumProblemKinds = static_cast<int>(ProblemKind::kInternal) + 1;

/// What the engine refused.
Problem ProblemOf(const Error& error);

/// The response; `request_id` stands in the body too.
Response ToResponse(const Problem& problem, const std::string& request_id);

}  // namespace higgins::server::http
