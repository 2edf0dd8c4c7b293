// What several commands share: where the pack is, reading files, saying what went wrong.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/result.h"

namespace higgins::cli {

/// In the place of a folder: nothing is kept.
inline constexpr const char* kNoCache = "off";

struct PackOptions {
  std::string pack;   ///< empty: searched for
  int threads = 1;    ///< of one request
  std::string cache;  ///< folder; empty: the usual one; kNoCache
};

/// --pack and --threads
void AddPackOptions(CLI::App* command, PackOptions* options);
/// --cache
void AddCacheOption(CLI::App* command, PackOptions* options);

/// For CLI::Option::transform: the names of an enumeration's values, in the order in which help should show
/// them.
template <typename Enum>
CLI::Validator OneOf(const std::vector<std::pair<std::string, Enum>>& values) {
  const auto translate = [values](std::string& given) -> std::string {
    std::string names;
    for (const auto& [name, value] : values) {
      if (given == name) {
        given = std::to_string(static_cast<int>(value));
        return "";
      }
      names += (names.empty() ? "" : ", ") + name;
    }
    return "expected one of " + names + ", got " + given;
  };
  return CLI::Validator(translate, "");
}

/// --detail full|word|sentence
void AddDetailOption(CLI::App* command, Detail* detail);

/// Prints "higgins: CODE: MESSAGE" on standard error and gives the exit code.
int Fail(const Error& error);

/// The pack that --pack, $HIGGINS_PACK or the usual places name. Errors: kNotFound, with the places that were
/// tried.
Result<std::filesystem::path> FindPack(const std::string& given);

/// The folder that --cache, $HIGGINS_CACHE, $XDG_CACHE_HOME or $HOME name; empty for none.
std::filesystem::path FindCache(const std::string& given);

/// Finds and loads the pack. `acoustic_graph` replaces the pack's own when it is not empty.
Result<Assessor> OpenPack(const PackOptions& options, int concurrent_requests = 1,
                          const std::filesystem::path& acoustic_graph = {});

/// "-" is standard input. Errors: kNotFound.
Result<std::vector<std::byte>> ReadBytes(const std::string& path);
Result<std::string> ReadText(const std::string& path);

/// Replaces the file in one step, so that an interruption leaves the old one or the new one. Errors:
/// kNotFound.
Result<void> WriteText(const std::string& path, const std::string& text);

/// "WORD=PHONES" as in --pronunciation "higgins=HH IH1 G IH0 N Z". Errors: kInvalidArgument.
Result<std::vector<WordPhones>> ParsePronunciations(const std::vector<std::string>& given);

/// Cores of the machine, 1 to 64: the most that an Assessor runs at once.
int NumCores();

/// The program's own file; empty when the system does not tell.
std::filesystem::path OwnExecutable();

}  // namespace higgins::cli
