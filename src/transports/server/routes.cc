#include "transports/server/routes.h"

#include "transports/server/api/routes.h"
#include "transports/server/azure/routes.h"
#include "transports/server/stream/routes.h"

namespace higgins::server {

void AddAllRoutes(http::Router* router, AppState* app, api::JobRunner* runner) {
  api::AddAssessRoutes(router, app);
  api::AddBatchRoutes(router, app, runner);
  api::AddOperatingRoutes(router, app);
  stream::AddRoutes(router, app);
  azure::AddRoutes(router, app);
}

}  // namespace higgins::server
