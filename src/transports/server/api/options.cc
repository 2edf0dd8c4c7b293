#include "transports/server/api/options.h"

#include <charconv>
#include <set>
#include <utility>

#include "transports/server/http/text.h"

namespace higgins::server::api {
namespace {

using http::Problem;
using http::ProblemKind;

constexpr std::size_t kMaxFieldBytes = 65536;

Problem Bad(std::string detail) {
  return {.kind = ProblemKind::kInvalidArgument, .detail = std::move(detail)};
}

std::optional<double> ParseNumber(const std::string& text, double low, double high) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= low && value <= high))
    return std::nullopt;
  return value;
}

std::optional<Format> ParseFormat(const std::string& name) {
  if (name == "json") return Format::kJson;
  if (name == "textgrid") return Format::kTextGrid;
  if (name == "ctm") return Format::kCtm;
  if (name == "csv") return Format::kCsv;
  return std::nullopt;
}

template <typename T>
std::optional<Problem> Set(const std::optional<T>& value, const std::string& expected, T* to) {
  if (!value) return Bad(expected);
  *to = *value;
  return std::nullopt;
}

std::optional<Problem> ReadField(const std::string& name, const std::string& value, double max_duration_s,
                                 AssessForm* form) {
  AssessOptions& options = form->options;
  if (name == "text")
    form->text = value;
  else if (name == "language")
    form->language = value;
  else if (name == "pack")
    form->pack = value;
  else if (name == "detail_level")
    return Set(ParseDetail(value), "detail_level: expected full, word or sentence", &form->detail);
  else if (name == "format")
    return Set(ParseFormat(value), "format: expected json, textgrid, ctm or csv", &form->format);
  else if (name == "strictness")
    return Set(ParseStrictness(value), "strictness: expected a number from -5 to 5", &options.strictness);
  else if (name == "max_duration_s")
    return Set(ParseNumber(value, 0.1, max_duration_s),
               "max_duration_s: expected a number from 0.1 to this server's " +
                   std::to_string(static_cast<int>(max_duration_s)),
               &options.audio.max_duration_s);
  else if (name == "pronunciation") {
    std::optional<WordPhones> pronunciation = ParsePronunciation(value);
    if (!pronunciation) return Bad(R"(pronunciation: expected WORD=PHONES as in "higgins=HH IH1 G IH0 N Z")");
    options.pronunciations.push_back(*std::move(pronunciation));
  } else {
    return Bad("unknown field \"" + name.substr(0, 64) +
               "\"; there are: audio, text, language, pack, detail_level, format, strictness, "
               "max_duration_s, pronunciation");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Detail> ParseDetail(const std::string& name) {
  if (name == "full") return Detail::kFull;
  if (name == "word") return Detail::kWord;
  if (name == "sentence") return Detail::kSentence;
  return std::nullopt;
}

std::optional<WordPhones> ParsePronunciation(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return std::nullopt;
  return WordPhones{text.substr(0, equals), text.substr(equals + 1)};
}

std::optional<double> ParseStrictness(const std::string& text) {
  const bool has_plus = text.size() > 1 && text.front() == '+' && text[1] != '-';
  return ParseNumber(has_plus ? text.substr(1) : text, -5, 5);
}

std::optional<Problem> ReadAssessForm(const http::Request& request, double max_duration_s, AssessForm* form) {
  form->options.audio.max_duration_s = max_duration_s;
  std::set<std::string> seen;
  for (const http::Part& part : request.parts) {
    if (!seen.insert(part.name).second && part.name != "pronunciation")
      return Bad("the field \"" + part.name.substr(0, 64) + "\" is there twice");
    if (part.name == "audio") {
      form->audio = &part;
      continue;
    }
    if (part.data.size() > kMaxFieldBytes) return Bad(part.name.substr(0, 64) + ": longer than 65536 bytes");
    if (!http::IsUtf8(part.data)) return Bad(part.name.substr(0, 64) + ": is not UTF-8");
    if (auto problem = ReadField(part.name, part.data, max_duration_s, form)) return problem;
  }
  if (form->audio == nullptr) return Bad("the field \"audio\" (a file) is missing");
  if (!seen.contains("text")) return Bad("the field \"text\" is missing");
  return std::nullopt;
}

http::Response RenderReport(const Report& report, Detail detail, Format format) {
  http::Response response;
  switch (format) {
    case Format::kJson:
      response.content_type = "application/json";
      response.body = ToJson(report, detail);
      break;
    case Format::kTextGrid:
      response.content_type = "text/plain; charset=utf-8";
      response.body = ToTextGrid(report);
      break;
    case Format::kCtm:
      response.content_type = "text/plain; charset=utf-8";
      response.body = ToCtm(report);
      break;
    case Format::kCsv:
      response.content_type = "text/csv; charset=utf-8";
      response.body = ToCsv(report);
      break;
  }
  // The bytes that `higgins assess` prints.
  if (response.body.empty() || response.body.back() != '\n') response.body += '\n';
  return response;
}

}  // namespace higgins::server::api
