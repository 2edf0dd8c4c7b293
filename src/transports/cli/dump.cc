#include "transports/cli/evaluation.h"

namespace higgins::cli {
namespace {

using Json = nlohmann::ordered_json;

const char* ErrorName(PhoneErrorKind kind) {
  switch (kind) {
    case PhoneErrorKind::kNone:
      return nullptr;
    case PhoneErrorKind::kSubstitution:
      return "substitution";
    case PhoneErrorKind::kDeletion:
      return "deletion";
    case PhoneErrorKind::kInsertion:
      return "insertion";
  }
  return nullptr;
}

Json DumpPhone(const PhoneReport& phone) {
  Json out = {{"phone", phone.phone},
              {"score", phone.score},
              {"error_probability", phone.error_probability},
              {"gop_nats", phone.gop_nats},
              {"start_ms", phone.start_ms},
              {"end_ms", phone.end_ms}};
  out["error"] = ErrorName(phone.error) ? Json(ErrorName(phone.error)) : Json();
  out["actual"] = phone.actual ? Json(*phone.actual) : Json();
  out["actual_probability"] = phone.actual_probability;
  return out;
}

Json DumpWord(const WordReport& word, const LabelledWord* labels) {
  Json out = {{"word", word.word},
              {"accuracy", word.accuracy},
              {"stress", word.stress},
              {"omission_probability", word.omission_probability},
              {"total", word.total}};
  if (labels)
    out["label"] = {{"accuracy", labels->accuracy}, {"stress", labels->stress}, {"total", labels->total}};
  Json phones = Json::array();
  std::size_t expected_index = 0;
  for (const PhoneReport& phone : word.phonemes) {
    Json entry = DumpPhone(phone);
    if (phone.expected && labels && expected_index < labels->phone_scores.size()) {
      entry["label"] = labels->phone_scores[expected_index];
    }
    expected_index += phone.expected ? 1 : 0;
    phones.push_back(entry);
  }
  out["phones"] = phones;
  return out;
}

}  // namespace

Json DumpLine(const LabelledUtterance& labels, const Outcome& outcome) {
  Json out = {{"id", labels.id}, {"division", labels.division}};
  if (outcome.error) {
    out["error"] = {{"code", ErrorCodeName(outcome.error->code)}, {"message", outcome.error->message}};
    return out;
  }
  const Report& report = outcome.measurement.report;
  out["utterance"] = {{"accuracy", report.utterance.accuracy},
                      {"fluency", report.utterance.fluency},
                      {"prosody", report.utterance.prosody},
                      {"completeness", report.utterance.completeness},
                      {"total", report.utterance.total}};
  out["label"] = {{"accuracy", labels.accuracy},
                  {"fluency", labels.fluency},
                  {"prosody", labels.prosody},
                  {"completeness", labels.completeness},
                  {"total", labels.total}};
  out["heard"] = outcome.measurement.heard;
  Json words = Json::array();
  for (std::size_t w = 0; w < report.words.size(); ++w) {
    // Words of the engine's own lexicon need not be the labels' words.
    const bool same = w < labels.words.size() && report.words.size() == labels.words.size() &&
                      !labels.words[w].phone_scores.empty();
    words.push_back(DumpWord(report.words[w], same ? &labels.words[w] : nullptr));
  }
  out["words"] = words;
  return out;
}

}  // namespace higgins::cli
