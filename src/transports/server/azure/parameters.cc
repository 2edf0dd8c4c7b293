#include "transports/server/azure/parameters.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace higgins::server::azure {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxHeaderChars = 65536;
constexpr int kMaxNbest = 100;
constexpr int kMinSilenceMs = 100, kMaxSilenceMs = 60000, kMaxEndSilenceMs = 10000;

Error Bad(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

/// The member of that name; null when there is none, or when it is null.
const Json* Find(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (EqualsIgnoringCase(key, name)) return value.is_null() ? nullptr : &value;
  }
  return nullptr;
}

const Json* FindPath(const Json& object, std::initializer_list<std::string_view> names) {
  const Json* found = &object;
  for (const std::string_view name : names) {
    found = Find(*found, name);
    if (found == nullptr) return nullptr;
  }
  return found;
}

std::optional<int> ToInt(const Json& value) {
  constexpr double kLargest = 1e9;
  if (value.is_number() && value.get<double>() >= -kLargest && value.get<double>() <= kLargest) {
    return static_cast<int>(value.get<double>());
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> ToBool(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (EqualsIgnoringCase(text, "true")) return true;
  if (EqualsIgnoringCase(text, "false")) return false;
  return std::nullopt;
}

template <typename Enum>
Result<void> ReadChoice(const Json& object, const char* name,
                        const std::vector<std::pair<const char*, Enum>>& choices, Enum* to) {
  const Json* value = Find(object, name);
  if (value == nullptr) return {};
  std::string expected;
  for (const auto& [choice, meaning] : choices) {
    if (value->is_string() && EqualsIgnoringCase(value->get_ref<const std::string&>(), choice)) {
      *to = meaning;
      return {};
    }
    expected += (expected.empty() ? "" : " or ") + std::string(choice);
  }
  return Bad(std::string(name) + ": expected " + expected);
}

template <typename Enum>
Result<void> ReadSwitch(const Json& object, const char* name, Enum on, Enum* to) {
  const Json* value = Find(object, name);
  if (value == nullptr) return {};
  const std::optional<bool> is_on = ToBool(*value);
  if (!is_on) return Bad(std::string(name) + ": expected true or false");
  if (*is_on) *to = on;
  return {};
}

Result<AssessmentParameters> ReadAssessment(const Json& object) {
  if (!object.is_object()) return Bad("the pronunciation assessment parameters are no JSON object");
  AssessmentParameters out;
  const Json* text = Find(object, "ReferenceText");
  if (text == nullptr || !text->is_string() || text->get_ref<const std::string&>().empty()) {
    return Bad("ReferenceText: expected the text that was read; assessment without one is not offered");
  }
  out.reference_text = text->get<std::string>();
  for (const Result<void>& read :
       {ReadChoice<Grading>(object, "GradingSystem",
                            {{"FivePoint", Grading::kFivePoint}, {"HundredMark", Grading::kHundredMark}},
                            &out.grading),
        ReadChoice<Granularity>(object, "Granularity",
                                {{"Phoneme", Granularity::kPhoneme},
                                 {"Word", Granularity::kWord},
                                 {"FullText", Granularity::kFullText}},
                                &out.granularity),
        ReadChoice<Dimension>(object, "Dimension",
                              {{"Basic", Dimension::kBasic}, {"Comprehensive", Dimension::kComprehensive}},
                              &out.dimension),
        ReadChoice<Alphabet>(object, "PhonemeAlphabet", {{"SAPI", Alphabet::kSapi}, {"IPA", Alphabet::kIpa}},
                             &out.alphabet),
        ReadSwitch(object, "EnableMiscue", Miscue::kOn, &out.miscue),
        ReadSwitch(object, "EnableProsodyAssessment", ProsodyScore::kOn, &out.prosody)}) {
    if (!read) return read.error();
  }
  if (const Json* count = Find(object, "NBestPhonemeCount")) {
    const std::optional<int> number = ToInt(*count);
    if (!number || *number < 0 || *number > kMaxNbest) return Bad("NBestPhonemeCount: expected 0 to 100");
    out.num_nbest_phonemes = *number;
  }
  return out;
}

std::optional<int> ReadSilence(const Json* value, int most_ms) {
  const std::optional<int> number = value == nullptr ? std::nullopt : ToInt(*value);
  if (!number) return std::nullopt;
  return std::clamp(*number, kMinSilenceMs, most_ms);
}

std::optional<RecognitionMode> ReadMode(const Json* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& mode = value->get_ref<const std::string&>();
  if (EqualsIgnoringCase(mode, "Interactive")) return RecognitionMode::kOnce;
  return RecognitionMode::kContinuous;
}

/// The silence after which a segment ends stands under the name of the mode; an older key beside it.
std::optional<int> ReadEndSilence(const Json& detection) {
  for (const char* mode : {"interactive", "conversation", "dictation"}) {
    const Json* value = FindPath(detection, {mode, "segmentation", "segmentationSilenceTimeoutMs"});
    if (const auto silence_ms = ReadSilence(value, kMaxEndSilenceMs)) return silence_ms;
  }
  return ReadSilence(Find(detection, "endSilenceTimeout"), kMaxEndSilenceMs);
}

bool WantsDetail(const Json& context) {
  const Json* format = FindPath(context, {"phraseOutput", "format"});
  if (format != nullptr && format->is_string() &&
      EqualsIgnoringCase(format->get_ref<const std::string&>(), "detailed")) {
    return true;
  }
  const Json* options = FindPath(context, {"phraseOutput", "detailed", "options"});
  if (options == nullptr || !options->is_array()) return false;
  return std::any_of(options->begin(), options->end(), [](const Json& option) {
    return option.is_string() &&
           EqualsIgnoringCase(option.get_ref<const std::string&>(), "PronunciationAssessment");
  });
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kMaxHeaderChars) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto num_padding = static_cast<std::size_t>(std::count(text.end() - 2, text.end(), '='));
  out.resize(static_cast<std::size_t>(size) - num_padding);
  return out;
}

}  // namespace

Result<AssessmentParameters> ParseAssessmentJson(std::string_view json) {
  return ReadAssessment(Json::parse(json, nullptr, false));
}

Result<AssessmentParameters> ParseAssessmentHeader(std::string_view base64) {
  const std::optional<std::string> json = DecodeBase64(base64);
  if (!json) return Bad("Pronunciation-Assessment: expected base64 of a JSON object");
  return ParseAssessmentJson(*json);
}

Result<SpeechContext> ParseSpeechContext(std::string_view json) {
  const Json context = Json::parse(json, nullptr, false);
  if (!context.is_object()) return Bad("speech.context: expected a JSON object");
  const Json* detection = Find(context, "phraseDetection");
  const Json* parameters =
      detection == nullptr ? nullptr : FindPath(*detection, {"enrichment", "pronunciationAssessment"});
  if (parameters == nullptr) {
    return Bad(
        "only pronunciation assessment is offered: apply a PronunciationAssessmentConfig to the recognizer");
  }
  Result<AssessmentParameters> assessment = ReadAssessment(*parameters);
  if (!assessment) return assessment.error();
  SpeechContext out;
  out.assessment = *std::move(assessment);
  out.mode = ReadMode(Find(*detection, "mode"));
  out.initial_silence_ms = ReadSilence(Find(*detection, "initialSilenceTimeout"), kMaxSilenceMs);
  out.end_silence_ms = ReadEndSilence(*detection);
  out.wants_detail = WantsDetail(context);
  return out;
}

}  // namespace higgins::server::azure
