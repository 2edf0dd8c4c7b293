#include "transports/server/http/http_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "transports/server/http/connection.h"
#include "transports/server/http/tls.h"

namespace higgins::server::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kPauseAfterFailure{50};  // out of file handles: waiting is all that helps

// What a client gets when there are too many: written without waiting for its request.
constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: 117\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n"
    R"({"type":"urn:higgins:problem:queue-full","title":"The server is busy","status":503,"detail":"too many connections"})"
    "\n";

}  // namespace

struct HttpServer::Impl {
  explicit Impl(Service* s) : service(s) {}

  Service* service;
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  tcp::acceptor acceptor{asio::make_strand(io)};
  Tracker tracker;
  std::mutex tls_mutex;
  std::shared_ptr<asio::ssl::context> tls;
  std::atomic<std::size_t> num_accepted{0};
  std::atomic<std::size_t> num_refused{0};
  std::vector<std::thread> threads;

  std::shared_ptr<asio::ssl::context> Tls() {
    const std::lock_guard lock(tls_mutex);
    return tls;
  }

  void Take(tcp::socket socket) {
    if (tracker.size() < service->options.max_connections) {
      num_accepted.fetch_add(1, std::memory_order_relaxed);
      Serve(std::move(socket), Tls(), service, &tracker);
      return;
    }
    num_refused.fetch_add(1, std::memory_order_relaxed);
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    if (service->options.tls_certificate.empty()) socket.write_some(asio::buffer(kTooMany), ignored);
  }

  asio::awaitable<void> AcceptAll() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(asio::make_strand(io), kAwait);
      if (!error) {
        Take(std::move(socket));
        continue;
      }
      if (error == asio::error::operation_aborted) break;
      asio::steady_timer pause(acceptor.get_executor(), kPauseAfterFailure);
      co_await pause.async_wait(kAwait);
    }
  }

  boost::system::error_code Listen(const tcp::endpoint& endpoint) {
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(kBacklog, error);
    return error;
  }

  /// On the acceptor's strand, so that no accept is under way meanwhile.
  void StopAccepting() {
    std::promise<void> closed;
    asio::post(acceptor.get_executor(), [&] {
      boost::system::error_code ignored;
      acceptor.close(ignored);
      closed.set_value();
    });
    closed.get_future().wait();
  }

  void Stop() {
    work.reset();
    io.stop();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
};

HttpServer::HttpServer(Service* service) : impl_(std::make_unique<Impl>(service)) {}
HttpServer::~HttpServer() { impl_->Stop(); }

Result<void> HttpServer::ReloadCertificate() {
  const HttpOptions& options = impl_->service->options;
  if (options.tls_certificate.empty()) return {};
  auto context = MakeTlsContext(options.tls_certificate, options.tls_key);
  if (!context) return context.error();
  const std::lock_guard lock(impl_->tls_mutex);
  impl_->tls = *std::move(context);
  return {};
}

Result<int> HttpServer::Start() {
  const Result<void> certificate = ReloadCertificate();
  if (!certificate) return certificate.error();
  const HttpOptions& options = impl_->service->options;
  boost::system::error_code error;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return Error{ErrorCode::kInvalidArgument,
                 "--host: expected an IP address or localhost, got " + options.host};
  }
  error = impl_->Listen({address, static_cast<std::uint16_t>(options.port)});
  if (error) {
    return Error{ErrorCode::kInvalidArgument, "cannot listen on " + options.host + ":" +
                                                  std::to_string(options.port) + ": " + error.message()};
  }
  const int port = impl_->acceptor.local_endpoint().port();
  asio::co_spawn(
      impl_->acceptor.get_executor(), [impl = impl_.get()] { return impl->AcceptAll(); }, asio::detached);
  for (int i = 0; i < options.io_threads; ++i)
    impl_->threads.emplace_back([impl = impl_.get()] { impl->io.run(); });
  return port;
}

std::size_t HttpServer::Drain(std::chrono::milliseconds timeout) {
  impl_->service->draining = true;
  impl_->StopAccepting();
  impl_->tracker.EndAll(Ending::kDrain);
  if (impl_->tracker.WaitUntilEmpty(timeout)) return 0;
  const std::size_t num_cut = impl_->tracker.size();
  impl_->tracker.EndAll(Ending::kCut);
  impl_->tracker.WaitUntilEmpty(std::chrono::seconds(2));
  return num_cut;
}

std::size_t HttpServer::num_connections() const { return impl_->tracker.size(); }
std::size_t HttpServer::num_accepted() const { return impl_->num_accepted.load(std::memory_order_relaxed); }
std::size_t HttpServer::num_refused() const { return impl_->num_refused.load(std::memory_order_relaxed); }

}  // namespace higgins::server::http
