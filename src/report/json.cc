// The only writer of JSON. Keys come in a fixed order: those of the public contract first, then what was
// added.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/report.h"
#include "report/text_format.h"

namespace higgins {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

Json ErrorOrNull(PhoneErrorKind kind) {
  return kind == PhoneErrorKind::kNone ? Json(nullptr) : Json(PhoneErrorName(kind));
}

Json UtteranceJson(const UtteranceReport& utterance) {
  return {{"accuracy", Rounded(utterance.accuracy)},
          {"fluency", Rounded(utterance.fluency)},
          {"prosody", Rounded(utterance.prosody)},
          {"completeness", Rounded(utterance.completeness)},
          {"total", Rounded(utterance.total)}};
}

Json PhoneJson(const PhoneReport& phone) {
  return {{"phone", phone.phone},
          {"score", Rounded(phone.score)},
          {"expected", OrNull(phone.expected)},
          {"actual", OrNull(phone.actual)},
          {"error", ErrorOrNull(phone.error)},
          {"actual_probability", Rounded(phone.actual_probability)},
          {"error_probability", Rounded(phone.error_probability)},
          {"ipa", phone.ipa},
          {"stress", phone.stress >= 0 ? Json(phone.stress) : Json(nullptr)},
          {"gop_nats", Rounded(phone.gop_nats)},
          {"start_ms", phone.start_ms},
          {"end_ms", phone.end_ms}};
}

Json WordJson(const WordReport& word, Detail detail) {
  Json out = {{"word", word.word},
              {"accuracy", Rounded(word.accuracy)},
              {"stress", Rounded(word.stress)},
              {"total", Rounded(word.total)},
              {"start_ms", word.start_ms},
              {"end_ms", word.end_ms},
              {"char_begin", word.char_begin},
              {"char_end", word.char_end},
              {"source", PronunciationSourceName(word.source)},
              {"omission_probability", Rounded(word.omission_probability)}};
  if (detail == Detail::kFull) {
    Json phonemes = Json::array();
    for (const PhoneReport& phone : word.phonemes) phonemes.push_back(PhoneJson(phone));
    out["phonemes"] = std::move(phonemes);
  }
  return out;
}

Json AddedSpeechJson(const AddedSpeech& added) {
  Json out = {{"after_word", added.after_word ? Json(*added.after_word) : Json(nullptr)},
              {"before_word", added.before_word},
              {"start_ms", added.start_ms},
              {"end_ms", added.end_ms},
              {"probability", Rounded(added.probability)},
              {"phones", added.phones},
              {"repeats_begin", nullptr},
              {"repeats_end", nullptr}};
  if (added.repeats_begin < added.repeats_end) {
    out["repeats_begin"] = added.repeats_begin;
    out["repeats_end"] = added.repeats_end;
  }
  return out;
}

Json PauseJson(const PauseReport& pause) {
  return {{"after_word", pause.after_word}, {"before_word", pause.before_word},
          {"start_ms", pause.start_ms},     {"end_ms", pause.end_ms},
          {"at_mark", pause.at_mark},       {"noticed_probability", Rounded(pause.noticed_probability)}};
}

Json MispronunciationJson(const Mispronunciation& error) {
  return {{"word", error.word},
          {"word_index", error.word_index},
          {"phone_index", error.phone_index},
          {"expected", OrNull(error.expected)},
          {"actual", OrNull(error.actual)},
          {"type", ErrorOrNull(error.type)},
          {"probability", Rounded(error.probability)},
          {"suggestion", error.suggestion}};
}

Json QualityJson(const QualityReport& quality) {
  return {
      {"duration_ms", Rounded(quality.duration_ms)}, {"speech_ms", Rounded(quality.speech_ms)},
      {"level_dbfs", Rounded(quality.level_dbfs)},   {"peak_dbfs", Rounded(quality.peak_dbfs)},
      {"snr_db", Rounded(quality.snr_db)},           {"clipped_fraction", Rounded(quality.clipped_fraction)}};
}

// One line; text that is not UTF-8 gets replacement characters instead of an exception.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string ToJson(const Report& report, Detail detail) {
  Json out;
  out["utterance"] = UtteranceJson(report.utterance);
  if (detail != Detail::kSentence) {
    out["words"] = Json::array();
    for (const WordReport& word : report.words) out["words"].push_back(WordJson(word, detail));
  }
  out["mispronunciations"] = Json::array();
  for (const Mispronunciation& error : report.mispronunciations) {
    out["mispronunciations"].push_back(MispronunciationJson(error));
  }
  out["quality"] = QualityJson(report.quality);
  out["warnings"] = Json::array();
  for (const Warning& warning : report.warnings) {
    out["warnings"].push_back({{"code", warning.code}, {"message", warning.message}});
  }
  out["text"] = report.text;
  out["language"] = report.language;
  out["words_per_minute"] = Rounded(report.words_per_minute);
  out["text_match"] = Rounded(report.text_match);
  out["added_speech"] = Json::array();
  for (const AddedSpeech& added : report.added_speech) out["added_speech"].push_back(AddedSpeechJson(added));
  out["pauses"] = Json::array();
  for (const PauseReport& pause : report.pauses) out["pauses"].push_back(PauseJson(pause));
  out["engine_version"] = report.engine_version;
  out["pack_version"] = report.pack_version;
  return Dump(out);
}

std::string ToJson(const std::vector<WordPronunciations>& words) {
  Json list = Json::array();
  for (const WordPronunciations& word : words) {
    Json variants = Json::array();
    for (const WordPronunciations::Variant& variant : word.variants) {
      variants.push_back({{"arpabet", variant.arpabet},
                          {"ipa", variant.ipa},
                          {"source", PronunciationSourceName(variant.source)}});
    }
    list.push_back({{"word", word.word},
                    {"char_begin", word.char_begin},
                    {"char_end", word.char_end},
                    {"variants", std::move(variants)}});
  }
  Json out;
  out["words"] = std::move(list);
  return Dump(out);
}

}  // namespace higgins
