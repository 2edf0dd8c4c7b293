#include "transports/server/http/websocket_stream.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <exception>
#include <span>
#include <string_view>
#include <utility>

#include "transports/server/http/text.h"

namespace higgins::server::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxReasonBytes = 123;  // RFC 6455, 5.5: a control frame carries 125 bytes

struct Outgoing {
  enum class Kind { kText, kBinary, kClose } kind = Kind::kText;
  std::string data;  ///< of a close: the reason
  CloseCode code = CloseCode::kNormal;
};

class Session : public WebSocketSession, public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Upgrade upgrade)
      : upgrade_(std::move(upgrade)),
        limits_(upgrade_.route->limits),
        ws_(*upgrade_.stream),
        timer_(upgrade_.stream->get_executor()),
        resumed_(upgrade_.stream->get_executor()) {}

  void SendText(std::string message) override { Enqueue({Outgoing::Kind::kText, std::move(message)}); }
  void SendBinary(std::string message) override { Enqueue({Outgoing::Kind::kBinary, std::move(message)}); }
  void Close(CloseCode code, std::string_view reason) override {
    Enqueue({Outgoing::Kind::kClose, std::string(reason.substr(0, kMaxReasonBytes)), code});
  }
  std::size_t queued_bytes() const override { return queued_bytes_.load(std::memory_order_relaxed); }

  void PauseReading() override {
    // At once when a handler asks for it: posted, it would come after the next message had been handed over.
    asio::dispatch(upgrade_.stream->get_executor(), [self = shared_from_this()] { self->paused_ = true; });
  }
  void ResumeReading() override {
    OnStrand([](Session& self) {
      self.paused_ = false;
      self.resumed_.cancel();
    });
  }
  void Post(std::function<void()> function) override {
    OnStrand([f = std::move(function)](Session& self) {
      if (self.handler_) self.Guard(f);
    });
  }
  void SetTimer(std::chrono::milliseconds after, std::function<void()> function) override {
    OnStrand([after, f = std::move(function)](Session& self) mutable { self.ArmTimer(after, std::move(f)); });
  }

  asio::awaitable<void> Run();

 private:
  template <typename Function>
  void OnStrand(Function function) {
    asio::post(upgrade_.stream->get_executor(),
               [self = shared_from_this(), f = std::move(function)]() mutable { f(*self); });
  }
  void Enqueue(Outgoing message);
  void ArmTimer(std::chrono::milliseconds after, std::function<void()> function);
  void End(Ending ending);
  /// A defect of a room ends its session, not the server.
  template <typename Function>
  void Guard(const Function& function) {
    try {
      function();
    } catch (const std::exception&) {
      Close(CloseCode::kInternalError, "");
    }
  }
  asio::awaitable<bool> Accept();
  asio::awaitable<void> ReadAll();
  asio::awaitable<void> WriteAll();
  void Dispatch(const beast::flat_buffer& buffer);

  Upgrade upgrade_;
  WebSocketLimits limits_;
  ws::stream<Stream&, /*deflateSupported=*/false> ws_;
  asio::steady_timer timer_;
  asio::steady_timer resumed_;
  std::unique_ptr<WebSocketHandler> handler_;
  std::deque<Outgoing> queue_;
  std::atomic<std::size_t> queued_bytes_{0};
  std::size_t timer_generation_ = 0;
  bool paused_ = false;
  bool writing_ = false;
  bool closing_ = false;  ///< a close frame is queued: nothing may follow it
  bool over_ = false;
};

void Session::Enqueue(Outgoing message) {
  queued_bytes_.fetch_add(message.data.size(), std::memory_order_relaxed);
  OnStrand([m = std::move(message)](Session& self) mutable {
    if (self.closing_ || self.over_) {
      self.queued_bytes_.fetch_sub(m.data.size(), std::memory_order_relaxed);
      return;
    }
    self.closing_ = m.kind == Outgoing::Kind::kClose;
    self.queue_.push_back(std::move(m));
    if (self.queued_bytes() > self.limits_.max_queued_bytes) {
      self.upgrade_.stream->Close();  // the client does not read: nothing it could be told would arrive
      return;
    }
    if (self.writing_) return;
    self.writing_ = true;
    asio::co_spawn(
        self.upgrade_.stream->get_executor(), [held = self.shared_from_this()] { return held->WriteAll(); },
        asio::detached);
  });
}

asio::awaitable<void> Session::WriteAll() {
  const auto self = shared_from_this();
  while (!queue_.empty() && !over_) {
    const Outgoing message = std::move(queue_.front());
    queue_.pop_front();
    if (message.kind == Outgoing::Kind::kClose) {
      const ws::close_reason reason(static_cast<ws::close_code>(message.code), message.data);
      co_await ws_.async_close(reason, kAwait);
      break;
    }
    ws_.text(message.kind == Outgoing::Kind::kText);
    const auto [error, written] = co_await ws_.async_write(asio::buffer(message.data), kAwait);
    queued_bytes_.fetch_sub(message.data.size(), std::memory_order_relaxed);
    if (error) break;
  }
  writing_ = false;
}

void Session::ArmTimer(std::chrono::milliseconds after, std::function<void()> function) {
  const std::size_t generation = ++timer_generation_;
  timer_.cancel();
  if (!function || over_) return;
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), generation, f = std::move(function)](const auto& error) {
    if (!error && generation == self->timer_generation_ && self->handler_) self->Guard(f);
  });
}

void Session::End(Ending ending) {
  if (ending == Ending::kCut || !handler_)
    upgrade_.stream->Close();
  else if (!closing_)
    Guard([&] { handler_->OnDrain(); });
}

asio::awaitable<bool> Session::Accept() {
  ws_.set_option(ws::stream_base::timeout{.handshake_timeout = upgrade_.service->options.header_timeout,
                                          .idle_timeout = upgrade_.service->options.idle_timeout,
                                          .keep_alive_pings = true});
  ws_.set_option(ws::stream_base::decorator([id = upgrade_.request->id](ws::response_type& response) {
    response.set("X-Request-Id", id);
    response.erase("Server");
  }));
  ws_.read_message_max(limits_.max_message_bytes);
  const auto [error] = co_await ws_.async_accept(asio::buffer(upgrade_.received), kAwait);
  co_return !error;
}

void Session::Dispatch(const beast::flat_buffer& buffer) {
  if (closing_) return;
  const asio::const_buffer data = buffer.cdata();
  if (ws_.got_text()) {
    Guard([&] { handler_->OnText({static_cast<const char*>(data.data()), data.size()}); });
  } else {
    Guard([&] { handler_->OnBinary({static_cast<const std::byte*>(data.data()), data.size()}); });
  }
}

asio::awaitable<void> Session::ReadAll() {
  beast::flat_buffer buffer;
  while (true) {
    while (paused_) {
      resumed_.expires_at(asio::steady_timer::time_point::max());
      co_await resumed_.async_wait(kAwait);
    }
    const auto [error, got] = co_await ws_.async_read(buffer, kAwait);
    if (error) co_return;
    Dispatch(buffer);
    buffer.consume(buffer.size());
  }
}

asio::awaitable<void> Session::Run() {
  const auto self = shared_from_this();
  if (!co_await Accept()) co_return;
  handler_ = upgrade_.route->factory(*upgrade_.request);
  *upgrade_.end = [weak = weak_from_this()](Ending ending) {
    if (const auto session = weak.lock()) session->End(ending);
  };
  upgrade_.service->on_websocket(upgrade_.route->pattern, 1);
  Guard([&] { handler_->OnOpen(self); });
  if (upgrade_.service->draining) End(Ending::kDrain);
  co_await ReadAll();
  over_ = true;
  *upgrade_.end = nullptr;
  timer_.cancel();
  Guard([&] { handler_->OnClosed(); });
  handler_.reset();
  upgrade_.service->on_websocket(upgrade_.route->pattern, -1);
}

}  // namespace

std::optional<Problem> CheckUpgrade(const Head& head) {
  const auto bad = [](std::string detail) {
    return Problem{.kind = ProblemKind::kBadRequest, .detail = std::move(detail)};
  };
  const std::string* key = head.headers.Find("Sec-WebSocket-Key");
  const std::string* version = head.headers.Find("Sec-WebSocket-Version");
  if (!head.wants_websocket || head.method != "GET")
    return Problem{.kind = ProblemKind::kBadRequest,
                   .detail = "this address speaks WebSocket: GET with Upgrade: websocket is needed",
                   .status = 426};
  if (version == nullptr || *version != "13")
    return Problem{
        .kind = ProblemKind::kBadRequest, .detail = "Sec-WebSocket-Version must be 13", .status = 426};
  const bool is_key =
      key != nullptr && key->size() == 24 && key->substr(22) == "==" &&
      head.headers.Count("Sec-WebSocket-Key") == 1 &&
      std::all_of(key->begin(), key->begin() + 22, [](char c) { return IsAlnum(c) || c == '+' || c == '/'; });
  if (!is_key) return bad("Sec-WebSocket-Key must be 16 bytes in base64");
  if (head.framing != BodyFraming::kNone) return bad("a request to upgrade has no body");
  return std::nullopt;
}

asio::awaitable<void> RunWebSocket(Upgrade upgrade) {
  const auto session = std::make_shared<Session>(std::move(upgrade));
  co_await session->Run();
}

}  // namespace higgins::server::http
