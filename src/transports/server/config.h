// Every option of `higgins serve`, once: flags, environment and file are made from the table in config.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "higgins/result.h"

namespace higgins::server {

struct Config {
  std::string host = "127.0.0.1";
  int port = 8080;  ///< 0: any free one; the line at start says which
  bool allow_anonymous = false;

  int workers = 1;  ///< one-thread inference streams; set to the cores by ParseCommandLine()
  int io_threads = 1;
  std::size_t queue_length = 64;
  int deadline_ms = 10000;
  int max_wait_ms = 750;

  std::size_t max_upload_bytes = std::size_t{25} << 20;
  std::size_t max_batch_bytes = std::size_t{256} << 20;
  std::size_t max_batch_items = 10000;
  std::size_t max_buffered_bytes = std::size_t{512} << 20;  ///< of all request bodies together
  double max_duration_s = 60;
  std::size_t max_connections = 2048;
  int header_timeout_ms = 5000;
  int body_timeout_ms = 30000;
  int idle_timeout_ms = 60000;
  int min_upload_bytes_per_s = 1024;
  int drain_timeout_ms = 15000;

  std::filesystem::path keys;
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;
  std::vector<std::string> cors_origins;  ///< "https://app.example", or "*"

  std::vector<std::filesystem::path> packs;
  std::filesystem::path data_dir;
  int job_retention_hours = 168;
  std::filesystem::path web_root;
  std::string log_level = "info";

  bool uses_tls() const { return !tls_certificate.empty(); }
};

enum class Action { kServe, kCheckConfig, kPrintConfigTable, kNewKey, kPrinted };

/// What the command line asks for.
struct Command {
  Action action = Action::kServe;
  Config config;
  std::string new_key_name;
  std::string text;  ///< of kPrinted and kPrintConfigTable: what to print
};

/// Flags go before the environment, the environment before the file, the file before the defaults. Errors:
/// kInvalidArgument with one line.
Result<Command> ParseCommandLine(const std::vector<std::string>& arguments);

/// What is wrong with a configuration, and what to do: a line each. Looks at files, but loads no pack.
std::vector<std::string> FindProblems(const Config& config);

}  // namespace higgins::server
