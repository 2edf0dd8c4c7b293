// A drop-in for the pronunciation assessment of the Azure Speech service: its REST form for short audio, and
// the WebSocket paths that its SDK opens (docs/azure.md).
#pragma once

#include "transports/server/app_state.h"
#include "transports/server/http/router.h"

namespace higgins::server::azure {

void AddRoutes(http::Router* router, AppState* app);

}  // namespace higgins::server::azure
