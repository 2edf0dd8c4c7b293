// What a room sees of a WebSocket (RFC 6455): it never meets a socket. A room derives from WebSocketHandler
// and registers a factory with Router::AddWebSocket(); the connection does the handshake, checks origin and
// key, and then calls the handler.
//
// Threads: every call of a handler comes from the connection's strand, one at a time. Every member of
// WebSocketSession may be called from any thread. Results from a scheduler's worker come back with Post():
//
//   scheduler.Submit({.run = [session, this](TaskOutcome) {
//     auto report = ...;                                  // on a worker
//     session->Post([this, report] { ... });              // on the strand, only while the handler lives
//   }});
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "transports/server/http/message.h"

namespace higgins::server::http {

/// RFC 6455, section 7.4.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kBadData = 1007,
  kPolicyViolation = 1008,
  kTooBig = 1009,
  kInternalError = 1011,
  kTryAgainLater = 1013,
};

class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;
  /// Queued in order. A client that does not read lets queued_bytes() grow: above
  /// WebSocketLimits::max_queued_bytes the connection is closed.
  virtual void SendText(std::string message) = 0;
  virtual void SendBinary(std::string message) = 0;
  /// After what is queued; at most the first 123 bytes of the reason. Later sends are ignored.
  virtual void Close(CloseCode code, std::string_view reason) = 0;
  virtual std::size_t queued_bytes() const = 0;
  /// Back-pressure: no further message is read, and so TCP slows the client down, until ResumeReading().
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;
  /// Runs `function` on the strand, unless the handler is gone by then.
  virtual void Post(std::function<void()> function) = 0;
  /// Runs `function` on the strand after a time; a second call replaces the first. Null cancels.
  virtual void SetTimer(std::chrono::milliseconds after, std::function<void()> function) = 0;
};

/// A room's side of one connection. Destroyed after OnClosed(), on the strand.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void OnOpen(std::shared_ptr<WebSocketSession> session) = 0;
  virtual void OnText(std::string_view message) = 0;  ///< valid UTF-8
  virtual void OnBinary(std::span<const std::byte> message) = 0;
  /// The server is shutting down: finish what is under way and Close() before the drain timeout.
  virtual void OnDrain() = 0;
  /// The connection is over, whoever ended it. Nothing can be sent any more.
  virtual void OnClosed() = 0;
};

struct WebSocketLimits {
  std::size_t max_message_bytes = std::size_t{1} << 20;
  std::size_t max_queued_bytes = std::size_t{4} << 20;
};

/// Makes the handler of one accepted connection. `request` has id, query, headers, client and remote_address.
using WebSocketFactory = std::function<std::unique_ptr<WebSocketHandler>(const Request& request)>;

}  // namespace higgins::server::http
