// The listener, its connections, and the threads that serve them.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "higgins/result.h"
#include "transports/server/http/service.h"

namespace higgins::server::http {

class HttpServer {
 public:
  /// `service` must outlive the server.
  explicit HttpServer(Service* service);
  ~HttpServer();  ///< closes what is open
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds, listens and starts the threads. Gives the port. Errors: kInvalidArgument (address, certificate).
  Result<int> Start();

  /// Reads the certificate files again, for new connections. Errors: kInvalidArgument; the old ones stay.
  Result<void> ReloadCertificate();

  /// Stops accepting, closes idle connections, tells WebSockets to end, and waits until every connection is
  /// gone or the time is over. Gives the number of connections that had to be cut.
  std::size_t Drain(std::chrono::milliseconds timeout);

  std::size_t num_connections() const;
  std::size_t num_accepted() const;
  std::size_t num_refused() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::server::http
