// The API's own routes.
#pragma once

#include "transports/server/app_state.h"
#include "transports/server/http/router.h"

namespace higgins::server::api {

void AddAssessRoutes(http::Router* router,
                     AppState* app);  ///< POST /v1/assess, GET /v1/phones, GET /v1/packs
void AddOperatingRoutes(http::Router* router, AppState* app);  ///< GET /healthz, /readyz, /metrics

}  // namespace higgins::server::api
