// One client: its requests one after the other (HTTP/1.1 with keep-alive and pipelining), or a WebSocket.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "transports/server/http/service.h"
#include "transports/server/http/tracker.h"

namespace higgins::server::http {

/// Serves the connection on the socket's strand until it ends. `tls` is null for plain HTTP.
void Serve(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls,
           Service* service, Tracker* tracker);

}  // namespace higgins::server::http
