#include "transports/server/http/admission.h"

#include <string>
#include <utility>
#include <vector>

namespace higgins::server::http {
namespace {

/// "GET, HEAD, POST"
std::string AllowedMethods(const std::vector<std::string>& methods) {
  std::string out;
  for (const std::string& method : methods) out += (out.empty() ? "" : ", ") + method;
  return out;
}

Response NoContent(const Router::Match& match) {
  Response response;
  response.status = 204;
  response.headers.Add("Allow", AllowedMethods(match.allowed));
  return response;
}

std::optional<Response> Answer(const Service& service, Taking taking, const Router::Match& match,
                               OriginKind origin, Request* request) {
  const auto problem = [&](ProblemKind kind, std::string detail) {
    return ToResponse({.kind = kind, .detail = std::move(detail)}, request->id);
  };
  if (match.allowed.empty() && request->path != "*")
    return problem(ProblemKind::kNotFound, "no resource has this path; /openapi.json lists them");
  const Access* access = match.route != nullptr       ? &match.route->access
                         : match.websocket != nullptr ? &match.websocket->access
                                                      : nullptr;
  if (origin == OriginKind::kRefused && (access == nullptr || !access->scope.empty()))
    return problem(ProblemKind::kForbidden,
                   "pages of this origin may not call; --cors-origin lists those that may");
  if (IsPreflight(request->method, request->headers)) return AnswerPreflight(match.allowed);
  if (request->method == "OPTIONS") return NoContent(match);
  if (match.route == nullptr && (match.websocket == nullptr || request->method != "GET")) {
    Response response =
        problem(ProblemKind::kMethodNotAllowed, "allowed here: " + AllowedMethods(match.allowed));
    response.headers.Add("Allow", AllowedMethods(match.allowed));
    return response;
  }
  const bool is_open = access->scope.empty();
  if (!is_open && taking == Taking::kOpenPaths)
    return problem(ProblemKind::kDraining, "the server is shutting down; try another one");
  if (const auto refused = service.authorise(*access, request)) return ToResponse(*refused, request->id);
  return std::nullopt;
}

}  // namespace

Admission Admit(const Service& service, Taking taking, Request* request) {
  Admission out;
  out.match = service.router.Find(request->method, request->path);
  request->path_parameters = out.match.path_parameters;
  out.origin = JudgeOrigin(request->headers, service.options.cors_origins);
  out.answer = Answer(service, taking, out.match, out.origin, request);
  return out;
}

}  // namespace higgins::server::http
