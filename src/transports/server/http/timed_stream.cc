#include "transports/server/http/timed_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace higgins::server::http {
namespace {

namespace asio = boost::asio;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 16384;
// After a refusal the rest of the body is read and forgotten for a while: a connection closed with bytes
// unread is reset, and the client might never see why (RFC 9112, 9.6).
constexpr std::chrono::seconds kLinger{3};
constexpr std::chrono::seconds kGoodbye{1};  // for the client's half of a TLS close
constexpr std::size_t kMaxLingerBytes = std::size_t{64} << 20;

}  // namespace

TimedStream::TimedStream(Stream::Tcp::socket socket, std::shared_ptr<asio::ssl::context> tls)
    : stream_(std::make_shared<Stream>(std::move(socket), std::move(tls))),
      deadline_(stream_->get_executor()) {}

asio::awaitable<bool> TimedStream::Handshake(std::chrono::milliseconds timeout) {
  if (!stream_->is_tls()) co_return true;
  Arm(Clock::now() + timeout, AtDeadline::kClose);
  const auto [error] = co_await stream_->async_handshake(kAwait);
  co_return !error;
}

asio::awaitable<bool> TimedStream::Fill() {
  const std::size_t before = inbox_.size();
  inbox_.resize(before + kReadBytes);
  const auto [error, got] =
      co_await stream_->async_read_some(asio::buffer(inbox_.data() + before, kReadBytes), kAwait);
  inbox_.resize(before + got);
  co_return !error;
}

asio::awaitable<void> TimedStream::Linger(Leftover leftover) {
  const bool unread = leftover == Leftover::kUnread;
  Arm(Clock::now() + (unread ? kLinger : kGoodbye), AtDeadline::kClose);
  if (!unread) {
    if (stream_->is_tls()) co_await stream_->async_shutdown_tls(kAwait);
    co_return;
  }
  stream_->ShutdownSend();
  inbox_.clear();
  std::size_t num_bytes = 0;
  while (num_bytes < kMaxLingerBytes && co_await Fill()) {
    num_bytes += inbox_.size();
    inbox_.clear();
  }
}

void TimedStream::Arm(Clock::time_point when, AtDeadline action) {
  timed_out_ = false;
  const std::size_t generation = ++deadline_generation_;
  deadline_.expires_at(when);
  deadline_.async_wait([weak = weak_from_this(), generation, action](const auto& error) {
    const auto self = weak.lock();
    if (error || !self || generation != self->deadline_generation_) return;
    self->timed_out_ = true;
    if (action == AtDeadline::kClose)
      self->stream_->Close();
    else
      self->stream_->Cancel();
  });
}

void TimedStream::Disarm() {
  ++deadline_generation_;
  deadline_.cancel();
}

}  // namespace higgins::server::http
