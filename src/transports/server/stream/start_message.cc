#include "transports/server/stream/start_message.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace higgins::server::stream {
namespace {

using Json = nlohmann::json;

Error Bad(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }

Result<void> ReadString(const std::string& name, const Json& value, std::string* to) {
  if (!value.is_string()) return Bad(name + ": expected a string");
  *to = value.get<std::string>();
  return {};
}

Result<void> ReadInt(const std::string& name, const Json& value, int* to) {
  constexpr double kLargest = 1e9;
  if (!value.is_number_integer() || std::abs(value.get<double>()) > kLargest) {
    return Bad(name + ": expected a whole number");
  }
  *to = value.get<int>();
  return {};
}

Result<void> ReadDetail(const Json& value, Detail* to) {
  if (value == "full")
    *to = Detail::kFull;
  else if (value == "word")
    *to = Detail::kWord;
  else if (value == "sentence")
    *to = Detail::kSentence;
  else
    return Bad("detail_level: expected full, word or sentence");
  return {};
}

Result<void> ReadPronunciations(const Json& value, std::vector<WordPhones>* to) {
  const char* expected =
      R"(pronunciations: expected a list of WORD=PHONES, as in "higgins=HH IH1 G IH0 N Z")";
  if (!value.is_array()) return Bad(expected);
  for (const Json& entry : value) {
    if (!entry.is_string()) return Bad(expected);
    const auto text = entry.get<std::string>();
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return Bad(expected);
    to->push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return {};
}

Result<void> ReadFormat(const Json& value, StreamEncoding* to) {
  if (value == "pcm_s16le") {
    *to = StreamEncoding::kPcmS16Le;
    return {};
  }
  if (value == "pcm_f32le") {
    *to = StreamEncoding::kPcmF32Le;
    return {};
  }
  for (const char* container : {"wav", "webm", "ogg", "flac", "mp3", "m4a"}) {
    if (value == container) {
      *to = StreamEncoding::kContainer;  // which one is found out from its bytes, as for a file
      return {};
    }
  }
  return Bad("audio.format: expected pcm_s16le, pcm_f32le, wav, webm, ogg, flac, mp3 or m4a");
}

Result<void> ReadAudio(const Json& value, SessionOptions* to) {
  if (!value.is_object() || !value.contains("format")) {
    return Bad(R"(audio: expected {"format": ..., "sample_rate_hz": ..., "channels": ...})");
  }
  for (const auto& [name, entry] : value.items()) {
    Result<void> read = name == "format" ? ReadFormat(entry, &to->encoding)
                        : name == "sample_rate_hz"
                            ? ReadInt("audio.sample_rate_hz", entry, &to->sample_rate_hz)
                        : name == "channels" ? ReadInt("audio.channels", entry, &to->num_channels)
                                             : Bad("audio: unknown field \"" + name.substr(0, 64) + "\"");
    if (!read) return read;
  }
  return {};
}

Result<void> ReadDuration(const Json& value, double limit_s, double* to) {
  if (!value.is_number() || !(value.get<double>() >= 0.1 && value.get<double>() <= limit_s)) {
    return Bad("max_duration_s: expected a number from 0.1 to this server's " +
               std::to_string(static_cast<int>(limit_s)));
  }
  *to = value.get<double>();
  return {};
}

Result<void> ReadField(const std::string& name, const Json& value, double max_duration_s, StartMessage* to) {
  SessionOptions& session = to->session;
  if (name == "type") return value == "start" ? Result<void>() : Bad("type: expected start, first of all");
  if (name == "text") return ReadString(name, value, &to->text);
  if (name == "language") return ReadString(name, value, &to->language);
  if (name == "pack") return ReadString(name, value, &to->pack);
  if (name == "audio") return ReadAudio(value, &session);
  if (name == "detail_level") return ReadDetail(value, &to->detail);
  if (name == "pronunciations") return ReadPronunciations(value, &session.assess.pronunciations);
  if (name == "end_silence_ms") return ReadInt(name, value, &session.end_silence_ms);
  if (name == "initial_silence_ms") return ReadInt(name, value, &session.initial_silence_ms);
  if (name == "progress_interval_ms") return ReadInt(name, value, &session.progress_interval_ms);
  if (name == "max_duration_s")
    return ReadDuration(value, max_duration_s, &session.assess.audio.max_duration_s);
  if (name == "strictness") {
    if (!value.is_number()) return Bad("strictness: expected a number from -5 to 5");
    session.assess.strictness = value.get<double>();
    return {};
  }
  if (name == "end_on_silence") {
    if (!value.is_boolean()) return Bad("end_on_silence: expected true or false");
    to->end_of_turn = value.get<bool>() ? EndOfTurn::kOnSilence : EndOfTurn::kByClient;
    return {};
  }
  return Bad("unknown field \"" + name.substr(0, 64) + "\"");
}

}  // namespace

Result<StartMessage> ParseStartMessage(std::string_view json, double max_duration_s, std::size_t max_bytes) {
  const Json message = Json::parse(json, nullptr, false);
  if (!message.is_object()) return Bad("the first message must be a JSON object with the text");
  StartMessage start;
  start.session.assess.audio.max_duration_s = max_duration_s;
  start.session.max_bytes = max_bytes;
  for (const auto& [name, value] : message.items()) {
    if (Result<void> read = ReadField(name, value, max_duration_s, &start); !read) return read.error();
  }
  if (start.text.empty()) return Bad("the field \"text\" is missing");
  return start;
}

bool IsEndMessage(std::string_view json) {
  const Json message = Json::parse(json, nullptr, false);
  return message.is_object() && message.size() == 1 && message.contains("type") && message["type"] == "end";
}

}  // namespace higgins::server::stream
