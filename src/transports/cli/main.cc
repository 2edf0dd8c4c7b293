// The command line. Every command is a file of its own; this one only dispatches and turns whatever went
// wrong into one line on standard error and a documented exit code.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "higgins/assessor.h"
#include "transports/cli/commands.h"
#include "transports/cli/exit_code.h"

namespace {

constexpr const char* kFooter = R"(Examples:
  higgins assess recording.wav "We call it bear"
  higgins assess recording.flac --text-file text.txt --json
  higgins phones "Dr. Smith paid $3.50 in 1995"
  higgins batch manifest.jsonl --out results.jsonl
  higgins eval ../shared/so762 --division dev
  higgins bench
  higgins serve --port 8080
  higgins COMMAND --help shows more.

The pack is the folder given by --pack, else $HIGGINS_PACK, else the first of ./packs/en-us, packs/en-us beside
the program or in the source tree it was built in, and share/higgins/packs/en-us of its installation.

Every command but serve and bench keeps compiled graphs, some 30 MB for a pack and each number of jobs or threads that it is used
with, in the folder given by --cache, else $HIGGINS_CACHE, else $XDG_CACHE_HOME/higgins, else ~/.cache/higgins: the next
start is twice as fast. "off" keeps none. The folder may be removed at any time, and what nobody reads for a month goes when
something new is kept; nothing of a recording or a text is in it.

Exit codes: 0 success; 2 the command line was not understood; 3 finished, but some recordings failed;
11 invalid argument, 12 bad audio, 13 unsupported audio, 14 audio too long, 15 audio too short, 16 no speech,
17 bad pack, 18 file not found, 19 internal error. Errors are one line on standard error.)";

// CLI11's own messages may run over several lines.
std::string FirstLine(const std::string& message) { return message.substr(0, message.find('\n')); }

int Run(int argc, char** argv) {
  CLI::App app{
      "Higgins hears how a text was read aloud: scores for every phone, word and the whole utterance, "
      "offline."};
  int exit_code = higgins::cli::kExitOk;
  app.name("higgins");
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("higgins ") + higgins::EngineVersion());
  app.require_subcommand(1);
  higgins::cli::AddAssessCommand(&app, &exit_code);
  higgins::cli::AddPhonesCommand(&app, &exit_code);
  higgins::cli::AddBatchCommand(&app, &exit_code);
  higgins::cli::AddEvalCommand(&app, &exit_code);
  higgins::cli::AddBenchCommand(&app, &exit_code);
  higgins::cli::AddInfoCommand(&app, &exit_code);
  higgins::cli::AddServeCommand(&app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
      return app.exit(error);  // --help, --version
    std::fprintf(stderr, "higgins: %s (see higgins --help)\n", FirstLine(error.what()).c_str());
    return higgins::cli::kExitUsage;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away (`| head`) ends the output, not in a message from the system but in a failed
  // write.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return Run(argc, argv);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "higgins: internal: %s\n", FirstLine(exception.what()).c_str());
    return higgins::cli::kExitErrorBase + static_cast<int>(higgins::ErrorCode::kInternal);
  }
}
