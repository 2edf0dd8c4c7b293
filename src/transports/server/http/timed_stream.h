// A client's stream, what was received of it and not yet understood, and the deadline of what is under way.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "transports/server/http/stream.h"

namespace higgins::server::http {

enum class AtDeadline { kCancel, kClose };
enum class Leftover {
  kNone,
  kUnread,  ///< something was received, or may still come, that nobody wants
};

/// Not thread-safe: everything happens on the socket's strand. Owned by a shared_ptr.
class TimedStream : public std::enable_shared_from_this<TimedStream> {
 public:
  using Clock = std::chrono::steady_clock;

  /// `tls` is null for plain TCP.
  TimedStream(Stream::Tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls);

  Stream& stream() { return *stream_; }
  /// For what outlives the connection's own turn (a WebSocket).
  const std::shared_ptr<Stream>& shared_stream() const { return stream_; }
  std::string& inbox() { return inbox_; }

  /// Of TLS; nothing to do for plain TCP. False: it failed, or took longer.
  boost::asio::awaitable<bool> Handshake(std::chrono::milliseconds timeout);
  /// Reads what there is into the inbox. False: the connection ended, or the deadline passed.
  boost::asio::awaitable<bool> Fill();
  /// Before the connection is closed: gives the client time to see the answer that it was sent.
  boost::asio::awaitable<void> Linger(Leftover leftover);

  /// From now on until Disarm or the next Arm.
  void Arm(Clock::time_point when, AtDeadline action);
  void Disarm();
  /// Whether the deadline that was armed last has passed.
  bool timed_out() const { return timed_out_; }

 private:
  std::shared_ptr<Stream> stream_;
  std::string inbox_;
  boost::asio::steady_timer deadline_;
  std::size_t deadline_generation_ = 0;
  bool timed_out_ = false;
};

}  // namespace higgins::server::http
