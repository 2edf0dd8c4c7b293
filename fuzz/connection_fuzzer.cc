// Any bytes on a connection of the server, over a real socket: heads, bodies and pipelined requests, or (an
// input that begins with 'W') the frames of a WebSocket after its handshake. A room gets valid messages
// within its limits only, hears of the end once, and nothing of a connection stays.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "transports/server/http/connection.h"
#include "transports/server/http/text.h"
#include "transports/server/stream/start_message.h"

namespace {

using namespace higgins::server;        // NOLINT(google-build-using-namespace)
using namespace higgins::server::http;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::size_t kMaxBodyBytes = 8192;
constexpr std::string_view kHandshake =
    "GET /stream HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

void Require(bool condition) {
  if (!condition) std::abort();
}

/// Answers every message, and does what rooms do: waits, closes, sets timers.
class Room : public WebSocketHandler {
 public:
  ~Room() override { Require(!session_); }
  void OnOpen(std::shared_ptr<WebSocketSession> session) override {
    Require(!session_);
    session_ = std::move(session);
    session_->SetTimer(std::chrono::hours(1), [] {});
  }
  void OnText(std::string_view message) override {
    Require(session_ && IsUtf8(message) && message.size() <= kMaxMessageBytes);
    const auto start = stream::ParseStartMessage(message, 60.0, std::size_t{1} << 20);
    if (!start) Require(start.error().code == higgins::ErrorCode::kInvalidArgument);
    if (stream::IsEndMessage(message)) return session_->Close(CloseCode::kNormal, message);
    session_->PauseReading();
    session_->SendText(std::string(message));
    session_->Post([session = session_.get()] { session->ResumeReading(); });
  }
  void OnBinary(std::span<const std::byte> message) override {
    Require(session_ && message.size() <= kMaxMessageBytes);
    session_->SendBinary(std::string(message.size(), 'x'));
  }
  void OnDrain() override { session_->Close(CloseCode::kGoingAway, ""); }
  void OnClosed() override {
    Require(session_ != nullptr);
    session_.reset();
  }

 private:
  std::shared_ptr<WebSocketSession> session_;
};

std::unique_ptr<Service> MakeService() {
  auto service = std::make_unique<Service>();
  const auto answer = [](const std::shared_ptr<Request>& request, const Respond& respond) {
    Require(request->body.size() <= kMaxBodyBytes);
    for (const Part& part : request->parts) Require(part.data.size() <= kMaxBodyBytes);
    Response response;
    response.content_type = "text/plain";
    response.body = request->path;
    respond(std::move(response));
  };
  service->router.Add({.method = "GET", .pattern = "/{name}", .handler = answer});
  service->router.Add({.method = "POST",
                       .pattern = "/raw",
                       .body = BodyKind::kRaw,
                       .max_body_bytes = kMaxBodyBytes,
                       .handler = answer});
  service->router.Add({.method = "POST",
                       .pattern = "/form",
                       .body = BodyKind::kMultipart,
                       .max_body_bytes = kMaxBodyBytes,
                       .max_parts = 4,
                       .handler = answer});
  service->router.AddWebSocket({.pattern = "/stream",
                                .limits = {.max_message_bytes = kMaxMessageBytes},
                                .factory = [](const Request&) { return std::make_unique<Room>(); }});
  service->authorise = [](const Access&, Request*) { return std::optional<Problem>(); };
  service->on_exchange = [](const Exchange&) {};
  service->on_websocket = [](const std::string&, int) {};
  return service;
}

// To the end, and then says that no more comes.
void Send(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  shutdown(socket, SHUT_WR);
}

// Reads and forgets, so that the server never waits for its client to read.
void Drain(int socket) {
  std::array<char, 65536> forgotten{};
  while (recv(socket, forgotten.data(), forgotten.size(), MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<Service> service = MakeService();
  std::string input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with('W')) input = std::string(kHandshake) + input.substr(1);
  // A pair of local sockets: TCP would run out of ports.
  std::array<int, 2> ends{};
  Require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  boost::asio::io_context io(1);
  Tracker tracker;
  boost::asio::ip::tcp::socket socket(boost::asio::make_strand(io));
  socket.assign(boost::asio::ip::tcp::v4(), ends[0]);
  Send(ends[1], input);
  Serve(std::move(socket), nullptr, service.get(), &tracker);
  while (!io.stopped()) {
    io.run_one_for(std::chrono::milliseconds(10));
    Drain(ends[1]);
  }
  Require(tracker.size() == 0 && service->buffered_bytes == 0);
  close(ends[1]);
  return 0;
}
