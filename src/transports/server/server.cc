#include "transports/server/server.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include "transports/server/api/batch.h"
#include "transports/server/api/pages.h"
#include "transports/server/app_state.h"
#include "transports/server/gate.h"
#include "transports/server/http/http_server.h"
#include "transports/server/http/service.h"
#include "transports/server/routes.h"

namespace higgins::server {
namespace {

using observe::Level;
using std::chrono::milliseconds;

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

/// As many file handles as the system lets this process have: a connection is one.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// One heap for all threads. Recordings of different lengths leave a heap in pieces, and with one for every
/// thread the process grew for hours: by 55 MB over 8,000 mixed requests, where it now stays (make soak).
void UseOneHeap() {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 1);  // NOLINT(concurrency-mt-unsafe): before the first thread
#endif
}

Level LevelOf(const std::string& name) {
  if (name == "debug") return Level::kDebug;
  if (name == "warning") return Level::kWarning;
  return name == "error" ? Level::kError : Level::kInfo;
}

http::HttpOptions HttpOptionsOf(const Config& config) {
  http::HttpOptions options;
  options.host = config.host;
  options.port = config.port;
  options.io_threads = config.io_threads;
  options.max_connections = config.max_connections;
  options.max_buffered_bytes = config.max_buffered_bytes;
  options.header_timeout = milliseconds(config.header_timeout_ms);
  options.body_timeout = milliseconds(config.body_timeout_ms);
  options.idle_timeout = milliseconds(config.idle_timeout_ms);
  options.min_upload_bytes_per_s = config.min_upload_bytes_per_s;
  options.cors_origins = config.cors_origins;
  options.tls_certificate = config.tls_certificate.string();
  options.tls_key = config.tls_key.string();
  return options;
}

/// Reads keys and packs; `app` keeps what it has when one of them cannot be read.
Result<void> Load(AppState* app) {
  security::KeyRing keys;
  if (!app->config.keys.empty()) {
    Result<security::KeyRing> loaded = security::KeyRing::Load(app->config.keys);
    if (!loaded) return loaded.error();
    keys = *std::move(loaded);
  }
  Result<PackSet> packs = PackSet::Load(app->config.packs, app->config.workers);
  if (!packs) return packs.error();
  app->keys.Set(std::make_shared<const security::KeyRing>(std::move(keys)));
  app->packs.Set(std::make_shared<const PackSet>(*std::move(packs)));
  return {};
}

void AddGauges(AppState* app, const http::HttpServer* server) {
  observe::Metrics& metrics = app->metrics;
  const auto gauge = [&](const char* name, const observe::Labels& labels, auto read) {
    metrics.SetGauge(name, labels, [read] { return static_cast<double>(read()); });
  };
  gauge("higgins_queue_length", {{"priority", "live"}},
        [app] { return app->scheduler->state().num_waiting; });
  gauge("higgins_queue_length", {{"priority", "background"}},
        [app] { return app->scheduler->state().num_waiting_background; });
  gauge("higgins_queue_wait_seconds", {}, [app] { return app->scheduler->state().expected_wait_s; });
  gauge("higgins_workers_busy", {}, [app] { return app->scheduler->state().num_running; });
  gauge("higgins_workers", {}, [app] { return app->config.workers; });
  gauge("higgins_connections", {}, [server] { return server->num_connections(); });
  gauge("higgins_connections_total", {{"result", "accepted"}}, [server] { return server->num_accepted(); });
  gauge("higgins_connections_total", {{"result", "refused"}}, [server] { return server->num_refused(); });
}

void Reload(AppState* app, http::HttpServer* server) {
  Result<void> loaded = Load(app);
  if (loaded) loaded = server->ReloadCertificate();
  app->metrics.Add("higgins_reloads_total", {{"result", loaded ? "done" : "failed"}});
  if (loaded)
    app->log.Write(Level::kInfo, "reloaded", {{"keys", static_cast<std::int64_t>(app->keys.Get()->size())}});
  else
    app->log.Write(Level::kError, "reload_failed", {{"detail", loaded.error().message}});
}

void WaitForEnd(AppState* app, http::HttpServer* server) {
  const sigset_t signals = HandledSignals();
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return;
    Reload(app, server);
  }
}

void LogStart(AppState* app, int port) {
  std::string packs;
  for (const auto& pack : app->packs.Get()->all())
    packs += (packs.empty() ? "" : ", ") + pack->pack().name + " " + pack->pack().version;
  const Config& config = app->config;
  const std::string address =
      config.host.find(':') == std::string::npos ? config.host : "[" + config.host + "]";
  app->log.Write(
      Level::kInfo, "serving",
      {{"url", (config.uses_tls() ? "https://" : "http://") + address + ":" + std::to_string(port)},
       {"packs", packs},
       {"workers", std::int64_t{config.workers}},
       {"keys", config.keys.empty() ? std::string("none: open to everyone")
                                    : std::to_string(app->keys.Get()->size())},
       {"version", EngineVersion()}});
}

/// Packs, keys, jobs and workers.
Result<void> Open(AppState* app) {
  const Config& config = app->config;
  const Result<void> loaded = Load(app);
  if (!loaded) return loaded.error();
  if (!config.data_dir.empty()) {
    auto jobs = jobs::JobStore::Open(config.data_dir, std::int64_t{3600} * config.job_retention_hours);
    if (!jobs) return jobs.error();
    app->jobs = *std::move(jobs);
  }
  app->scheduler =
      std::make_unique<Scheduler>(SchedulerOptions{.workers = config.workers,
                                                   .queue_length = config.queue_length,
                                                   .max_wait = milliseconds(config.max_wait_ms)});
  return {};
}

Result<void> Prepare(AppState* app, api::JobRunner* runner, http::Service* service) {
  service->options = HttpOptionsOf(app->config);
  service->authorise = [app](const http::Access& access, http::Request* request) {
    return Authorise(app, access, request);
  };
  service->on_exchange = [app](const http::Exchange& exchange) { Record(app, exchange); };
  service->on_websocket = [app](const std::string& route, int change) {
    app->metrics.Add("higgins_websocket_sessions", {{"route", route}}, change);
  };
  AddAllRoutes(&service->router, app, runner);
  return api::AddPages(&service->router, app->config.web_root);
}

}  // namespace

std::vector<std::string> Check(const Config& config) {
  std::vector<std::string> problems = FindProblems(config);
  if (!config.keys.empty()) {
    const auto keys = security::KeyRing::Load(config.keys);
    if (!keys) problems.push_back(keys.error().message);
  }
  const auto packs = PackSet::Load(config.packs, 1);
  if (!packs) problems.push_back(packs.error().message);
  return problems;
}

Result<void> Run(const Config& config) {
  for (const std::string& problem : FindProblems(config)) return Error{ErrorCode::kInvalidArgument, problem};
  // Before any thread is made, so that every thread leaves the signals to WaitForEnd().
  const sigset_t signals = HandledSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  UseOneHeap();
  RaiseFileLimit();
  const auto app = std::make_unique<AppState>();
  app->config = config;
  app->log.SetLevel(LevelOf(config.log_level));
  const Result<void> opened = Open(app.get());
  if (!opened) return opened.error();
  api::JobRunner runner(app.get());
  http::Service service;
  const Result<void> prepared = Prepare(app.get(), &runner, &service);
  if (!prepared) return prepared.error();
  http::HttpServer server(&service);
  AddGauges(app.get(), &server);
  const Result<int> port = server.Start();
  if (!port) return port.error();
  LogStart(app.get(), *port);
  if (app->jobs) runner.Wake();  // what an earlier process left
  WaitForEnd(app.get(), &server);
  app->draining = true;
  app->log.Write(Level::kInfo, "draining",
                 {{"connections", static_cast<std::int64_t>(server.num_connections())}});
  const std::size_t num_cut = server.Drain(milliseconds(config.drain_timeout_ms));
  app->scheduler->Stop();
  app->log.Write(Level::kInfo, "ended", {{"connections_cut", static_cast<std::int64_t>(num_cut)}});
  return {};
}

}  // namespace higgins::server
