#include "transports/server/http/problem.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace higgins::server::http {
namespace {

struct Row {
  const char* name;
  int status;
  const char* title;
};

// In the order of ProblemKind.
constexpr std::array<Row, kNumProblemKinds> kRows{{
    {"bad-audio", 422, "The recording cannot be decoded"},
    {"unsupported-audio", 415, "The recording's format is not supported"},
    {"audio-too-long", 413, "The recording is too long"},
    {"audio-too-short", 422, "The recording is too short for the text"},
    {"no-speech", 422, "No speech was found in the recording"},
    {"invalid-argument", 400, "A field of the request cannot be used"},
    {"unauthorised", 401, "A valid key is needed"},
    {"forbidden", 403, "The key does not permit this"},
    {"rate-limited", 429, "The key's rate limit is reached"},
    {"queue-full", 429, "The server is busy"},
    {"deadline-exceeded", 503, "The request waited longer than its deadline"},
    {"request-timeout", 408, "The request did not arrive in time"},
    {"payload-too-large", 413, "The request is too large"},
    {"unsupported-media-type", 415, "The body's content type is not accepted here"},
    {"not-found", 404, "There is nothing at this address"},
    {"method-not-allowed", 405, "The method is not allowed here"},
    {"bad-request", 400, "The request cannot be understood"},
    {"draining", 503, "The server is shutting down"},
    {"jobs-disabled", 503, "This server keeps no jobs"},
    {"internal", 500, "Something went wrong in the server"},
}};

const Row& RowOf(ProblemKind kind) { return kRows[static_cast<std::size_t>(kind)]; }

ProblemKind KindOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return ProblemKind::kInvalidArgument;
    case ErrorCode::kBadAudio:
      return ProblemKind::kBadAudio;
    case ErrorCode::kUnsupportedAudio:
      return ProblemKind::kUnsupportedAudio;
    case ErrorCode::kAudioTooLong:
      return ProblemKind::kAudioTooLong;
    case ErrorCode::kAudioTooShort:
      return ProblemKind::kAudioTooShort;
    case ErrorCode::kNoSpeech:
      return ProblemKind::kNoSpeech;
    case ErrorCode::kNotFound:
      return ProblemKind::kNotFound;
    case ErrorCode::kBadPack:
    case ErrorCode::kInternal:
      break;
  }
  return ProblemKind::kInternal;
}

}  // namespace

const char* ProblemName(ProblemKind kind) { return RowOf(kind).name; }
int ProblemStatus(ProblemKind kind) { return RowOf(kind).status; }
const char* ProblemTitle(ProblemKind kind) { return RowOf(kind).title; }

Problem ProblemOf(const Error& error) { return {.kind = KindOf(error.code), .detail = error.message}; }

Response ToResponse(const Problem& problem, const std::string& request_id) {
  const int status = problem.status != 0 ? problem.status : ProblemStatus(problem.kind);
  nlohmann::ordered_json json = {
      {"type", std::string("urn:higgins:problem:") + ProblemName(problem.kind)},
      {"title", ProblemTitle(problem.kind)},
      {"status", status},
      {"detail", problem.detail},
      {"request_id", request_id},
  };
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  response.reason = ProblemName(problem.kind);
  if (problem.retry_after_s > 0) {
    const double seconds = std::max(1.0, std::ceil(problem.retry_after_s));
    response.headers.Add("Retry-After", std::to_string(static_cast<std::int64_t>(seconds)));
  }
  if (problem.kind == ProblemKind::kUnauthorised) {
    response.headers.Add("WWW-Authenticate", "Bearer realm=\"higgins\"");
  }
  return response;
}

}  // namespace higgins::server::http
