// What the rooms of the server share, and how a room plugs in.
//
// A room (api/, stream/, azure/) is a folder with one header that offers
//
//   void AddRoutes(http::Router* router, AppState* app);
//
// which server.cc calls once at start; `app` outlives every request. In it the room registers
//
//   router->Add({.method = "POST", .pattern = "/v1/thing/{id}", .access = {.scope = "assess"},
//                .body = http::BodyKind::kMultipart, .max_body_bytes = app->config.max_upload_bytes,
//                .handler = [app](const std::shared_ptr<http::Request>& request,
//                                  const http::Respond& respond) { ... }});
//   router->AddWebSocket({.pattern = "/v1/stream", .access = {.scope = "stream",
//                         .key_place = http::KeyPlace::kHeaderOrQuery},
//                         .factory = [app](const http::Request& request) { return std::make_unique<...>(...);
//                         }});
//
// Before a handler is called the connection has read the head strictly, checked the key, its scope and its
// rate, and read the body within its limits; refusals are problem details, and the room never sees them. A
// handler runs on an I/O thread: it must not block. Light work answers at once: respond({.content_type = ...,
// .body = ...}). Heavy work (whatever calls Assessor) goes through
//
//   SubmitLive(app, request, respond, [=]() -> http::Response { ... on a worker ... });
//
// (api/submit.h), which queues it fairly, answers 429, 503 and client-gone itself, and passes the response
// on. Errors: http::ToResponse(http::Problem{kind, detail}, request->id); http::ProblemOf(error) translates
// the engine's.
//
// A WebSocket room derives from http::WebSocketHandler (http/websocket.h): messages come in on the
// connection's strand, heavy steps go to app->scheduler, and their results come back with session->Post().
//
// Packs: `app->packs.Get()` gives the set of now; hold the shared_ptr for as long as one request lasts,
// because SIGHUP replaces the set. `PackSet::Find(language, name)` gives the Assessor, or the problem to
// answer with.
//
// Every route must be described in docs/openapi.json (WebSockets in its text): a test compares the two.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "transports/server/config.h"
#include "transports/server/jobs/job_store.h"
#include "transports/server/observe/log.h"
#include "transports/server/observe/metrics.h"
#include "transports/server/packs.h"
#include "transports/server/scheduling/scheduler.h"
#include "transports/server/security/keys.h"
#include "transports/server/swappable.h"

namespace higgins::server {

struct AppState {
  Config config;
  observe::Log log;
  observe::Metrics metrics;
  Swappable<PackSet> packs;
  Swappable<security::KeyRing> keys;
  security::RateLimiter rate_limiter;
  std::unique_ptr<jobs::JobStore> jobs;  ///< null without --data-dir
  std::atomic<bool> draining{false};
  std::unique_ptr<Scheduler> scheduler;  ///< last: its tasks use what is above
};

}  // namespace higgins::server
