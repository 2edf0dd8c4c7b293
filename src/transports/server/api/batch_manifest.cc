#include "transports/server/api/batch_manifest.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "transports/server/api/options.h"
#include "transports/server/http/text.h"

namespace higgins::server::api {
namespace {

using http::Part;
using http::Problem;
using Json = nlohmann::json;

Problem Bad(std::string detail) {
  return {.kind = http::ProblemKind::kInvalidArgument, .detail = std::move(detail)};
}

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// One line of the manifest.
std::optional<Problem> ReadItem(const std::string& line, const std::string& where, jobs::NewItem* item) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Bad(where + "expected a JSON object");
  for (const char* name : {"audio", "text"}) {
    if (!json.contains(name) || !json[name].is_string())
      return Bad(where + "expected a string \"" + name + "\"");
  }
  if (json.contains("id"))
    item->id = json["id"].is_string() ? json["id"].get<std::string>() : Dump(json["id"]);
  item->audio = json["audio"].get<std::string>();
  item->text = json["text"].get<std::string>();
  const Json pronunciations = json.value("pronunciations", Json::object());
  if (!pronunciations.is_object()) return Bad(where + R"(expected "pronunciations": {"word": "PHONES"})");
  for (const auto& [word, phones] : pronunciations.items()) {
    if (phones.is_string()) continue;
    std::string detail = where;
    return Bad(detail.append("pronunciations.").append(word).append(": expected a string"));
  }
  item->options = Dump(pronunciations);
  return std::nullopt;
}

std::optional<Problem> ReadManifest(std::string_view text, std::size_t max_items, jobs::NewJob* job) {
  std::size_t line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (job->items.size() >= max_items)
      return Bad("manifest: more than " + std::to_string(max_items) + " lines");
    jobs::NewItem item;
    item.id = std::to_string(line_number);
    if (auto problem = ReadItem(line, "manifest, line " + std::to_string(line_number) + ": ", &item))
      return problem;
    job->items.push_back(std::move(item));
  }
  if (job->items.empty()) return Bad("the manifest has no lines");
  return std::nullopt;
}

std::optional<Problem> CheckOption(const Part& part, Json* options) {
  const std::string& value = part.data;
  if (part.name == "detail_level") {
    if (!ParseDetail(value)) return Bad("detail_level: expected full, word or sentence");
  } else if (part.name == "strictness") {
    if (!ParseStrictness(value)) return Bad("strictness: expected a number from -5 to 5");
  } else if (part.name != "language" && part.name != "pack") {
    return std::nullopt;
  }
  if (options->contains(part.name)) return Bad("the field \"" + part.name + "\" is there twice");
  if (value.size() > 1024 || !http::IsUtf8(value)) return Bad(part.name + ": expected a short UTF-8 text");
  (*options)[part.name] = value;
  return std::nullopt;
}

}  // namespace

std::optional<Problem> ReadBatch(const http::Request& request, std::size_t max_items, jobs::NewJob* job) {
  static const std::set<std::string> kOptions{"detail_level", "strictness", "language", "pack"};
  std::map<std::string, const Part*> parts;
  Json options = Json::object();
  for (const Part& part : request.parts) {
    if (kOptions.contains(part.name)) {
      if (auto problem = CheckOption(part, &options)) return problem;
    } else if (!parts.emplace(part.name, &part).second) {
      return Bad("the part \"" + part.name.substr(0, 64) + "\" is there twice");
    }
  }
  const auto manifest = parts.find("manifest");
  if (manifest == parts.end()) return Bad("the part \"manifest\" is missing");
  if (!http::IsUtf8(manifest->second->data)) return Bad("manifest: is not UTF-8");
  if (auto problem = ReadManifest(manifest->second->data, max_items, job)) return problem;
  parts.erase(manifest);
  std::set<std::string> used;
  for (const jobs::NewItem& item : job->items) {
    const auto part = parts.find(item.audio);
    if (part == parts.end()) return Bad("manifest: there is no part \"" + item.audio.substr(0, 64) + "\"");
    if (used.insert(item.audio).second) job->recordings.push_back({item.audio, &part->second->data});
  }
  job->options = Dump(options);
  return std::nullopt;
}

BatchOptions DecodeBatchOptions(const std::string& job_options, const std::string& item_options) {
  BatchOptions out;
  const Json job = Json::parse(job_options, nullptr, /*allow_exceptions=*/false);
  if (job.is_object()) {
    out.language = job.value("language", out.language);
    out.pack = job.value("pack", "");
    out.detail = ParseDetail(job.value("detail_level", "full")).value_or(Detail::kFull);
    out.assess.strictness = ParseStrictness(job.value("strictness", "0")).value_or(0);
  }
  const Json pronunciations = Json::parse(item_options, nullptr, /*allow_exceptions=*/false);
  if (!pronunciations.is_object()) return out;
  for (const auto& [word, phones] : pronunciations.items())
    out.assess.pronunciations.push_back({word, phones.get<std::string>()});
  return out;
}

}  // namespace higgins::server::api
