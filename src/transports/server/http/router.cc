#include "transports/server/http/router.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace higgins::server::http {
namespace {

/// Takes the text up to the next '/' off the front.
std::string_view NextSegment(std::string_view* path) {
  const std::size_t slash = std::min(path->find('/'), path->size());
  const std::string_view segment = path->substr(0, slash);
  path->remove_prefix(std::min(slash + 1, path->size()));
  return segment;
}

std::optional<Fields> MatchPattern(std::string_view pattern, std::string_view path) {
  Fields parameters;
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/'))
    return std::nullopt;
  while (!pattern.empty()) {
    const std::string_view expected = NextSegment(&pattern);
    const std::string_view actual = NextSegment(&path);
    const bool is_name = expected.size() > 2 && expected.front() == '{' && expected.back() == '}';
    if (!is_name && expected != actual) return std::nullopt;
    if (is_name && actual.empty()) return std::nullopt;
    if (is_name) parameters.Add(std::string(expected.substr(1, expected.size() - 2)), std::string(actual));
  }
  if (!path.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

void Router::Add(Route route) { routes_.push_back(std::make_unique<Route>(std::move(route))); }

void Router::AddWebSocket(WebSocketRoute route) {
  websockets_.push_back(std::make_unique<WebSocketRoute>(std::move(route)));
}

Router::Match Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  for (const auto& route : routes_) {
    std::optional<Fields> parameters = MatchPattern(route->pattern, path);
    if (!parameters) continue;
    match.allowed.push_back(route->method);
    if (route->method == "GET") match.allowed.emplace_back("HEAD");
    const bool takes_method = route->method == method || (route->method == "GET" && method == "HEAD");
    if (takes_method && match.route == nullptr) {
      match.route = route.get();
      match.path_parameters = *std::move(parameters);
    }
  }
  for (const auto& websocket : websockets_) {
    std::optional<Fields> parameters = MatchPattern(websocket->pattern, path);
    if (!parameters) continue;
    if (match.allowed.empty()) match.allowed.emplace_back("GET");
    match.websocket = websocket.get();
    if (match.route == nullptr) match.path_parameters = *std::move(parameters);
    break;
  }
  return match;
}

}  // namespace higgins::server::http
