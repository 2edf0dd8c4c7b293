// Which handler a request goes to. Rooms register their routes at start; afterwards the table is only read.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "transports/server/http/message.h"
#include "transports/server/http/websocket.h"

namespace higgins::server::http {

/// Gives the response of one request: may be called from any thread, at any later time; the first call
/// counts. When every copy goes away without a call, the client gets a 500.
using Respond = std::function<void(Response)>;
using Handler = std::function<void(std::shared_ptr<Request> request, Respond respond)>;

enum class BodyKind {
  kNone,       ///< a request with a body is refused
  kRaw,        ///< Request::body
  kMultipart,  ///< multipart/form-data, taken apart while it arrives: Request::parts
};

/// Where a key may stand. Browsers cannot set headers on a WebSocket, so some protocols put it into the
/// query.
enum class KeyPlace { kHeader, kHeaderOrQuery };

/// How a WebSocket route and an ordinary one are guarded.
struct Access {
  std::string scope;  ///< "assess", "phones", "batch", "stream", "metrics"; empty: open to everyone
  KeyPlace key_place = KeyPlace::kHeader;
};

struct Route {
  std::string method;   ///< "GET" also answers HEAD
  std::string pattern;  ///< "/v1/jobs/{id}": a name in braces matches one segment
  Access access = {};
  BodyKind body = BodyKind::kNone;
  std::size_t max_body_bytes = 0;
  std::size_t max_parts = 64;  ///< of a multipart body
  Handler handler = {};
};

struct WebSocketRoute {
  std::string pattern;
  Access access = {};
  WebSocketLimits limits = {};
  WebSocketFactory factory = {};
};

class Router {
 public:
  void Add(Route route);
  void AddWebSocket(WebSocketRoute route);

  struct Match {
    const Route* route = nullptr;               ///< null when the path or the method is unknown
    const WebSocketRoute* websocket = nullptr;  ///< of that path, whatever the method
    std::vector<std::string> allowed;           ///< methods of that path; empty: the path is unknown
    Fields path_parameters;
  };
  Match Find(std::string_view method, std::string_view path) const;

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }
  const std::vector<std::unique_ptr<WebSocketRoute>>& websockets() const { return websockets_; }

 private:
  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<std::unique_ptr<WebSocketRoute>> websockets_;
};

}  // namespace higgins::server::http
