// GET /healthz, /readyz, /metrics: for load balancers and Prometheus.
#include <utility>

#include "transports/server/api/routes.h"
#include "transports/server/http/problem.h"

namespace higgins::server::api {
namespace {

http::Response Text(std::string body, std::string type) {
  http::Response response;
  response.content_type = std::move(type);
  response.body = std::move(body);
  return response;
}

}  // namespace

void AddOperatingRoutes(http::Router* router, AppState* app) {
  using Pointer = std::shared_ptr<http::Request>;
  router->Add(
      {.method = "GET", .pattern = "/healthz", .handler = [](const Pointer&, const http::Respond& respond) {
         respond(Text("{\"status\":\"ok\"}\n", "application/json"));
       }});
  router->Add(
      {.method = "GET",
       .pattern = "/readyz",
       .handler = [app](const Pointer& request, const http::Respond& respond) {
         if (!app->draining) return respond(Text("{\"status\":\"ready\"}\n", "application/json"));
         respond(http::ToResponse(
             {.kind = http::ProblemKind::kDraining, .detail = "the server is shutting down"}, request->id));
       }});
  router->Add({.method = "GET",
               .pattern = "/metrics",
               .access = {.scope = "metrics"},
               .handler = [app](const Pointer&, const http::Respond& respond) {
                 respond(Text(app->metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
               }});
}

}  // namespace higgins::server::api
