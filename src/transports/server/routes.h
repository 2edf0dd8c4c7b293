// Every route of the server, in one place: what is served, and what docs/openapi.json is compared with.
#pragma once

#include "transports/server/api/batch.h"
#include "transports/server/app_state.h"
#include "transports/server/http/router.h"

namespace higgins::server {

/// All but the files of the web root. `app` and `runner` outlive the router.
void AddAllRoutes(http::Router* router, AppState* app, api::JobRunner* runner);

}  // namespace higgins::server
