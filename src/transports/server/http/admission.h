// Whether a request may go on, before its body is read.
#pragma once

#include <optional>

#include "transports/server/http/cors.h"
#include "transports/server/http/message.h"
#include "transports/server/http/reply.h"
#include "transports/server/http/router.h"
#include "transports/server/http/service.h"

namespace higgins::server::http {

enum class Taking {
  kAll,
  kOpenPaths,  ///< the connection or the server is about to end: only what needs no key
};

struct Admission {
  Router::Match match;
  OriginKind origin = OriginKind::kNone;
  /// The request may not go on, or needs no handler (a preflight). None: the turn of `match`.
  std::optional<Response> answer;
};

/// By path and method, the page that asks (CORS), what is still taken, and key, scope and rate. Sets the
/// request's path parameters and its client.
Admission Admit(const Service& service, Taking taking, Request* request);

}  // namespace higgins::server::http
