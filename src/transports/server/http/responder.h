// How a response comes back to its connection from whatever thread made it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "transports/server/http/router.h"

namespace higgins::server::http {

/// Touched on the connection's strand only.
struct ResponseSlot {
  explicit ResponseSlot(const boost::asio::any_io_executor& executor)
      : arrived(executor, boost::asio::steady_timer::time_point::max()) {}
  std::optional<Response> response;
  boost::asio::steady_timer arrived;  ///< cancelled when the response is there
};

Respond MakeRespond(std::shared_ptr<ResponseSlot> slot, const std::string& request_id);

}  // namespace higgins::server::http
