// The messages of the Speech SDK's protocol ("USP") on a WebSocket, as its open-source JavaScript client
// writes and reads them (WebsocketMessageFormatter):
//   text:    Name: value CRLF ... CRLF body
//   binary:  2 bytes, big endian: length of the headers; headers as above; body
// Names are compared without case. Pure: no state, no socket.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "higgins/result.h"

namespace higgins::server::azure {

struct UspMessage {
  std::string path;          ///< lower case: "speech.context", "audio"
  std::string request_id;    ///< 1 to 64 letters, digits and dashes; may be absent (empty) in a text message
  std::string content_type;  ///< lower case; often empty
  std::string_view body;     ///< of what was parsed: borrowed
};

/// Errors: kInvalidArgument, with what is missing.
Result<UspMessage> ParseUspText(std::string_view message);
Result<UspMessage> ParseUspBinary(std::span<const std::byte> message);

/// A text message with a JSON body. The client looks for the first blank line: a body must not have one, and
/// JSON on one line has none. `timestamp` as "2026-11-24T12:00:00.000Z".
std::string WriteUspText(std::string_view path, std::string_view request_id, std::string_view timestamp,
                         std::string_view json);

}  // namespace higgins::server::azure
