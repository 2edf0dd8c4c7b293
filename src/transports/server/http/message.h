// Requests and responses as the rooms see them: plain values, no socket and no third-party library.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace higgins::server::http {

/// Header fields in the order of arrival. Names are compared without case.
class Headers {
 public:
  void Add(std::string name, std::string value);
  /// Replaces every field of that name.
  void Set(std::string name, std::string value);
  /// The first field of that name; null when there is none. Valid until the next change.
  const std::string* Find(std::string_view name) const;
  std::size_t Count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Decoded name-value pairs of a query or of a form, in order. Names may repeat.
class Fields {
 public:
  void Add(std::string name, std::string value);
  const std::string* Find(std::string_view name) const;  ///< the first; null when there is none
  std::vector<std::string> All(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// One part of a multipart/form-data body (RFC 7578).
struct Part {
  std::string name;
  std::string filename;      ///< empty when the part is not a file
  std::string content_type;  ///< empty when none was given
  std::string data;
};

struct Request {
  std::string id;      ///< X-Request-Id, the client's when it is a sane one
  std::string method;  ///< "GET"
  std::string path;    ///< percent-decoded, starts with '/'
  Fields query;
  Fields path_parameters;  ///< "id" of "/v1/jobs/{id}"
  Headers headers;
  std::string body;                  ///< of a route with BodyKind::kRaw
  std::shared_ptr<void> body_lease;  ///< the memory that body and parts take from the server's budget
  std::vector<Part> parts;           ///< of a route with BodyKind::kMultipart
  std::string remote_address;
  /// Whose request it is, for fairness and for the log: the key's name, or the address when the server is
  /// open.
  std::string client;
  std::chrono::steady_clock::time_point received;
  /// Becomes true when the connection broke: work that has not begun need not begin.
  std::shared_ptr<std::atomic<bool>> gone = std::make_shared<std::atomic<bool>>(false);

  /// The first part of that name; null when there is none.
  const Part* FindPart(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type;  ///< empty: the response has no body
  std::string body;
  /// A body that many responses share (files of the web root); used instead of `body` when it is set.
  std::shared_ptr<const std::string> shared_body;
  Headers headers;
  /// For metrics: why the request was refused ("queue-full", "bad-audio"); empty when it was not.
  std::string reason;
};

/// ASCII only, as HTTP needs it.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
std::string ToLower(std::string_view text);
std::string_view TrimSpace(std::string_view text);  ///< spaces and tabs at both ends

}  // namespace higgins::server::http
