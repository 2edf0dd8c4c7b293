#include <cstdio>
#include <string>
#include <vector>

#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/exit_code.h"
#include "transports/server/config.h"
#include "transports/server/security/keys.h"
#include "transports/server/server.h"

namespace higgins::cli {
namespace {

namespace fs = std::filesystem;

/// The page that `make web` builds, or that an installation brings; empty when there is none.
fs::path FindWebRoot() {
  const fs::path folder = OwnExecutable().parent_path();
  std::error_code ignored;
  for (const fs::path& place : {folder / "../share/higgins/web", folder / "../../web/dist"}) {
    if (fs::is_directory(place, ignored)) return place.lexically_normal();
  }
  return {};
}

Result<void> FillIn(server::Config* config) {
  if (config->web_root.empty()) config->web_root = FindWebRoot();
  if (!config->packs.empty()) return {};
  const Result<fs::path> pack = FindPack("");
  if (!pack) return pack.error();
  config->packs.push_back(*pack);
  return {};
}

int PrintNewKey(const std::string& name) {
  const Result<server::security::NewKey> made = server::security::MakeKey(name);
  if (!made) return Fail(made.error());
  std::printf("key (shown only now):   %s\nentry of the keys file: %s\n", made->key.c_str(),
              made->entry.c_str());
  return kExitOk;
}

int CheckConfig(const server::Config& config) {
  const std::vector<std::string> problems = server::Check(config);
  for (const std::string& problem : problems) std::fprintf(stderr, "higgins: %s\n", problem.c_str());
  if (problems.empty()) std::puts("the configuration is good");
  return problems.empty() ? kExitOk : kExitErrorBase + static_cast<int>(ErrorCode::kInvalidArgument);
}

int RunServe(const std::vector<std::string>& arguments) {
  Result<server::Command> command = server::ParseCommandLine(arguments);
  if (!command) {
    std::fprintf(stderr, "higgins: %s (see higgins serve --help)\n", command.error().message.c_str());
    return kExitUsage;
  }
  switch (command->action) {
    case server::Action::kPrinted:
    case server::Action::kPrintConfigTable:
      std::fputs(command->text.c_str(), stdout);
      return kExitOk;
    case server::Action::kNewKey:
      return PrintNewKey(command->new_key_name);
    case server::Action::kServe:
    case server::Action::kCheckConfig:
      break;
  }
  const Result<void> filled = FillIn(&command->config);
  if (!filled) return Fail(filled.error());
  if (command->action == server::Action::kCheckConfig) return CheckConfig(command->config);
  const Result<void> served = server::Run(command->config);
  return served ? kExitOk : Fail(served.error());
}

}  // namespace

void AddServeCommand(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand("serve", "Serve the API over HTTP");
  // Its options also come from a file and the environment: server::ParseCommandLine() reads them all.
  command->prefix_command();
  command->set_help_flag();
  command->callback([command, exit_code] { *exit_code = RunServe(command->remaining()); });
}

}  // namespace higgins::cli
