// GET /v1/stream, a WebSocket (docs/stream.md describes its messages).
#pragma once

#include "transports/server/app_state.h"
#include "transports/server/http/router.h"

namespace higgins::server::stream {

void AddRoutes(http::Router* router, AppState* app);

}  // namespace higgins::server::stream
