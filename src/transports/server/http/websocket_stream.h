// The WebSocket side of a connection (RFC 6455), on Beast; permessage-deflate is off.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "transports/server/http/head.h"
#include "transports/server/http/problem.h"
#include "transports/server/http/service.h"
#include "transports/server/http/stream.h"
#include "transports/server/http/tracker.h"

namespace higgins::server::http {

/// What is wrong with a request to upgrade, as RFC 6455, 4.2.1 has it; the response says which version is
/// spoken.
std::optional<Problem> CheckUpgrade(const Head& head);

struct Upgrade {
  std::shared_ptr<Stream> stream;
  std::string received;  ///< the head of the request, and what came after it
  std::shared_ptr<Request> request;
  const WebSocketRoute* route = nullptr;
  Service* service = nullptr;
  /// Where to leave what ends this session from outside; called on the strand.
  std::function<void(Ending)>* end = nullptr;
};

/// Runs on the stream's strand until the session is over.
boost::asio::awaitable<void> RunWebSocket(Upgrade upgrade);

}  // namespace higgins::server::http
