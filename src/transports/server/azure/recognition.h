// One client of the WebSocket protocol: speech.config, speech.context and audio in; turn.start, speech.* and
// turn.end out.
#pragma once

#include <memory>

#include "transports/server/app_state.h"
#include "transports/server/azure/parameters.h"
#include "transports/server/http/router.h"

namespace higgins::server::azure {

/// `mode` is what the path says; a mode in speech.context goes before it.
std::unique_ptr<http::WebSocketHandler> MakeRecognition(AppState* app, const http::Request& request,
                                                        RecognitionMode mode);

}  // namespace higgins::server::azure
