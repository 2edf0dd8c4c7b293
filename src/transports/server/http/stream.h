// A TCP or TLS stream behind one type, so that what is built upon it is compiled once. Included by few files:
// it brings Asio and OpenSSL.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace higgins::server::http {

/// An AsyncReadStream and AsyncWriteStream. Not thread-safe: everything happens on the socket's strand.
class Stream {
 public:
  using Tcp = boost::asio::ip::tcp;
  using executor_type = Tcp::socket::executor_type;
  using ErrorCode = boost::system::error_code;

  /// `tls` is null for plain TCP; it is kept until the stream ends.
  Stream(Tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls)
      : context_(std::move(tls)), socket_(std::move(socket)) {
    if (context_) tls_.emplace(socket_, *context_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Tcp::socket& socket() { return socket_; }
  bool is_tls() const { return tls_.has_value(); }

  /// Only when is_tls().
  template <typename Token>
  auto async_handshake(Token&& token) {
    return tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Token>(token));
  }

  /// Says that no more comes, and waits for the client to say the same. Only when is_tls().
  template <typename Token>
  auto async_shutdown_tls(Token&& token) {
    return tls_->async_shutdown(std::forward<Token>(token));
  }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, const Buffers& to) {
          if (tls_)
            tls_->async_read_some(to, std::move(handler));
          else
            socket_.async_read_some(to, std::move(handler));
        },
        token, buffers);
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (tls_)
            tls_->async_write_some(from, std::move(handler));
          else
            socket_.async_write_some(from, std::move(handler));
        },
        token, buffers);
  }

  /// What is under way ends with operation_aborted.
  void Cancel() {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }
  void Close() {
    ErrorCode ignored;
    socket_.close(ignored);
  }
  /// No more will be sent; a client that still sends may finish (lingering close).
  void ShutdownSend() {
    ErrorCode ignored;
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  }

 private:
  std::shared_ptr<boost::asio::ssl::context> context_;
  Tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<Tcp::socket&>> tls_;
};

// What Beast's WebSocket asks of a stream that is not its own.
inline void beast_close_socket(Stream& stream) { stream.Close(); }

inline void teardown(boost::beast::role_type, Stream& stream, boost::system::error_code& error) {
  error = {};
  stream.ShutdownSend();
}

template <typename Handler>
void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler) {
  stream.ShutdownSend();
  boost::asio::post(stream.get_executor(),
                    [held = std::forward<Handler>(handler)]() mutable { held(boost::system::error_code()); });
}

}  // namespace higgins::server::http
