#include "transports/server/stream/routes.h"

#include <memory>
#include <string>
#include <utility>

#include "transports/server/stream/events.h"
#include "transports/server/stream/live_assessment.h"
#include "transports/server/stream/start_message.h"

namespace higgins::server::stream {
namespace {

using http::CloseCode;
using http::ProblemKind;

// 32 s of 16-bit PCM at 16 kHz; recorders send a tenth of a second.
constexpr std::size_t kMaxMessageBytes = std::size_t{1} << 20;

CloseCode CodeOf(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kQueueFull:
    case ProblemKind::kDeadlineExceeded:
    case ProblemKind::kRateLimited:
      return CloseCode::kTryAgainLater;
    case ProblemKind::kDraining:
      return CloseCode::kGoingAway;
    case ProblemKind::kAudioTooLong:
    case ProblemKind::kPayloadTooLarge:
      return CloseCode::kTooBig;
    case ProblemKind::kInvalidArgument:
    case ProblemKind::kBadAudio:
    case ProblemKind::kUnsupportedAudio:
      return CloseCode::kBadData;
    case ProblemKind::kNoSpeech:
    case ProblemKind::kAudioTooShort:
      return CloseCode::kNormal;  // that is an answer, too
    case ProblemKind::kBadRequest:
    case ProblemKind::kRequestTimeout:
      return CloseCode::kPolicyViolation;
    default:
      return CloseCode::kInternalError;
  }
}

class StreamHandler : public http::WebSocketHandler {
 public:
  StreamHandler(AppState* app, const http::Request& request)
      : app_(app), request_id_(request.id), client_(request.client) {}

  void OnOpen(std::shared_ptr<http::WebSocketSession> session) override {
    socket_ = std::move(session);
    socket_->SetTimer(std::chrono::milliseconds(app_->config.header_timeout_ms), [this] {
      Refuse({.kind = ProblemKind::kRequestTimeout, .detail = "the first message did not come in time"});
    });
  }

  void OnText(std::string_view message) override {
    if (is_over_) return;
    if (!live_) return Start(message);
    if (IsEndMessage(message)) return live_->Finish();
    Refuse({.kind = ProblemKind::kBadRequest,
            .detail = R"(after the first message only audio (binary) and {"type":"end"} may come)"});
  }

  void OnBinary(std::span<const std::byte> message) override {
    if (is_over_) return;
    if (!live_) {
      return Refuse(
          {.kind = ProblemKind::kBadRequest, .detail = "audio came before the first message (text)"});
    }
    live_->Feed(message);
  }

  void OnDrain() override {
    if (live_) return live_->Finish();
    Refuse({.kind = ProblemKind::kDraining, .detail = "the server is shutting down"});
  }

  void OnClosed() override {
    is_over_ = true;
    if (live_) live_->Abandon();
  }

 private:
  void Start(std::string_view message) {
    Result<StartMessage> start =
        ParseStartMessage(message, app_->config.max_duration_s, app_->config.max_upload_bytes);
    if (!start) return Refuse(http::ProblemOf(start.error()));
    Result<std::shared_ptr<const Assessor>> assessor = app_->packs.Get()->Find(start->language, start->pack);
    if (!assessor) return Refuse(http::ProblemOf(assessor.error()));
    detail_ = start->detail;
    end_of_turn_ = start->end_of_turn;
    const auto longest = LongestStream(start->session.assess.audio.max_duration_s);
    Result<std::shared_ptr<LiveAssessment>> live = LiveAssessment::Start(
        {.app = app_,
         .socket = socket_,
         .client = client_,
         .assessor = *std::move(assessor),
         .text = std::move(start->text),
         .options = std::move(start->session),
         .callbacks = {
             .on_event = [this](const SessionEvent& event) { OnEvent(event); },
             .on_progress = [this](const SessionProgress& p) { socket_->SendText(ProgressEvent(p)); },
             .on_end = [this](const LiveEnd& end) { OnEnd(end); }}});
    if (!live) return Refuse(http::ProblemOf(live.error()));
    live_ = *std::move(live);
    socket_->SendText(ReadyEvent(request_id_, live_->num_words()));
    socket_->SetTimer(longest, [this] {
      Refuse({.kind = ProblemKind::kRequestTimeout, .detail = "the stream took too long"});
    });
  }

  void OnEvent(const SessionEvent& event) {
    socket_->SendText(SpeechEvent(event));
    const bool is_end = event.kind != SessionEvent::Kind::kSpeechStarted;
    if (is_end && end_of_turn_ == EndOfTurn::kOnSilence) live_->Finish();
  }

  void OnEnd(const LiveEnd& end) {
    if (const auto* report = std::get_if<Report>(&end)) {
      is_over_ = true;
      socket_->SetTimer({}, nullptr);
      socket_->SendText(ReportEvent(*report, detail_));
      socket_->Close(app_->draining ? CloseCode::kGoingAway : CloseCode::kNormal, "");
      return;
    }
    const auto* error = std::get_if<Error>(&end);
    Refuse(error != nullptr ? http::ProblemOf(*error) : std::get<http::Problem>(end));
  }

  void Refuse(const http::Problem& problem) {
    if (is_over_) return;
    is_over_ = true;
    socket_->SetTimer({}, nullptr);
    if (live_) live_->Abandon();
    app_->metrics.Add("higgins_rejections_total", {{"reason", http::ProblemName(problem.kind)}});
    socket_->SendText(ErrorEvent(problem, request_id_));
    socket_->Close(CodeOf(problem.kind), http::ProblemName(problem.kind));
  }

  AppState* app_;
  std::string request_id_;
  std::string client_;
  std::shared_ptr<http::WebSocketSession> socket_;
  std::shared_ptr<LiveAssessment> live_;  // once the first message was good
  Detail detail_ = Detail::kFull;
  EndOfTurn end_of_turn_ = EndOfTurn::kByClient;
  bool is_over_ = false;  // the last message was sent, or the connection is gone
};

}  // namespace

void AddRoutes(http::Router* router, AppState* app) {
  router->AddWebSocket({.pattern = "/v1/stream",
                        .access = {.scope = "stream", .key_place = http::KeyPlace::kHeaderOrQuery},
                        .limits = {.max_message_bytes = kMaxMessageBytes},
                        .factory = [app](const http::Request& request) {
                          return std::make_unique<StreamHandler>(app, request);
                        }});
}

}  // namespace higgins::server::stream
