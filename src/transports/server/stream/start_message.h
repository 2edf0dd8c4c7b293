// The first message of /v1/stream: what will be read, and how the audio comes.
#pragma once

#include <string>
#include <string_view>

#include "higgins/assessor.h"
#include "higgins/result.h"
#include "higgins/session.h"

namespace higgins::server::stream {

enum class EndOfTurn {
  kByClient,   ///< the client says {"type":"end"}
  kOnSilence,  ///< also when the end of speech is detected
};

struct StartMessage {
  std::string text;
  std::string language = "en-US";
  std::string pack;
  Detail detail = Detail::kFull;
  EndOfTurn end_of_turn = EndOfTurn::kByClient;
  SessionOptions session;
};

/// Without "audio" a container comes, and which one is found out from its bytes. `max_duration_s` and
/// `max_bytes` are the server's own limits. Errors: kInvalidArgument with the field and what was expected; an
/// unknown field is one, as in POST /v1/assess.
Result<StartMessage> ParseStartMessage(std::string_view json, double max_duration_s, std::size_t max_bytes);

/// {"type":"end"}: no more audio comes.
bool IsEndMessage(std::string_view json);

}  // namespace higgins::server::stream
