// Between a connection and the house: who may pass, and what is written down about it.
#pragma once

#include <optional>

#include "transports/server/app_state.h"
#include "transports/server/http/service.h"

namespace higgins::server {

/// Key, scope, rate. Sets Request::client: the key's name, or the address when the server is open.
std::optional<http::Problem> Authorise(AppState* app, const http::Access& access, http::Request* request);

/// Log and metrics of one exchange.
void Record(AppState* app, const http::Exchange& exchange);

}  // namespace higgins::server
