// Where the time goes. Stages and the whole are measured in this process on one clip; the cold start and the
// memory in fresh processes of this same program, because that is what a user of the command line pays.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/exit_code.h"
#include "transports/cli/metrics.h"
#include "transports/cli/synthetic_speech.h"
#include "transports/cli/terminal.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace higgins::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr const char* kFooter =
    R"(Without --audio a synthetic 5 s clip is used: the same work, meaningless scores.
First start: no graph was compiled before; cold start: an earlier process left them (never that of --model).

Examples:
  higgins bench
  higgins bench --audio recording.wav --text "We call it bear" --runs 100
  higgins bench --model f32.onnx          # this acoustic graph beside the pack's
  higgins bench --json bench.json)";

constexpr const char* kDefaultText = "The quick brown fox jumps over the lazy dog and runs home";
constexpr double kDefaultSeconds = 5.0;

struct Options {
  PackOptions pack;
  std::string audio;
  std::string text;
  std::string model;
  std::string json;
  int runs = 50;
  int cold_starts = 5;
};

struct Workload {
  std::vector<std::byte> audio;
  std::string text;
  std::filesystem::path path;   ///< the same audio as a file, for the cold start
  std::filesystem::path cache;  ///< of the cold starts: a folder that may be emptied
};

/// Milliseconds of every run, by stage, in the order of the path; then "whole", and with the synthetic clip
/// "4 to 6 s", the whole of recordings of different lengths.
struct Timings {
  std::vector<std::string> stages;
  std::map<std::string, std::vector<double>> ms;
  double audio_seconds = 0.0;

  void Add(const std::string& stage, double value) {
    if (!ms.contains(stage)) stages.push_back(stage);
    ms[stage].push_back(value);
  }
};

/// Milliseconds from the start of a process to its exit, the result printed.
struct ColdStart {
  std::vector<double> ms;        ///< with the compiled graphs that an earlier process left
  std::vector<double> first_ms;  ///< with an empty cache
  double peak_mb = 0.0;          ///< the most that any of them took
};

struct Subject {
  std::string name;
  Timings timings;
  ColdStart cold;
};

double MillisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

Result<Timings> MeasureWarm(const Assessor& assessor, const Workload& workload, const Options& options) {
  constexpr int kWarmUpRuns = 3;
  Timings timings;
  for (int run = -kWarmUpRuns; run < options.runs; ++run) {
    const auto begin = Clock::now();
    const Result<Measurement> measured = assessor.Measure(workload.audio, workload.text, {});
    if (!measured) return measured.error();
    const auto assessed = Clock::now();
    const std::string json = ToJson(measured->report);
    if (run < 0) continue;
    for (const StageTime& stage : measured->stages) timings.Add(stage.stage, stage.ms);
    timings.Add("json", MillisecondsSince(assessed));
    timings.Add("whole", MillisecondsSince(begin));
    timings.audio_seconds = measured->report.quality.duration_ms / 1000.0;
  }
  return timings;
}

// Users' recordings have all lengths, and a runtime may compile anew for each: `runs` of 4 to 6 s, no two
// alike.
Result<void> MeasureLengths(const Assessor& assessor, const Options& options, Timings* timings) {
  constexpr int kWarmUpRuns = 10;
  constexpr double kGoldenRatio = 0.6180339887498949;  // its multiples fill 0-1 evenly
  for (int run = -kWarmUpRuns; run < options.runs; ++run) {
    const double share = std::fmod((run + kWarmUpRuns) * kGoldenRatio, 1.0);
    const std::string wav = SyntheticSpeechWav(kDefaultSeconds - 1.0 + 2.0 * share);
    const auto begin = Clock::now();
    const Result<Report> report = assessor.Assess(std::as_bytes(std::span(wav)), kDefaultText, {});
    if (!report) return report.error();
    if (run >= 0) timings->Add("4 to 6 s", MillisecondsSince(begin));
  }
  return {};
}

// Runs `arguments` with its output thrown away. Errors: kInternal.
Result<rusage> RunProcess(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));  // NOLINT
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage usage{};
  if (failure != 0 || wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 0) {
    return Error{ErrorCode::kInternal, "the cold start of " + arguments[0] + " failed"};
  }
  return usage;
}

Result<ColdStart> MeasureCold(const Workload& workload, const std::string& model, const Options& options) {
  ColdStart cold;
  const Result<std::filesystem::path> pack = FindPack(options.pack.pack);
  if (!pack) return pack.error();
  std::vector<std::string> arguments = {OwnExecutable().string(),
                                        "assess",
                                        workload.path.string(),
                                        "--json",
                                        "--pack",
                                        pack->string(),
                                        "--threads",
                                        std::to_string(options.pack.threads),
                                        "--cache",
                                        workload.cache.string()};
  if (!model.empty()) arguments.insert(arguments.end(), {"--model", model});
  arguments.insert(arguments.end(), {"--", workload.text});
  for (int run = 0; run < 2 * options.cold_starts; ++run) {
    const bool is_first = run % 2 == 0;
    std::error_code ignored;
    if (is_first) std::filesystem::remove_all(workload.cache, ignored);
    const auto begin = Clock::now();
    const Result<rusage> usage = RunProcess(arguments);
    if (!usage) return usage.error();
    (is_first ? cold.first_ms : cold.ms).push_back(MillisecondsSince(begin));
    cold.peak_mb = std::max(cold.peak_mb, static_cast<double>(usage->ru_maxrss) / 1024.0);
  }
  return cold;
}

Result<Timings> MeasureInThisProcess(const Workload& workload, const std::string& model,
                                     const Options& options) {
  PackOptions pack = options.pack;
  pack.cache = kNoCache;  // what only this measurement needs is not kept
  const Result<Assessor> assessor = OpenPack(pack, 1, model);
  if (!assessor) return assessor.error();
  Result<Timings> timings = MeasureWarm(*assessor, workload, options);
  if (!timings || !options.audio.empty()) return timings;
  const Result<void> measured = MeasureLengths(*assessor, options, &*timings);
  if (!measured) return measured.error();
  return timings;
}

void PrintTable(const std::vector<Subject>& subjects, double seconds) {
  std::printf("%.1f s of audio, milliseconds\n%-14s", seconds, "");
  for (const Subject& subject : subjects) std::printf("  %-26s", subject.name.c_str());
  std::printf("\n%-14s", "");
  for (std::size_t i = 0; i < subjects.size(); ++i) std::printf("  %8s%8s%8s  ", "p50", "p95", "p99");
  std::printf("\n");
  const auto print_row = [&](const char* name, const auto& values_of) {
    std::printf("%-14s", name);
    for (const Subject& subject : subjects) {
      const std::vector<double>& ms = values_of(subject);
      std::printf("  %8.2f%8.2f%8.2f  ", Percentile(ms, 50), Percentile(ms, 95), Percentile(ms, 99));
    }
    std::printf("\n");
  };
  for (const std::string& stage : subjects.front().timings.stages) {
    print_row(stage.c_str(),
              [&](const Subject& s) -> const std::vector<double>& { return s.timings.ms.at(stage); });
  }
  print_row("cold start", [](const Subject& s) -> const std::vector<double>& { return s.cold.ms; });
  print_row("first start", [](const Subject& s) -> const std::vector<double>& { return s.cold.first_ms; });
  std::printf("%-14s", "peak memory");
  for (const Subject& subject : subjects) std::printf("  %8.1f MB%16s", subject.cold.peak_mb, "");
  std::printf("\n");
}

Json ToJson(const std::vector<double>& ms) {
  return {{"p50", Percentile(ms, 50)}, {"p95", Percentile(ms, 95)}, {"p99", Percentile(ms, 99)}};
}

Json ToJson(const std::vector<Subject>& subjects, double seconds) {
  Json out = {{"audio_seconds", seconds}, {"subjects", Json::array()}};
  for (const Subject& subject : subjects) {
    Json stages;
    for (const std::string& stage : subject.timings.stages)
      stages[stage] = ToJson(subject.timings.ms.at(stage));
    out["subjects"].push_back({{"name", subject.name},
                               {"stages_ms", stages},
                               {"cold_start_ms", ToJson(subject.cold.ms)},
                               {"first_start_ms", ToJson(subject.cold.first_ms)},
                               {"peak_memory_mb", subject.cold.peak_mb}});
  }
  return out;
}

/// A folder of its own for what the cold starts read and leave; goes with what is in it.
class TemporaryFolder {
 public:
  /// Errors: kNotFound, there is no place for it.
  static Result<TemporaryFolder> Make() {
    std::error_code error;
    std::string path = (std::filesystem::temp_directory_path(error) / "higgins-bench-XXXXXX").string();
    if (error || mkdtemp(path.data()) == nullptr) {
      return Error{ErrorCode::kNotFound, "no temporary folder can be made: " + path + " (set TMPDIR)"};
    }
    return TemporaryFolder(path);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

int RunBench(const Options& options) {
  if (options.audio.empty() != options.text.empty()) {
    return Fail({ErrorCode::kInvalidArgument, "--audio and --text belong together"});
  }
  const Result<TemporaryFolder> temporary = TemporaryFolder::Make();
  if (!temporary) return Fail(temporary.error());
  Workload workload{
      {}, options.text.empty() ? kDefaultText : options.text, options.audio, temporary->path() / "cache"};
  if (options.audio.empty()) {
    const std::string wav = SyntheticSpeechWav(kDefaultSeconds);
    workload.path = temporary->path() / "speech.wav";
    const Result<void> written = WriteText(workload.path.string(), wav);
    if (!written) return Fail(written.error());
  }
  Result<std::vector<std::byte>> audio = ReadBytes(workload.path.string());
  if (!audio) return Fail(audio.error());
  workload.audio = *std::move(audio);

  std::vector<Subject> subjects;
  std::vector<std::string> models = {""};
  if (!options.model.empty()) models.push_back(options.model);
  // First what fresh processes take: Linux counts the memory of the process that starts them as theirs.
  for (const std::string& model : models) {
    const Result<ColdStart> cold = MeasureCold(workload, model, options);
    if (!cold) return Fail(cold.error());
    const std::string name = model.empty() ? "pack" : std::filesystem::path(model).filename().string();
    subjects.push_back({.name = name, .timings = {}, .cold = *cold});
  }
  for (std::size_t i = 0; i < models.size(); ++i) {
    Result<Timings> timings = MeasureInThisProcess(workload, models[i], options);
    if (!timings) return Fail(timings.error());
    subjects[i].timings = *std::move(timings);
  }
  const double seconds = subjects.front().timings.audio_seconds;
  PrintTable(subjects, seconds);
  if (options.json.empty()) return kExitOk;
  const Result<void> written = WriteText(options.json, ToJson(subjects, seconds).dump(2) + "\n");
  return written ? kExitOk : Fail(written.error());
}

}  // namespace

void AddBenchCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("bench", "Measure latency by stage, cold start and memory");
  command->footer(kFooter);
  command->add_option("--audio", options->audio, "Recording to assess again and again")->type_name("FILE");
  command->add_option("--text", options->text, "What is read in it");
  command->add_option("--model", options->model, "Another acoustic graph (ONNX) to measure beside the pack's")
      ->type_name("FILE");
  command->add_option("--runs", options->runs, "Warm runs")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--cold-starts", options->cold_starts, "Fresh processes")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--json", options->json, "Write the figures to a file")->type_name("FILE");
  AddPackOptions(command, &options->pack);
  command->callback([options, exit_code] { *exit_code = RunBench(*options); });
}

}  // namespace higgins::cli
