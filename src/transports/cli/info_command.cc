#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/exit_code.h"

namespace higgins::cli {
namespace {

constexpr const char* kFooter = R"(Examples:
  higgins info
  higgins info --json
  higgins info --pack my-pack)";

struct Options {
  PackOptions pack;
  bool json = false;
};

struct Cpu {
  std::string model = "unknown";
  std::vector<std::string> features;
};

// The instruction sets that decide how fast a model of this size runs.
constexpr std::array<std::string_view, 14> kFeaturesThatMatter = {
    "sse4_2",   "avx",      "avx2",     "fma",     "f16c", "avx512f", "avx512_vnni",
    "avx_vnni", "amx_int8", "amx_bf16", "asimddp", "i8mm", "sve",     "bf16"};

Cpu ReadCpu() {
  Cpu cpu;
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && (cpu.features.empty() || cpu.model == "unknown")) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    const std::string value = line.size() > colon + 2 ? line.substr(colon + 2) : "";
    if (key == "model name") cpu.model = value;
    if (key != "flags" && key != "Features") continue;
    std::istringstream words(value);
    for (std::string word; words >> word;) {
      for (const std::string_view feature : kFeaturesThatMatter) {
        if (word == feature) cpu.features.push_back(word);
      }
    }
  }
  return cpu;
}

std::string Join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

void PrintTable(const PackInfo& pack, const Cpu& cpu) {
  std::printf("engine       %s\n", EngineVersion());
  std::printf("inference    %s\n", InferenceRuntime());
  std::printf("pack         %s %s (%s), calibration %s\n", pack.name.c_str(), pack.version.c_str(),
              pack.language.c_str(),
              pack.calibration_version.empty() ? "-" : pack.calibration_version.c_str());
  std::printf("pack folder  %s, %.1f MB\n", pack.directory.c_str(),
              static_cast<double>(pack.size_bytes) / 1e6);
  std::printf("phones       %d\n", pack.num_phones);
  std::printf("cpu          %s, %d cores\n", cpu.model.c_str(), NumCores());
  std::printf("cpu features %s\n", Join(cpu.features).c_str());
}

void PrintJson(const PackInfo& pack, const Cpu& cpu) {
  const nlohmann::ordered_json out = {
      {"engine_version", EngineVersion()},
      {"inference", InferenceRuntime()},
      {"pack",
       {{"name", pack.name},
        {"language", pack.language},
        {"version", pack.version},
        {"calibration_version", pack.calibration_version},
        {"directory", pack.directory},
        {"size_bytes", pack.size_bytes},
        {"num_phones", pack.num_phones}}},
      {"cpu", {{"model", cpu.model}, {"cores", NumCores()}, {"features", cpu.features}}}};
  std::printf("%s\n", out.dump(2).c_str());
}

int RunInfo(const Options& options) {
  const Result<Assessor> assessor = OpenPack(options.pack);
  if (!assessor) return Fail(assessor.error());
  const Cpu cpu = ReadCpu();
  if (options.json) {
    PrintJson(assessor->pack(), cpu);
  } else {
    PrintTable(assessor->pack(), cpu);
  }
  return kExitOk;
}

}  // namespace

void AddInfoCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app->add_subcommand("info", "Show the versions, the pack and what the processor can do");
  command->footer(kFooter);
  command->add_flag("--json", options->json, "JSON instead of a table");
  AddPackOptions(command, &options->pack);
  AddCacheOption(command, &options->pack);
  command->callback([options, exit_code] { *exit_code = RunInfo(*options); });
}

}  // namespace higgins::cli
