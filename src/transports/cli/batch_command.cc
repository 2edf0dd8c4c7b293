// Many recordings: a line of results for every line of the manifest, in its order. Nothing that is wrong with
// one recording stops the others, and a run that was interrupted goes on after the last complete line.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/exit_code.h"
#include "transports/cli/parallel.h"
#include "transports/cli/terminal.h"

namespace higgins::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kFooter = R"(Each line of MANIFEST is a JSON object:
  {"id": "a1", "audio": "a1.wav", "text": "We call it bear", "pronunciations": {"bear": "B EH1 R"}}
audio is relative to the manifest's folder; id (default: the line's number) and pronunciations are optional.
Each line of RESULTS is {"id": ..., the report's members} or
{"id": ..., "error": {"code": ..., "message": ...}}.

Examples:
  higgins batch manifest.jsonl --out results.jsonl
  higgins batch manifest.jsonl --out results.jsonl --jobs 2 --detail word
  higgins batch manifest.jsonl --out results.jsonl --restart     # begin anew instead of going on
Exit code 3: finished, but some lines are errors.)";

struct Options {
  PackOptions pack;
  std::string manifest;
  std::string out;
  int jobs = 0;
  Detail detail = Detail::kFull;
  bool restart = false;
  AssessOptions assess;
};

struct Item {
  std::string id;
  fs::path audio;
  std::string text;
  std::vector<WordPhones> pronunciations;
  std::optional<Error> problem;  ///< the line itself could not be used
};

Error BadLine(std::size_t line_number, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, "line " + std::to_string(line_number) + ": " + what};
}

Item ParseItem(const std::string& line, std::size_t line_number, const fs::path& folder) {
  Item item;
  item.id = std::to_string(line_number);
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    item.problem = BadLine(line_number, "expected a JSON object");
    return item;
  }
  if (json.contains("id"))
    item.id = json["id"].is_string() ? json["id"].get<std::string>() : json["id"].dump();
  for (const char* name : {"audio", "text"}) {
    if (json.contains(name) && json[name].is_string()) continue;
    item.problem = BadLine(line_number, std::string("expected a string \"") + name + "\"");
    return item;
  }
  item.audio = folder / json["audio"].get<std::string>();
  item.text = json["text"].get<std::string>();
  if (!json.contains("pronunciations")) return item;
  const Json& pronunciations = json["pronunciations"];
  if (!pronunciations.is_object()) {
    item.problem = BadLine(line_number, R"(expected "pronunciations": {"word": "PHONES"})");
    return item;
  }
  for (const auto& [word, phones] : pronunciations.items()) {
    if (!phones.is_string())
      item.problem = BadLine(line_number, "pronunciations." + word + ": expected a string");
    if (phones.is_string()) item.pronunciations.push_back({word, phones.get<std::string>()});
  }
  return item;
}

Result<std::vector<Item>> ReadManifest(const std::string& path) {
  const Result<std::string> text = ReadText(path);
  if (!text) return text.error();
  const fs::path folder = path == "-" ? fs::path() : fs::path(path).parent_path();
  std::vector<Item> items;
  std::size_t line_number = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    items.push_back(ParseItem(line, line_number, folder));
  }
  return items;
}

/// How many of the items RESULTS already holds, and how many of its bytes are those complete lines.
struct Progress {
  std::size_t num_done = 0;
  std::uintmax_t num_bytes = 0;
};

Result<Progress> ReadProgress(const std::string& path, const std::vector<Item>& items) {
  Progress progress;
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line) && !file.eof();) {  // a line without its end was cut off
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) break;
    const bool matches = progress.num_done < items.size() && json.contains("id") &&
                         json["id"] == Json(items[progress.num_done].id);
    if (!matches) {
      return Error{ErrorCode::kInvalidArgument,
                   path + ": line " + std::to_string(progress.num_done + 1) +
                       " does not belong to this manifest; give another --out, or --restart to replace it"};
    }
    ++progress.num_done;
    progress.num_bytes += line.size() + 1;
  }
  return progress;
}

Json ErrorLine(const std::string& id, const Error& error) {
  return {{"id", id}, {"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}}}};
}

struct Line {
  std::string json;
  bool failed = false;
};

Line Process(const Assessor& assessor, const Item& item, const Options& options) {
  const auto fail = [&](const Error& error) {
    return Line{ErrorLine(item.id, error).dump(-1, ' ', false, Json::error_handler_t::replace), true};
  };
  if (item.problem) return fail(*item.problem);
  const Result<std::vector<std::byte>> audio = ReadBytes(item.audio.string());
  if (!audio) return fail(audio.error());
  AssessOptions assess = options.assess;
  assess.pronunciations = item.pronunciations;
  const Result<Report> report = assessor.Assess(*audio, item.text, assess);
  if (!report) return fail(report.error());
  Json line = {{"id", item.id}};
  line.update(Json::parse(ToJson(*report, options.detail), nullptr, /*allow_exceptions=*/false));
  return {line.dump(-1, ' ', false, Json::error_handler_t::replace), false};
}

Result<std::FILE*> OpenResults(const Options& options, const Progress& progress) {
  std::error_code failure;
  if (fs::exists(options.out, failure)) fs::resize_file(options.out, progress.num_bytes, failure);
  std::FILE* out = failure ? nullptr : std::fopen(options.out.c_str(), "ab");
  if (out == nullptr) return Error{ErrorCode::kNotFound, options.out + ": cannot be written"};
  return out;
}

int RunBatch(const Options& options) {
  const Result<std::vector<Item>> items = ReadManifest(options.manifest);
  if (!items) return Fail(items.error());
  Progress progress;
  if (!options.restart) {
    const Result<Progress> found = ReadProgress(options.out, *items);
    if (!found) return Fail(found.error());
    progress = *found;
  }
  const int jobs = options.jobs > 0 ? options.jobs : NumCores();
  const Result<Assessor> assessor = OpenPack(options.pack, jobs);
  if (!assessor) return Fail(assessor.error());
  const Result<std::FILE*> results = OpenResults(options, progress);
  if (!results) return Fail(results.error());

  std::size_t num_failed = 0;
  bool written = true;
  {
    ProgressBar bar("batch", items->size());
    bar.Advance(progress.num_done);
    ParallelInOrder(
        progress.num_done, items->size(), jobs,
        [&](std::size_t i) { return Process(*assessor, (*items)[i], options); },
        [&](std::size_t, const Line& line) {
          num_failed += line.failed ? 1 : 0;
          bar.Advance();
          written = std::fprintf(*results, "%s\n", line.json.c_str()) >= 0 && std::fflush(*results) == 0;
          return written;
        });
  }
  written = std::fclose(*results) == 0 && written;
  if (!written) return Fail({ErrorCode::kNotFound, options.out + ": cannot be written (is the disk full?)"});
  std::fprintf(stderr, "%zu recordings: %zu assessed, %zu failed, %zu were there already\n", items->size(),
               items->size() - progress.num_done - num_failed, num_failed, progress.num_done);
  return num_failed == 0 ? kExitOk : kExitSomeFailed;
}

}  // namespace

void AddBatchCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app->add_subcommand("batch", "Assess many recordings on all cores, with results as JSON lines");
  command->footer(kFooter);
  command->add_option("MANIFEST", options->manifest, "JSON lines; - for standard input")->required();
  command->add_option("--out", options->out, "Results, a line for every line of the manifest")
      ->required()
      ->type_name("RESULTS");
  command->add_option("--jobs", options->jobs, "Recordings at a time (default: all cores)")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  AddDetailOption(command, &options->detail);
  command->add_flag("--restart", options->restart, "Replace RESULTS instead of going on where it ends");
  command
      ->add_option("--strictness", options->assess.strictness,
                   "0: as the pack; +1 flags twice as readily, -1 half")
      ->check(CLI::Range(-5.0, 5.0))
      ->type_name("N");
  AddPackOptions(command, &options->pack);
  AddCacheOption(command, &options->pack);
  command->callback([options, exit_code] { *exit_code = RunBatch(*options); });
}

}  // namespace higgins::cli
