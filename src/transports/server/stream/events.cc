#include "transports/server/stream/events.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace higgins::server::stream {
namespace {

using Json = nlohmann::ordered_json;

double Rounded(double value) { return std::round(value * 1e4) / 1e4; }  // as in the report

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

const char* Name(SessionEvent::Kind kind) {
  switch (kind) {
    case SessionEvent::Kind::kSpeechStarted:
      return "speech_started";
    case SessionEvent::Kind::kSpeechEnded:
      return "speech_ended";
    case SessionEvent::Kind::kInitialSilence:
      break;
  }
  return "initial_silence";
}

}  // namespace

std::string ReadyEvent(const std::string& request_id, int num_words) {
  return Dump({{"type", "ready"}, {"request_id", request_id}, {"num_words", num_words}});
}

std::string SpeechEvent(const SessionEvent& event) {
  return Dump({{"type", Name(event.kind)}, {"time_ms", event.time_ms}});
}

std::string ProgressEvent(const SessionProgress& progress) {
  Json words = Json::array();
  for (const WordReport& word : progress.words) {
    words.push_back({{"word", word.word},
                     {"accuracy", Rounded(word.accuracy)},
                     {"stress", Rounded(word.stress)},
                     {"total", Rounded(word.total)},
                     {"start_ms", word.start_ms},
                     {"end_ms", word.end_ms},
                     {"char_begin", word.char_begin},
                     {"char_end", word.char_end}});
  }
  return Dump({{"type", "progress"}, {"audio_ms", progress.audio_ms}, {"words", std::move(words)}});
}

std::string ReportEvent(const Report& report, Detail detail) {
  return R"({"type":"report","report":)" + ToJson(report, detail) + "}";
}

std::string ErrorEvent(const http::Problem& problem, const std::string& request_id) {
  std::string body = http::ToResponse(problem, request_id).body;
  while (!body.empty() && body.back() == '\n') body.pop_back();
  return R"({"type":"error","problem":)" + body + "}";
}

}  // namespace higgins::server::stream
