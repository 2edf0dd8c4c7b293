// The head of a request, read strictly (RFC 9112 and 9110): whatever two programs could read in two ways is
// refused, because a proxy in front and this server must agree where a request ends (request smuggling).
// Beast reads the same bytes only after they passed here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "transports/server/http/message.h"

namespace higgins::server::http {

enum class BodyFraming { kNone, kContentLength, kChunked };

struct Head {
  std::string method;
  std::string target;     ///< in origin form, as it came: "/v1/phones?text=a%20b"
  int minor_version = 1;  ///< of HTTP/1.x: 0 or 1
  Headers headers;
  BodyFraming framing = BodyFraming::kNone;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
  bool wants_websocket = false;  ///< "Upgrade: websocket" with "Connection: upgrade"
};

/// Why a head is refused. The connection must be closed: what follows cannot be trusted.
struct HeadError {
  int status = 400;
  std::string detail;
};

struct HeadLimits {
  std::size_t max_head_bytes = 16384;
  std::size_t max_target_bytes = 8192;
  std::size_t max_headers = 100;
};

/// Looks for the end of the head in what has arrived so far: the number of bytes up to and with the empty
/// line; none when more is needed. Errors: bytes that no head may contain, found as early as possible; too
/// many bytes.
std::variant<std::optional<std::size_t>, HeadError> FindHeadEnd(std::string_view received,
                                                                const HeadLimits& limits = {});

/// `head` is what FindHeadEnd() delimited.
std::variant<Head, HeadError> ParseHead(std::string_view head, const HeadLimits& limits = {});

struct Target {
  std::string path;  ///< decoded
  Fields query;      ///< decoded as application/x-www-form-urlencoded
};

/// Errors: a bad escape, an escaped NUL or slash, text that is not UTF-8, "." or ".." as a segment.
std::variant<Target, HeadError> ParseTarget(std::string_view target);

}  // namespace higgins::server::http
