// A response as bytes, and what every response carries.
#pragma once

#include <string>
#include <string_view>

#include "transports/server/http/message.h"

namespace higgins::server::http {

enum class KeepAlive { kYes, kNo };

const char* StatusText(int status);

/// Status line and headers, up to and with the empty line. `body_bytes` is the length of the body that
/// follows, or that would follow a GET when this answers a HEAD.
std::string WriteHead(const Response& response, std::size_t body_bytes, KeepAlive keep_alive);

/// The client's X-Request-Id when it is 1 to 64 letters, digits, dots, dashes or underscores, else 16 random
/// digits.
std::string RequestId(const Headers& headers);

}  // namespace higgins::server::http
