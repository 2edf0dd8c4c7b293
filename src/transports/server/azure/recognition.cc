#include "transports/server/azure/recognition.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "transports/server/azure/phrase.h"
#include "transports/server/azure/usp_frame.h"
#include "transports/server/stream/live_assessment.h"

namespace higgins::server::azure {
namespace {

using http::CloseCode;
using http::ProblemKind;
using stream::LiveAssessment;
using stream::LiveEnd;

// A reader pauses within a sentence; an utterance of the service's own recogniser ends sooner.
constexpr int kEndSilenceMs = 1500;

std::string Timestamp() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  char end[8];
  std::snprintf(end, sizeof end, ".%03dZ", static_cast<int>(ms));
  return std::string(text, size) + end;
}

std::string OffsetBody(int ms) { return "{\"Offset\":" + std::to_string(ms * kTicksPerMs) + "}"; }

/// Quotes what lexicon words consist of; anything else is left out.
std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') out += c;
  }
  return out + "\"";
}

/// What SDK and applications tell apart. The engine has no text for speech that does not fit, hence NoMatch.
std::string StatusOf(const Error& error, bool heard_speech) {
  switch (error.code) {
    case ErrorCode::kNoSpeech:
      return heard_speech ? "NoMatch" : "InitialSilenceTimeout";
    case ErrorCode::kAudioTooShort:
      return "NoMatch";
    case ErrorCode::kInternal:
    case ErrorCode::kBadPack:
    case ErrorCode::kNotFound:
      return "Error";
    default:
      return "BadRequest";
  }
}

std::string StatusOf(const http::Problem& problem) {
  const bool busy = problem.kind == ProblemKind::kQueueFull || problem.kind == ProblemKind::kDeadlineExceeded;
  return busy ? "TooManyRequests" : "Error";
}

const std::string* FindIgnoringCase(const http::Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields.all()) {
    if (http::EqualsIgnoringCase(key, name)) return &value;
  }
  return nullptr;
}

class Recognition : public http::WebSocketHandler {
 public:
  Recognition(AppState* app, const http::Request& request, RecognitionMode mode)
      : app_(app), id_(request.id), client_(request.client), path_mode_(mode) {
    if (const std::string* language = FindIgnoringCase(request.query, "language")) language_ = *language;
    const std::string* format = FindIgnoringCase(request.query, "format");
    wants_detail_ = format != nullptr && http::EqualsIgnoringCase(*format, "detailed");
  }

  void OnOpen(std::shared_ptr<http::WebSocketSession> session) override { socket_ = std::move(session); }

  void OnText(std::string_view message) override {
    const Result<UspMessage> parsed = ParseUspText(message);
    if (!parsed) return Refuse(parsed.error().message);
    if (parsed->path != "speech.context")
      return;  // speech.config and telemetry say nothing that is used here
    Result<SpeechContext> context = ParseSpeechContext(parsed->body);
    if (!context) return Refuse(context.error().message);
    context_ = *std::move(context);
  }

  void OnBinary(std::span<const std::byte> message) override {
    const Result<UspMessage> parsed = ParseUspBinary(message);
    if (!parsed) return Refuse(parsed.error().message);
    if (parsed->path != "audio" || parsed->request_id == ended_request_id_) return;
    if (!context_) return Refuse("audio came before speech.context");
    if (!live_) {
      if (!StartTurn(parsed->request_id)) return;
    } else if (parsed->request_id != request_id_) {
      return Refuse("audio of another request came before turn.end");
    }
    if (parsed->body.empty()) return live_->Finish();
    live_->Feed(std::as_bytes(std::span(parsed->body)));
  }

  void OnDrain() override {
    is_draining_ = true;
    if (live_) return live_->Finish();
    socket_->Close(CloseCode::kGoingAway, "the server is shutting down");
  }

  void OnClosed() override {
    if (live_) live_->Abandon();
    live_.reset();
  }

 private:
  RecognitionMode mode() const { return context_->mode.value_or(path_mode_); }

  void Send(std::string_view path, std::string_view json) {
    socket_->SendText(WriteUspText(path, request_id_, Timestamp(), json));
  }

  /// 1007 makes the client report bad parameters at once; it has 123 bytes for the reason.
  void Refuse(const std::string& reason) {
    if (live_) live_->Abandon();
    live_.reset();
    app_->metrics.Add("higgins_rejections_total",
                      {{"reason", http::ProblemName(ProblemKind::kInvalidArgument)}});
    socket_->Close(CloseCode::kBadData, reason.substr(0, 120));
  }

  SessionOptions OptionsOfTurn() const {
    SessionOptions options;
    options.assess.audio.max_duration_s = app_->config.max_duration_s;
    options.assess.num_alternatives = context_->assessment.num_nbest_phonemes;
    options.max_bytes = app_->config.max_upload_bytes;
    options.end_silence_ms = context_->end_silence_ms.value_or(kEndSilenceMs);
    options.initial_silence_ms = context_->initial_silence_ms.value_or(options.initial_silence_ms);
    return options;
  }

  bool StartTurn(const std::string& request_id) {
    Result<std::shared_ptr<const Assessor>> assessor = app_->packs.Get()->Find(language_);
    if (!assessor) {
      Refuse(assessor.error().message);
      return false;
    }
    Result<std::shared_ptr<LiveAssessment>> live = LiveAssessment::Start(
        {.app = app_,
         .socket = socket_,
         .client = client_,
         .assessor = *std::move(assessor),
         .text = context_->assessment.reference_text,
         .options = OptionsOfTurn(),
         .callbacks = {.on_event = [this](const SessionEvent& event) { OnEvent(event); },
                       .on_progress = [this](const SessionProgress& progress) { OnProgress(progress); },
                       .on_end = [this](const LiveEnd& end) { OnEnd(end); }}});
    if (!live) {
      Refuse(live.error().message);
      return false;
    }
    live_ = *std::move(live);
    request_id_ = request_id;
    speech_end_ms_ = 0;
    heard_speech_ = false;
    Send("turn.start", R"({"context":{"serviceTag":")" + id_ + "\"}}");
    socket_->SetTimer(stream::LongestStream(app_->config.max_duration_s),
                      [this] { EndTurn(FailurePhrase("Error", live_ ? live_->audio_ms() : 0)); });
    return true;
  }

  void OnEvent(const SessionEvent& event) {
    const bool ends_turn = mode() == RecognitionMode::kOnce;
    switch (event.kind) {
      case SessionEvent::Kind::kSpeechStarted:
        heard_speech_ = true;
        Send("speech.startDetected", OffsetBody(event.time_ms));
        break;
      case SessionEvent::Kind::kSpeechEnded:
        speech_end_ms_ = event.time_ms;
        if (ends_turn) live_->Finish();
        break;
      case SessionEvent::Kind::kInitialSilence:
        if (ends_turn) live_->Finish();
        break;
    }
  }

  void OnProgress(const SessionProgress& progress) {
    std::string text;
    for (const WordReport& word : progress.words) text += (text.empty() ? "" : " ") + word.word;
    const int start_ms = progress.words.front().start_ms;
    const int duration_ms = progress.words.back().end_ms - start_ms;
    Send("speech.hypothesis", "{\"Text\":" + Quoted(text) +
                                  ",\"Offset\":" + std::to_string(start_ms * kTicksPerMs) +
                                  ",\"Duration\":" + std::to_string(duration_ms * kTicksPerMs) + "}");
  }

  void OnEnd(const LiveEnd& end) {
    if (const auto* report = std::get_if<Report>(&end)) {
      const bool detailed = wants_detail_ || context_->wants_detail;
      if (!report->words.empty()) speech_end_ms_ = report->words.back().end_ms;
      return EndTurn(SuccessPhrase(*report, context_->assessment,
                                   detailed ? OutputFormat::kDetailed : OutputFormat::kSimple));
    }
    const auto* error = std::get_if<Error>(&end);
    const std::string status =
        error != nullptr ? StatusOf(*error, heard_speech_) : StatusOf(std::get<http::Problem>(end));
    EndTurn(FailurePhrase(status, live_ ? live_->audio_ms() : 0));
  }

  /// A client waits for turn.end whatever happened; its read loop ends on an empty speech.endDetected.
  void EndTurn(const std::string& phrase) {
    if (!live_) return;
    socket_->SetTimer({}, nullptr);
    live_->Abandon();
    Send("speech.endDetected", OffsetBody(speech_end_ms_ > 0 ? speech_end_ms_ : live_->audio_ms()));
    Send("speech.phrase", phrase);
    Send("turn.end", "{}");
    live_.reset();
    ended_request_id_ = request_id_;
    if (is_draining_) socket_->Close(CloseCode::kGoingAway, "the server is shutting down");
  }

  AppState* app_;
  std::string id_;
  std::string client_;
  std::string language_ = "en-US";
  RecognitionMode path_mode_;
  bool wants_detail_ = false;
  bool is_draining_ = false;
  std::shared_ptr<http::WebSocketSession> socket_;
  std::optional<SpeechContext> context_;

  // One turn.
  std::shared_ptr<LiveAssessment> live_;
  std::string request_id_;
  std::string ended_request_id_;  // audio that was on its way when the turn ended
  int speech_end_ms_ = 0;
  bool heard_speech_ = false;
};

}  // namespace

std::unique_ptr<http::WebSocketHandler> MakeRecognition(AppState* app, const http::Request& request,
                                                        RecognitionMode mode) {
  return std::make_unique<Recognition>(app, request, mode);
}

}  // namespace higgins::server::azure
