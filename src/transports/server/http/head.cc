#include "transports/server/http/head.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "transports/server/http/text.h"

namespace higgins::server::http {
namespace {

using MaybeError = std::optional<HeadError>;

HeadError Bad(std::string detail) { return {400, std::move(detail)}; }

/// Takes a line without its CRLF off the front.
std::string_view NextLine(std::string_view* text) {
  const std::size_t end = text->find("\r\n");
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 2);
  return line;
}

/// An absolute target (RFC 9112, 3.2.2) is reduced to its path; its authority must be the Host's.
MaybeError ReduceAbsoluteTarget(Head* head, std::string* authority) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoringCase(std::string_view(head->target).substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = std::min(head->target.find_first_of("/?", scheme.size()), head->target.size());
    *authority = head->target.substr(scheme.size(), path - scheme.size());
    if (authority->empty()) return Bad("the request target has no host");
    head->target = head->target.substr(path);
    if (head->target.empty() || head->target.front() == '?') head->target.insert(0, "/");
    return std::nullopt;
  }
  return Bad("the request target must start with '/'");
}

MaybeError ParseVersion(std::string_view version, Head* head) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") {
    head->minor_version = version.back() - '0';
    head->keep_alive = head->minor_version == 1;
    return std::nullopt;
  }
  const bool is_http = version.size() == 8 && version.substr(0, 5) == "HTTP/" && IsDigit(version[5]) &&
                       version[6] == '.' && IsDigit(version[7]);
  if (is_http) return HeadError{505, "HTTP/1.1 and HTTP/1.0 are spoken here"};
  return Bad("the request line must be METHOD SP TARGET SP HTTP/1.1");
}

MaybeError ParseRequestLine(std::string_view line, const HeadLimits& limits, Head* head,
                            std::string* authority) {
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || method_end == target_end)
    return Bad("the request line must be METHOD SP TARGET SP HTTP/1.1");
  const std::string_view method = line.substr(0, method_end);
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  const bool is_method =
      !method.empty() && method.size() <= 20 &&
      std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_method) return Bad("the method must be 1 to 20 capital letters");
  if (MaybeError error = ParseVersion(line.substr(target_end + 1), head)) return error;
  if (target.size() > limits.max_target_bytes) return HeadError{414, "the request target is too long"};
  const bool is_visible =
      std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (target.empty() || !is_visible || target.find('#') != std::string_view::npos)
    return Bad("the request target holds a character that must be percent-encoded");
  head->method = method;
  head->target = target;
  if (target.front() == '/' || (target == "*" && method == "OPTIONS")) return std::nullopt;
  return ReduceAbsoluteTarget(head, authority);
}

MaybeError ParseField(std::string_view line, Head* head) {
  if (line.front() == ' ' || line.front() == '\t') return Bad("a folded header line (obs-fold)");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return Bad("a header line without a name");
  const std::string_view name = line.substr(0, colon);
  if (!std::all_of(name.begin(), name.end(), IsTokenChar)) {
    return Bad("a header name with a character that is not allowed in it, or a space before its colon");
  }
  const std::string_view value = TrimSpace(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), IsFieldChar)) return Bad("a control character in a header");
  head->headers.Add(std::string(name), std::string(value));
  return std::nullopt;
}

MaybeError CheckHost(const Head& head, const std::string& authority) {
  const std::size_t count = head.headers.Count("host");
  if (count > 1) return Bad("several Host headers");
  if (count == 0) return head.minor_version == 0 ? MaybeError() : Bad("no Host header");
  const std::string& host = *head.headers.Find("host");
  const auto allowed = [](char c) {
    return IsAlnum(c) || std::string_view("-._~:[]%!$&'()*+,;=").find(c) != std::string_view::npos;
  };
  if (host.empty() || host.size() > 255 || !std::all_of(host.begin(), host.end(), allowed))
    return Bad("the Host header is not a host");
  if (!authority.empty() && !EqualsIgnoringCase(authority, host))
    return Bad("the Host header and the request target name different hosts");
  return std::nullopt;
}

MaybeError ReadFraming(Head* head) {
  const std::size_t num_lengths = head->headers.Count("content-length");
  const std::size_t num_codings = head->headers.Count("transfer-encoding");
  if (num_lengths > 1) return Bad("several Content-Length headers");
  if (num_codings > 1) return Bad("several Transfer-Encoding headers");
  if (num_lengths + num_codings > 1) return Bad("both Content-Length and Transfer-Encoding");
  if (num_codings == 1) {
    if (head->minor_version == 0) return Bad("Transfer-Encoding in HTTP/1.0");
    if (!EqualsIgnoringCase(*head->headers.Find("transfer-encoding"), "chunked"))
      return HeadError{501, "Transfer-Encoding: only chunked is known"};
    head->framing = BodyFraming::kChunked;
  }
  if (num_lengths == 1) {
    const std::string& length = *head->headers.Find("content-length");
    const bool is_number =
        !length.empty() && length.size() <= 15 && std::all_of(length.begin(), length.end(), IsDigit);
    if (!is_number) return Bad("Content-Length is not a number");
    std::from_chars(length.data(), length.data() + length.size(), head->content_length);
    head->framing = head->content_length > 0 ? BodyFraming::kContentLength : BodyFraming::kNone;
  }
  return std::nullopt;
}

bool HasToken(const Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& [key, value] : headers.all()) {
    if (!EqualsIgnoringCase(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (EqualsIgnoringCase(TrimSpace(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

MaybeError ReadConnection(Head* head) {
  if (HasToken(head->headers, "connection", "close"))
    head->keep_alive = false;
  else if (head->minor_version == 0)
    head->keep_alive = HasToken(head->headers, "connection", "keep-alive");
  head->wants_websocket = head->minor_version == 1 && HasToken(head->headers, "connection", "upgrade") &&
                          HasToken(head->headers, "upgrade", "websocket");
  const std::string* expect = head->headers.Find("expect");
  if (expect == nullptr || head->minor_version == 0) return std::nullopt;
  if (!EqualsIgnoringCase(*expect, "100-continue"))
    return HeadError{417, "Expect: only 100-continue is known"};
  head->expects_continue = head->framing != BodyFraming::kNone;
  return std::nullopt;
}

}  // namespace

std::variant<std::optional<std::size_t>, HeadError> FindHeadEnd(std::string_view received,
                                                                const HeadLimits& limits) {
  if (!received.empty() && !(received.front() >= 'A' && received.front() <= 'Z'))
    return Bad("a request must start with its method");
  const std::string_view visible = received.substr(0, limits.max_head_bytes);
  for (std::size_t i = 0; i < visible.size(); ++i) {
    const char c = visible[i];
    if (c == '\n') return Bad("a line that ends in LF without CR");
    if (c == '\r') {
      if (i + 1 == visible.size()) break;
      if (visible[i + 1] != '\n') return Bad("a CR without LF");
      if (visible.substr(i + 2, 2) == "\r\n") return std::optional<std::size_t>(i + 4);
      ++i;
    } else if (!IsFieldChar(c)) {
      return Bad("a control character in the head");
    }
  }
  if (received.size() >= limits.max_head_bytes) {
    const bool in_request_line = visible.find("\r\n") == std::string_view::npos;
    return HeadError{in_request_line ? 414 : 431, "the head of the request is too large"};
  }
  return std::optional<std::size_t>();
}

std::variant<Head, HeadError> ParseHead(std::string_view head_bytes, const HeadLimits& limits) {
  Head head;
  std::string authority;
  if (MaybeError error = ParseRequestLine(NextLine(&head_bytes), limits, &head, &authority))
    return *std::move(error);
  while (!head_bytes.empty()) {
    const std::string_view line = NextLine(&head_bytes);
    if (line.empty()) break;
    if (head.headers.all().size() >= limits.max_headers) return HeadError{431, "too many header lines"};
    if (MaybeError error = ParseField(line, &head)) return *std::move(error);
  }
  if (!head_bytes.empty()) return Bad("bytes after the empty line");
  if (MaybeError error = CheckHost(head, authority)) return *std::move(error);
  if (MaybeError error = ReadFraming(&head)) return *std::move(error);
  if (MaybeError error = ReadConnection(&head)) return *std::move(error);
  return head;
}

std::variant<Target, HeadError> ParseTarget(std::string_view target) {
  Target out;
  const std::size_t question = std::min(target.find('?'), target.size());
  std::optional<std::string> path = PercentDecode(target.substr(0, question), PlusSign::kLiteral);
  // An escaped slash or NUL would make the decoded path another one than the proxy in front sees.
  if (!path || path->find('\0') != std::string::npos || !IsUtf8(*path) ||
      std::count(path->begin(), path->end(), '/') !=
          std::count(target.begin(), target.begin() + static_cast<std::ptrdiff_t>(question), '/'))
    return Bad("the path is not properly percent-encoded UTF-8");
  for (std::string_view rest = *path; !rest.empty();) {
    rest.remove_prefix(1);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, slash);
    if (segment == "." || segment == "..") return Bad("the path contains a dot segment");
    rest.remove_prefix(slash);
  }
  out.path = *std::move(path);
  std::string_view query = target.substr(std::min(question + 1, target.size()));
  while (!query.empty()) {
    const std::size_t ampersand = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, ampersand);
    query.remove_prefix(std::min(ampersand + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::optional<std::string> name = PercentDecode(pair.substr(0, equals), PlusSign::kSpace);
    std::optional<std::string> value =
        PercentDecode(pair.substr(std::min(equals + 1, pair.size())), PlusSign::kSpace);
    if (!name || !value || !IsUtf8(*name) || !IsUtf8(*value))
      return Bad("the query is not properly percent-encoded UTF-8");
    out.query.Add(*std::move(name), *std::move(value));
  }
  return out;
}

}  // namespace higgins::server::http
