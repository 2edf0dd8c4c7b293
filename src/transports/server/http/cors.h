// Which web pages may call (the CORS protocol of the Fetch standard). A page of another origin that is not in
// the list is refused, not only kept from reading the answer: otherwise any page could use a server on the
// visitor's own machine.
#pragma once

#include <string>
#include <vector>

#include "transports/server/http/message.h"

namespace higgins::server::http {

enum class OriginKind {
  kNone,     ///< not from a page of another origin
  kAllowed,  ///< of a page in the list
  kRefused,
};

OriginKind JudgeOrigin(const Headers& request, const std::vector<std::string>& allowed);

/// What a response to an allowed page carries. Does nothing for kNone; always says that the answer depends on
/// Origin.
void AddCorsHeaders(const Headers& request, OriginKind kind, Response* response);

bool IsPreflight(const std::string& method, const Headers& request);
/// The answer to a preflight of an allowed page.
Response AnswerPreflight(const std::vector<std::string>& methods);

}  // namespace higgins::server::http
