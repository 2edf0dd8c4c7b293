#include "transports/server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <utility>

namespace higgins::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter = R"(Examples:
  higgins serve                                            # http://127.0.0.1:8080, no key needed
  higgins serve --new-key school                           # prints a key, and the entry for the keys file
  higgins serve --host 0.0.0.0 --keys keys.json --tls-certificate cert.pem --tls-key key.pem
  higgins serve --config higgins.toml --check-config       # what is wrong with it, without serving
  HIGGINS_PORT=9000 higgins serve --data-dir /var/lib/higgins
  curl -F audio=@recording.wav -F text="We call it bear" http://127.0.0.1:8080/v1/assess

Flags go before the environment, the environment before the file (TOML: port = 9000). Signals: TERM and INT finish
what is under way and end; HUP reloads keys and packs.)";

struct Actions {
  bool check_config = false;
  bool print_table = false;
  std::string new_key;
};

std::string EnvironmentName(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return "HIGGINS_" + name;
}

/// Adds options that are also keys of the file and variables of the environment.
class Table {
 public:
  Table(CLI::App* app, std::string group) : app_(app), group_(std::move(group)) {}

  template <typename T>
  CLI::Option* Add(const std::string& name, T* value, const std::string& help,
                   const std::string& type) const {
    CLI::Option* option = app_->add_option("--" + name, *value, help)->type_name(type)->capture_default_str();
    return Finish(option, name);
  }
  template <typename T>
  void AddNumber(const std::string& name, T* value, double low, double high, const std::string& help) const {
    Add(name, value, help, "N")->check(CLI::Range(low, high, "N"));
  }
  template <typename T>
  void AddList(const std::string& name, std::vector<T>* value, const std::string& help,
               const std::string& type) const {
    Add(name, value, help, type)->allow_extra_args(false)->delimiter(',');
  }
  void AddFlag(const std::string& name, bool* value, const std::string& help) const {
    Finish(app_->add_flag("--" + name, *value, help), name);
  }

 private:
  CLI::Option* Finish(CLI::Option* option, const std::string& name) const {
    return option->envname(EnvironmentName(name))->group(group_);
  }
  CLI::App* app_;
  std::string group_;
};

void AddNetworkOptions(CLI::App* app, Config* config) {
  const Table table(app, "Network");
  table.Add("host", &config->host, "Address to listen on", "ADDRESS");
  table.AddNumber("port", &config->port, 0, 65535, "Port to listen on; 0 takes a free one");
  table.Add("tls-certificate", &config->tls_certificate, "Certificate chain (PEM): HTTPS instead of HTTP",
            "FILE");
  table.Add("tls-key", &config->tls_key, "Its private key (PEM)", "FILE");
  table.AddList("cors-origin", &config->cors_origins,
                "Web page that may call this server; may be repeated; * for all", "ORIGIN");
  table.AddNumber("max-connections", &config->max_connections, 1, 1000000, "Connections at a time");
  table.AddNumber("header-timeout-ms", &config->header_timeout_ms, 10, 3600000,
                  "Time for the head of a request, and for the TLS handshake");
  table.AddNumber("body-timeout-ms", &config->body_timeout_ms, 10, 3600000,
                  "Time for the body of a request, and for its response");
  table.AddNumber("idle-timeout-ms", &config->idle_timeout_ms, 10, 3600000,
                  "Time a connection may do nothing between requests");
  table.AddNumber("min-upload-bytes-per-s", &config->min_upload_bytes_per_s, 0, 1e9,
                  "Slowest upload, after its first 5 s; 0: no limit");
  table.AddNumber("drain-timeout-ms", &config->drain_timeout_ms, 0, 3600000,
                  "Time for what is under way when the server is told to end");
}

void AddAccessOptions(CLI::App* app, Config* config) {
  const Table table(app, "Access");
  table.Add("keys", &config->keys, "Keys (JSON); without it everybody may do everything", "FILE");
  table.AddFlag("allow-anonymous", &config->allow_anonymous,
                "Permit an address that is not the loopback without --keys");
}

void AddWorkOptions(CLI::App* app, Config* config) {
  const Table table(app, "Work");
  table.AddList("pack", &config->packs,
                "Folder of a model pack; may be repeated (default: see higgins --help)", "DIR");
  table.AddNumber("workers", &config->workers, 1, 64, "Recordings assessed at a time");
  table.AddNumber("io-threads", &config->io_threads, 1, 64, "Threads that read and write connections");
  table.AddNumber("queue-length", &config->queue_length, 1, 1000000,
                  "Requests that may wait; more are refused (429)");
  table.AddNumber("max-wait-ms", &config->max_wait_ms, 0, 3600000,
                  "Refuse (429) when a request would wait longer than this; 0: no limit");
  table.AddNumber("deadline-ms", &config->deadline_ms, 1, 3600000,
                  "A request that has waited this long is answered 503");
  table.AddNumber("max-upload-bytes", &config->max_upload_bytes, 1024, 1e12, "Largest body of a request");
  table.AddNumber("max-batch-bytes", &config->max_batch_bytes, 1024, 1e12, "Largest body of POST /v1/batch");
  table.AddNumber("max-batch-items", &config->max_batch_items, 1, 1000000, "Most recordings of one job");
  table.AddNumber("max-buffered-bytes", &config->max_buffered_bytes, 1024, 1e13,
                  "Memory for the bodies of all requests together");
  table.AddNumber("max-duration-s", &config->max_duration_s, 0.1, 3600, "Longest recording");
}

void AddOtherOptions(CLI::App* app, Config* config) {
  const Table table(app, "Files");
  table.Add("data-dir", &config->data_dir, "Where batch jobs are kept; without it there are none", "DIR");
  table.AddNumber("job-retention-hours", &config->job_retention_hours, 1, 87600,
                  "How long results of a job that ended are kept");
  table.Add("web-root", &config->web_root, "Files of the page at / (default: share/higgins/web or web/dist)",
            "DIR");
  table.Add("log-level", &config->log_level, "debug, info, warning or error", "LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

void AddActions(CLI::App* app, Actions* actions) {
  const std::string group = "Instead of serving";
  app->add_flag("--check-config", actions->check_config,
                "Say what is wrong with the configuration, and what to do")
      ->group(group)
      ->configurable(false);
  app->add_flag("--print-config-table", actions->print_table, "Print the table of these options in Markdown")
      ->group(group)
      ->configurable(false);
  app->add_option("--new-key", actions->new_key, "Print a new key, and its entry for the keys file")
      ->type_name("NAME")
      ->group(group)
      ->configurable(false);
}

/// The environment as flags, for the options that the command line does not name itself: so that it goes
/// before the file, which CLI11 would prefer.
std::vector<std::string> WithEnvironment(const CLI::App& app, std::vector<std::string> arguments) {
  const std::vector<std::string> given = arguments;
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = "--" + option->get_single_name();
    const bool is_given = std::any_of(given.begin(), given.end(), [&](const std::string& argument) {
      return argument == name || argument.rfind(name + "=", 0) == 0;
    });
    const std::string& variable = option->get_envname();
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    const char* value = variable.empty() || is_given ? nullptr : std::getenv(variable.c_str());
    if (value != nullptr && *value != '\0') arguments.push_back(name + "=" + value);
  }
  return arguments;
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string MarkdownTable(const CLI::App& app) {
  std::string out = "| flag | environment | file | default | what |\n|---|---|---|---|---|\n";
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_envname().empty()) continue;
    const std::string name = option->get_single_name();
    std::string value = option->get_default_str();
    if (name == "workers") value = "the cores";
    const std::string type = option->get_type_name().empty() ? "" : " " + option->get_type_name();
    const std::string key = name == "config" ? "" : "`" + name + "`";
    const bool has_value = !value.empty() && value != "[]" && value != "\"\"";
    out.append("| `--")
        .append(name)
        .append(type, 0, type.find(':'))
        .append("` | `")
        .append(option->get_envname());
    out.append("` | ").append(key).append(" | ");
    if (has_value) out.append("`").append(value).append("`");
    out.append(" | ").append(option->get_description()).append(" |\n");
  }
  return out;
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

void CheckFile(const fs::path& file, const char* option, std::vector<std::string>* problems) {
  std::error_code ignored;
  if (!file.empty() && !fs::is_regular_file(file, ignored))
    problems->push_back(std::string("--") + option + ": " + file.string() +
                        " is not a file that can be read");
}

}  // namespace

Result<Command> ParseCommandLine(const std::vector<std::string>& arguments) {
  Command command;
  Config& config = command.config;
  config.workers = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 64);
  CLI::App app{"Serve the API over HTTP: POST /v1/assess and more; see /docs of a running server."};
  app.name("higgins serve");
  app.footer(kFooter);
  Actions actions;
  AddNetworkOptions(&app, &config);
  AddAccessOptions(&app, &config);
  AddWorkOptions(&app, &config);
  AddOtherOptions(&app, &config);
  app.set_config("--config", "", "Read options from this file (TOML)")
      ->type_name("FILE")
      ->envname("HIGGINS_CONFIG")
      ->group("Files");
  app.allow_config_extras(CLI::config_extras_mode::error);
  AddActions(&app, &actions);
  std::vector<std::string> all = WithEnvironment(app, arguments);
  std::reverse(all.begin(), all.end());  // CLI11 takes them from the back
  try {
    app.parse(all);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success))
      return Error{ErrorCode::kInvalidArgument, FirstLine(error.what())};
    command.action = Action::kPrinted;
    command.text = app.help();
    return command;
  }
  command.new_key_name = actions.new_key;
  if (!actions.new_key.empty()) command.action = Action::kNewKey;
  if (actions.check_config) command.action = Action::kCheckConfig;
  if (actions.print_table) {
    command.action = Action::kPrintConfigTable;
    command.text = MarkdownTable(app);
  }
  return command;
}

std::vector<std::string> FindProblems(const Config& config) {
  std::vector<std::string> problems;
  if (config.keys.empty() && !config.allow_anonymous && !IsLoopback(config.host)) {
    problems.push_back(
        "--host " + config.host +
        " can be reached from outside, and no key is asked for: give --keys FILE (higgins serve "
        "--new-key NAME makes a key), or --allow-anonymous if that is meant");
  }
  if (config.tls_certificate.empty() != config.tls_key.empty())
    problems.emplace_back("--tls-certificate and --tls-key belong together: give both or none");
  CheckFile(config.keys, "keys", &problems);
  CheckFile(config.tls_certificate, "tls-certificate", &problems);
  CheckFile(config.tls_key, "tls-key", &problems);
  for (const std::string& origin : config.cors_origins) {
    const bool is_origin =
        origin == "*" || ((origin.rfind("http://", 0) == 0 || origin.rfind("https://", 0) == 0) &&
                          std::count(origin.begin(), origin.end(), '/') == 2);
    if (!is_origin)
      problems.push_back("--cors-origin: expected https://HOST[:PORT] without a path, or *, got " + origin);
  }
  std::error_code ignored;
  if (!config.data_dir.empty() && fs::exists(config.data_dir, ignored) &&
      !fs::is_directory(config.data_dir, ignored))
    problems.push_back("--data-dir: " + config.data_dir.string() + " is not a folder");
  if (!config.web_root.empty() && !fs::is_directory(config.web_root, ignored))
    problems.push_back("--web-root: " + config.web_root.string() + " is not a folder");
  if (std::max(config.max_upload_bytes, config.max_batch_bytes) > config.max_buffered_bytes) {
    problems.emplace_back(
        "--max-upload-bytes and --max-batch-bytes must not be more than --max-buffered-bytes, which holds "
        "the bodies of "
        "all requests");
  }
  return problems;
}

}  // namespace higgins::server
