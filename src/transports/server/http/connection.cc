#include "transports/server/http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "transports/server/http/admission.h"
#include "transports/server/http/body_reader.h"
#include "transports/server/http/cors.h"
#include "transports/server/http/reply.h"
#include "transports/server/http/responder.h"
#include "transports/server/http/stream.h"
#include "transports/server/http/timed_stream.h"
#include "transports/server/http/websocket_stream.h"

namespace higgins::server::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr auto kUploadGrace = std::chrono::seconds(5);

enum class BodyEnd { kTooSlow, kConnectionLost };

// In the coroutines below no aggregate is made within a co_await or co_return expression: GCC 12 destroys
// such temporaries twice (its bug 98401 and others of that family).
Problem BodyEnded(BodyEnd end) {
  if (end == BodyEnd::kTooSlow)
    return {.kind = ProblemKind::kRequestTimeout, .detail = "the body arrives too slowly"};
  return {.kind = ProblemKind::kBadRequest, .detail = "the connection ended within the body"};
}

Response InternalError(const std::exception& exception, const std::string& request_id) {
  return ToResponse({.kind = ProblemKind::kInternal, .detail = exception.what()}, request_id);
}

/// One request on its way through the connection.
struct Turn {
  Head head;
  std::string head_bytes;
  std::shared_ptr<Request> request = std::make_shared<Request>();
  Router::Match match;
  OriginKind origin = OriginKind::kNone;
  std::size_t body_bytes = 0;
  KeepAlive keep_alive = KeepAlive::kNo;
  bool body_unread = false;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream::Tcp::socket socket, std::shared_ptr<asio::ssl::context> tls, Service* service,
             Tracker* tracker)
      : service_(service),
        tracker_(tracker),
        timed_(std::make_shared<TimedStream>(std::move(socket), std::move(tls))) {
    boost::system::error_code error;
    const auto endpoint = stream().socket().remote_endpoint(error);
    if (!error) remote_address_ = endpoint.address().to_string();
    stream().socket().non_blocking(true, error);
    stream().socket().set_option(Stream::Tcp::no_delay(true), error);
  }

  void Start();

 private:
  Stream& stream() { return timed_->stream(); }
  asio::awaitable<void> Run();
  asio::awaitable<bool> ReadHead(Turn* turn);
  asio::awaitable<std::optional<Response>> Prepare(Turn* turn);
  asio::awaitable<std::optional<Problem>> ReadBody(Turn* turn);
  asio::awaitable<Response> Handle(Turn* turn);
  asio::awaitable<bool> Send(Turn* turn, Response response);
  asio::awaitable<void> Refuse(Turn* turn, const HeadError& error);
  asio::awaitable<void> Upgrade(Turn* turn);
  void Report(const Turn& turn, const Response& response, std::size_t bytes_out) const;
  void WatchForLeaving(std::shared_ptr<std::atomic<bool>> gone);
  void End(Ending ending);

  Service* service_;
  Tracker* tracker_;
  std::shared_ptr<TimedStream> timed_;
  std::string remote_address_;
  bool idle_ = true;
  bool first_request_ = true;
  bool ending_ = false;
  std::function<void(Ending)> end_websocket_;
};

void Connection::Start() {
  const auto executor = stream().get_executor();
  tracker_->Add(this, [weak = weak_from_this(), executor](Ending ending) {
    asio::post(executor, [weak, ending] {
      if (const auto self = weak.lock()) self->End(ending);
    });
  });
  asio::co_spawn(
      executor, [self = shared_from_this()] { return self->Run(); },
      [self = shared_from_this()](const std::exception_ptr&) {
        self->timed_->Disarm();
        self->stream().Close();
        self->tracker_->Remove(self.get());
      });
}

void Connection::End(Ending ending) {
  ending_ = true;
  if (end_websocket_) {
    end_websocket_(ending);
  } else if (ending == Ending::kCut) {
    stream().Close();
  } else if (idle_) {
    stream().Cancel();
  }
}

asio::awaitable<bool> Connection::ReadHead(Turn* turn) {
  const HttpOptions& options = service_->options;
  idle_ = timed_->inbox().empty();
  const auto quiet = first_request_ ? options.header_timeout : options.idle_timeout;
  timed_->Arm(Clock::now() + (idle_ ? quiet : options.header_timeout), AtDeadline::kCancel);
  while (true) {
    auto end = FindHeadEnd(timed_->inbox(), options.head_limits);
    if (const auto* error = std::get_if<HeadError>(&end)) {
      co_await Refuse(turn, *error);
      co_return false;
    }
    if (const auto size = std::get<0>(end)) {
      turn->head_bytes = timed_->inbox().substr(0, *size);
      timed_->inbox().erase(0, *size);
      idle_ = false;
      co_return true;
    }
    if (idle_ && ending_) co_return false;
    if (!co_await timed_->Fill()) {
      if (timed_->timed_out() && !timed_->inbox().empty()) {
        const HeadError late{408, "the head of the request did not arrive in time"};
        co_await Refuse(turn, late);
      }
      co_return false;
    }
    if (idle_) {
      idle_ = false;
      turn->request->received = Clock::now();
      timed_->Arm(Clock::now() + options.header_timeout, AtDeadline::kCancel);
    }
  }
}

asio::awaitable<std::optional<Problem>> Connection::ReadBody(Turn* turn) {
  BodyReader reader(turn->head_bytes, turn->head, *turn->match.route, service_, turn->request.get());
  const HttpOptions& options = service_->options;
  turn->body_unread = true;
  std::optional<Problem> problem = reader.Check();
  if (problem) co_return problem;
  if (turn->head.expects_continue && timed_->inbox().empty() && !reader.is_done()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, sent] = co_await asio::async_write(stream(), asio::buffer(kContinue), kAwait);
    if (error) co_return BodyEnded(BodyEnd::kConnectionLost);
  }
  const Clock::time_point start = Clock::now();
  while (!reader.is_done()) {
    problem = reader.Feed(&timed_->inbox());
    if (problem) co_return problem;
    if (reader.is_done()) break;
    Clock::time_point latest = start + options.body_timeout;
    if (options.min_upload_bytes_per_s > 0) {
      const std::chrono::duration<double> earned(static_cast<double>(reader.num_bytes()) /
                                                 options.min_upload_bytes_per_s);
      latest = std::min(latest, start + kUploadGrace + std::chrono::duration_cast<milliseconds>(earned));
    }
    timed_->Arm(latest, AtDeadline::kCancel);
    if (!co_await timed_->Fill()) {
      co_return BodyEnded(timed_->timed_out() ? BodyEnd::kTooSlow : BodyEnd::kConnectionLost);
    }
  }
  turn->body_bytes = reader.num_bytes();
  turn->body_unread = false;
  co_return reader.Finish();
}

/// A response when the request ends here; none: the handler's turn.
asio::awaitable<std::optional<Response>> Connection::Prepare(Turn* turn) {
  const bool has_body = turn->head.framing != BodyFraming::kNone;
  const Taking taking = ending_ || service_->draining ? Taking::kOpenPaths : Taking::kAll;
  Admission admission = Admit(*service_, taking, turn->request.get());
  turn->match = std::move(admission.match);
  turn->origin = admission.origin;
  if (admission.answer || turn->match.route == nullptr) {
    turn->body_unread = has_body;
    co_return std::move(admission.answer);
  }
  const std::optional<Problem> problem = co_await ReadBody(turn);
  if (problem) co_return ToResponse(*problem, turn->request->id);
  co_return std::nullopt;
}

/// While a handler works nothing is read; a connection that breaks is noticed all the same. One that only
/// ends may be half closed by a client that still waits for its answer.
void Connection::WatchForLeaving(std::shared_ptr<std::atomic<bool>> gone) {
  if (!timed_->inbox().empty()) return;
  stream().socket().async_wait(Stream::Tcp::socket::wait_read, [self = shared_from_this(),
                                                                held = std::move(gone)](const auto& error) {
    if (error) return;
    char byte = 0;
    boost::system::error_code peek_error;
    self->stream().socket().receive(asio::buffer(&byte, 1), Stream::Tcp::socket::message_peek, peek_error);
    const bool is_broken =
        peek_error && peek_error != asio::error::would_block && peek_error != asio::error::eof;
    if (is_broken) held->store(true, std::memory_order_relaxed);
  });
}

asio::awaitable<Response> Connection::Handle(Turn* turn) {
  const auto slot = std::make_shared<ResponseSlot>(stream().get_executor());
  WatchForLeaving(turn->request->gone);
  try {
    // No copy stays here: a handler that lets go of its own has forgotten the request, and that must be
    // noticed.
    turn->match.route->handler(turn->request, MakeRespond(slot, turn->request->id));
  } catch (const std::exception& exception) {
    slot->response = InternalError(exception, turn->request->id);
  }
  while (!slot->response) co_await slot->arrived.async_wait(kAwait);
  stream().Cancel();  // the watch
  co_return *std::move(slot->response);
}

void Connection::Report(const Turn& turn, const Response& response, std::size_t bytes_out) const {
  const Request& request = *turn.request;
  Exchange exchange{.id = request.id,
                    .method = request.method,
                    .route = "",
                    .client = request.client,
                    .remote_address = remote_address_,
                    .reason = response.reason,
                    .status = response.status,
                    .seconds = std::chrono::duration<double>(Clock::now() - request.received).count(),
                    .bytes_in = turn.body_bytes,
                    .bytes_out = bytes_out};
  if (turn.match.route != nullptr)
    exchange.route = turn.match.route->pattern;
  else if (turn.match.websocket != nullptr)
    exchange.route = turn.match.websocket->pattern;
  service_->on_exchange(exchange);
}

asio::awaitable<bool> Connection::Send(Turn* turn, Response response) {
  const bool stays = turn->head.keep_alive && !turn->body_unread && !ending_ && !service_->draining;
  turn->keep_alive = stays ? KeepAlive::kYes : KeepAlive::kNo;
  response.headers.Set("X-Request-Id", turn->request->id);
  AddCorsHeaders(turn->request->headers, turn->origin, &response);
  const std::string& body = response.shared_body ? *response.shared_body : response.body;
  const std::string head = WriteHead(response, body.size(), turn->keep_alive);
  const bool sends_body = turn->request->method != "HEAD" && response.status != 204 && response.status != 304;
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head),
                                                  asio::buffer(body.data(), sends_body ? body.size() : 0)};
  timed_->Arm(Clock::now() + service_->options.body_timeout, AtDeadline::kClose);
  const auto [error, sent] = co_await asio::async_write(stream(), buffers, kAwait);
  Report(*turn, response, sent);
  if (error) co_return false;
  if (!stays)
    co_await timed_->Linger(turn->body_unread || !timed_->inbox().empty() ? Leftover::kUnread
                                                                          : Leftover::kNone);
  co_return stays;
}

/// A head that cannot be trusted: an answer, and the end.
asio::awaitable<void> Connection::Refuse(Turn* turn, const HeadError& error) {
  turn->request->id = RequestId({});
  if (turn->request->received == Clock::time_point()) turn->request->received = Clock::now();
  turn->head.keep_alive = false;
  turn->body_unread = true;  // whatever it is
  const ProblemKind kind = error.status == 408 ? ProblemKind::kRequestTimeout : ProblemKind::kBadRequest;
  const Problem problem{.kind = kind, .detail = error.detail, .status = error.status};
  Response response = ToResponse(problem, turn->request->id);
  co_await Send(turn, std::move(response));
}

asio::awaitable<void> Connection::Upgrade(Turn* turn) {
  if (const auto problem = CheckUpgrade(turn->head)) {
    Response response = ToResponse(*problem, turn->request->id);
    if (response.status == 426) {
      response.headers.Add("Upgrade", "websocket");
      response.headers.Add("Sec-WebSocket-Version", "13");
    }
    co_await Send(turn, std::move(response));
    co_return;
  }
  timed_->Disarm();
  http::Upgrade upgrade{.stream = timed_->shared_stream(),
                        .received = turn->head_bytes + timed_->inbox(),
                        .request = turn->request,
                        .route = turn->match.websocket,
                        .service = service_,
                        .end = &end_websocket_};
  co_await RunWebSocket(std::move(upgrade));
  Response response;
  response.status = 101;
  Report(*turn, response, 0);
}

asio::awaitable<void> Connection::Run() {
  const auto self = shared_from_this();
  if (!co_await timed_->Handshake(service_->options.header_timeout)) co_return;
  while (true) {
    Turn turn;
    turn.request->received = Clock::now();
    turn.request->remote_address = remote_address_;
    if (!co_await ReadHead(&turn)) co_return;
    first_request_ = false;
    auto head = ParseHead(turn.head_bytes, service_->options.head_limits);
    const auto* head_error = std::get_if<HeadError>(&head);
    if (head_error != nullptr) {
      co_await Refuse(&turn, *head_error);
      co_return;
    }
    turn.head = std::get<Head>(std::move(head));
    auto target = ParseTarget(turn.head.target);
    if (const auto* error = std::get_if<HeadError>(&target)) {
      co_await Refuse(&turn, *error);
      co_return;
    }
    Request& request = *turn.request;
    request.id = RequestId(turn.head.headers);
    request.method = turn.head.method;
    request.path = std::move(std::get<Target>(target).path);
    request.query = std::move(std::get<Target>(target).query);
    request.headers = turn.head.headers;
    std::optional<Response> verdict = co_await Prepare(&turn);
    if (!verdict && turn.match.route == nullptr) {
      co_await Upgrade(&turn);
      co_return;
    }
    timed_->Disarm();
    Response response;
    if (verdict)
      response = *std::move(verdict);
    else
      response = co_await Handle(&turn);
    if (!co_await Send(&turn, std::move(response))) co_return;
  }
}

}  // namespace

void Serve(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> tls, Service* service,
           Tracker* tracker) {
  std::make_shared<Connection>(std::move(socket), std::move(tls), service, tracker)->Start();
}

}  // namespace higgins::server::http
