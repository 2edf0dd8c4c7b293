#include "transports/server/http/cors.h"

#include <algorithm>
#include <string_view>

namespace higgins::server::http {
namespace {

std::string Join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

OriginKind JudgeOrigin(const Headers& request, const std::vector<std::string>& allowed) {
  const std::string* origin = request.Find("Origin");
  if (origin == nullptr) return OriginKind::kNone;
  const auto is_listed = [&](const std::string& entry) {
    return entry == "*" || EqualsIgnoringCase(entry, *origin);
  };
  if (std::any_of(allowed.begin(), allowed.end(), is_listed)) return OriginKind::kAllowed;
  // The page's own server. A proxy may have taken TLS away, so that only the host and port can be compared.
  const std::string* host = request.Find("Host");
  const std::size_t slashes = origin->find("//");
  const bool is_same = host != nullptr && slashes != std::string::npos &&
                       EqualsIgnoringCase(std::string_view(*origin).substr(slashes + 2), *host);
  return is_same ? OriginKind::kNone : OriginKind::kRefused;
}

void AddCorsHeaders(const Headers& request, OriginKind kind, Response* response) {
  if (kind != OriginKind::kAllowed) return;
  response->headers.Set("Access-Control-Allow-Origin", *request.Find("Origin"));
  response->headers.Set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
  response->headers.Add("Vary", "Origin");
}

bool IsPreflight(const std::string& method, const Headers& request) {
  return method == "OPTIONS" && request.Find("Origin") != nullptr &&
         request.Find("Access-Control-Request-Method") != nullptr;
}

Response AnswerPreflight(const std::vector<std::string>& methods) {
  Response response;
  response.status = 204;
  response.headers.Add("Access-Control-Allow-Methods", Join(methods));
  response.headers.Add("Access-Control-Allow-Headers",
                       "Authorization, X-API-Key, Ocp-Apim-Subscription-Key, Content-Type, X-Request-Id, "
                       "Pronunciation-Assessment");
  response.headers.Add("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace higgins::server::http
