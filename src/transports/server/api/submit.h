// Heavy work of a handler: queued fairly, done on a worker, answered from there.
#pragma once

#include <functional>
#include <memory>

#include "transports/server/app_state.h"
#include "transports/server/http/problem.h"
#include "transports/server/http/router.h"

namespace higgins::server::api {

/// Runs `work` on a worker and gives its response to `respond`; answers 429 queue-full, 503 deadline-exceeded
/// and 503 draining itself. What `work` throws becomes a 500.
void SubmitLive(AppState* app, const std::shared_ptr<http::Request>& request, const http::Respond& respond,
                std::function<http::Response()> work, Cost cost = Cost::kRecording);

}  // namespace higgins::server::api
