// What every connection needs to know: limits, routes, and the two calls back into the server. Read-only
// while connections live.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "transports/server/http/head.h"
#include "transports/server/http/problem.h"
#include "transports/server/http/router.h"

namespace higgins::server::http {

struct HttpOptions {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: any free one
  int io_threads = 1;
  std::size_t max_connections = 2048;
  std::size_t max_buffered_bytes = std::size_t{512} << 20;  ///< request bodies in memory, of all connections
  std::chrono::milliseconds header_timeout{5000};
  std::chrono::milliseconds body_timeout{30000};
  std::chrono::milliseconds idle_timeout{60000};
  double min_upload_bytes_per_s = 0;  ///< after the first 5 s of a body; 0: no limit
  HeadLimits head_limits;
  std::vector<std::string> cors_origins;
  std::string tls_certificate;  ///< PEM files; empty: plain HTTP
  std::string tls_key;
};

/// One request and its response, for log and metrics: nothing in it comes from the request's content.
struct Exchange {
  std::string id;
  std::string method;
  std::string route;  ///< the pattern; empty when the path is unknown
  std::string client;
  std::string remote_address;
  std::string reason;  ///< Response::reason
  int status = 0;
  double seconds = 0;
  std::size_t bytes_in = 0;  ///< of the body
  std::size_t bytes_out = 0;
};

struct Service {
  HttpOptions options;
  Router router;
  /// Decides on key, scope and rate before the body is read, and sets Request::client. None: go on.
  std::function<std::optional<Problem>(const Access& access, Request* request)> authorise;
  /// After each response; must be thread-safe.
  std::function<void(const Exchange& exchange)> on_exchange;
  /// A WebSocket of that route pattern was opened (+1) or is over (-1); must be thread-safe.
  std::function<void(const std::string& route, int change)> on_websocket;
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> buffered_bytes{0};
};

}  // namespace higgins::server::http
