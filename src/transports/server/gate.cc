#include "transports/server/gate.h"

#include <chrono>
#include <string>
#include <string_view>

namespace higgins::server {
namespace {

using http::Problem;
using http::ProblemKind;

constexpr const char* kAzureKeyName = "Ocp-Apim-Subscription-Key";

std::string_view PresentedKey(const http::Access& access, const http::Request& request) {
  if (const std::string* value = request.headers.Find("Authorization")) {
    constexpr std::string_view kScheme = "Bearer ";
    if (http::EqualsIgnoringCase(std::string_view(*value).substr(0, kScheme.size()), kScheme))
      return http::TrimSpace(std::string_view(*value).substr(kScheme.size()));
  }
  for (const char* name : {"X-API-Key", kAzureKeyName}) {
    if (const std::string* value = request.headers.Find(name)) return *value;
  }
  if (access.key_place != http::KeyPlace::kHeaderOrQuery) return {};
  for (const auto& [name, value] : request.query.all()) {
    if (http::EqualsIgnoringCase(name, kAzureKeyName) || name == "key") return value;
  }
  return {};
}

/// What load balancers and Prometheus ask every few seconds is of no interest while all is well.
observe::Level LevelOf(const http::Exchange& exchange) {
  if (exchange.status >= 500 && exchange.status != 503) return observe::Level::kError;
  const bool is_probe =
      exchange.route == "/healthz" || exchange.route == "/readyz" || exchange.route == "/metrics";
  return is_probe && exchange.status < 400 ? observe::Level::kDebug : observe::Level::kInfo;
}

}  // namespace

std::optional<Problem> Authorise(AppState* app, const http::Access& access, http::Request* request) {
  if (app->config.keys.empty()) {
    request->client = request->remote_address;
    return std::nullopt;
  }
  if (access.scope.empty()) return std::nullopt;
  const std::shared_ptr<const security::KeyRing> ring = app->keys.Get();
  const std::string_view presented = PresentedKey(access, *request);
  if (presented.empty()) {
    return Problem{.kind = ProblemKind::kUnauthorised,
                   .detail = "no key: send Authorization: Bearer KEY, or X-API-Key: KEY"};
  }
  const security::Key* key = ring->Find(presented);
  if (key == nullptr)
    return Problem{.kind = ProblemKind::kUnauthorised, .detail = "the key is not known here"};
  request->client = key->name;
  if (!key->Permits(access.scope))
    return Problem{.kind = ProblemKind::kForbidden,
                   .detail = "the key has no scope \"" + access.scope + "\""};
  if (const auto wait_s = app->rate_limiter.Take(*key, std::chrono::steady_clock::now())) {
    return Problem{.kind = ProblemKind::kRateLimited,
                   .detail = "more requests than the key's rate allows",
                   .retry_after_s = *wait_s};
  }
  return std::nullopt;
}

void Record(AppState* app, const http::Exchange& exchange) {
  // Without a route the method is whatever a client typed.
  const std::string route = exchange.route.empty() ? "none" : exchange.route;
  const std::string method = exchange.route.empty() ? "none" : exchange.method;
  app->metrics.Add("higgins_requests_total",
                   {{"method", method}, {"route", route}, {"status", std::to_string(exchange.status)}});
  if (!exchange.reason.empty()) app->metrics.Add("higgins_rejections_total", {{"reason", exchange.reason}});
  if (exchange.status != 101)
    app->metrics.Observe("higgins_request_seconds", {{"route", route}}, exchange.seconds);
  app->log.Write(LevelOf(exchange), "request",
                 {{"id", exchange.id},
                  {"method", method},
                  {"route", route},
                  {"status", std::int64_t{exchange.status}},
                  {"reason", exchange.reason},
                  {"ms", exchange.seconds * 1000},
                  {"bytes_in", static_cast<std::int64_t>(exchange.bytes_in)},
                  {"bytes_out", static_cast<std::int64_t>(exchange.bytes_out)},
                  {"client", exchange.client},
                  {"remote", exchange.remote_address}});
}

}  // namespace higgins::server
