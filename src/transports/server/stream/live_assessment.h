// One assessment of audio that comes over a WebSocket: fed in slices on the connection's strand, provisional
// results when a worker is free anyway, the report through the queue like any other request. What both live
// protocols share.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "higgins/session.h"
#include "transports/server/app_state.h"
#include "transports/server/http/problem.h"
#include "transports/server/http/websocket.h"

namespace higgins::server::stream {

/// How it ended: with the report, with what the engine says is wrong, or refused by the server (queue full,
/// too late).
using LiveEnd = std::variant<Report, Error, http::Problem>;

/// All are called on the strand, and not after the handler is gone. None may be empty.
struct LiveCallbacks {
  std::function<void(const SessionEvent& event)> on_event;
  std::function<void(const SessionProgress& progress)> on_progress;
  std::function<void(const LiveEnd& end)> on_end;  ///< once; nothing comes after it
};

/// Belongs to the strand.
class LiveAssessment : public std::enable_shared_from_this<LiveAssessment> {
 public:
  struct Setup {
    AppState* app = nullptr;
    std::shared_ptr<http::WebSocketSession> socket;
    std::string client;  ///< for fairness
    std::shared_ptr<const Assessor> assessor;
    std::string text;
    SessionOptions options;
    LiveCallbacks callbacks;
  };
  /// Errors: those of Session::Start.
  static Result<std::shared_ptr<LiveAssessment>> Start(Setup setup);

  /// Reading from the socket is paused until everything has been taken in, so that a client that sends faster
  /// than the audio can be followed is slowed down, and no call holds the strand for long.
  void Feed(std::span<const std::byte> bytes);
  /// No more audio comes: the report is made of what came.
  void Finish();
  /// Nobody waits for the report any more.
  void Abandon() { gone_->store(true); }

  bool is_finishing() const { return is_finishing_; }
  int audio_ms() const { return session_.audio_ms(); }
  int num_words() const { return session_.num_words(); }
  bool is_live() const { return session_.is_live(); }

  LiveAssessment(Setup setup, Session session) : setup_(std::move(setup)), session_(std::move(session)) {}

 private:
  void TakeIn();
  void TakeInSoon();
  void MaybeProgress();
  void SubmitReport();
  void End(const LiveEnd& end);
  LiveEnd MakeReport(TaskOutcome outcome);

  Setup setup_;
  Session session_;
  std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false);
  std::string waiting_;  // bytes not yet taken in
  std::size_t waiting_begin_ = 0;
  bool is_finishing_ = false;
  bool progress_runs_ = false;
  bool has_submitted_ = false;  // the report
  bool has_ended_ = false;
};

/// Time that a client has for a stream of at most `max_duration_s`, slow ones included.
std::chrono::milliseconds LongestStream(double max_duration_s);

}  // namespace higgins::server::stream
