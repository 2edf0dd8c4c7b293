// The body of a request, from bytes as they arrive: framing by Beast's parser, limits here.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transports/server/http/head.h"
#include "transports/server/http/problem.h"
#include "transports/server/http/service.h"

namespace higgins::server::http {

class BodyReader {
 public:
  /// `head_bytes` passed ParseHead() as `head`. `request` and `service` must outlive the reader.
  BodyReader(std::string_view head_bytes, const Head& head, const Route& route, Service* service,
             Request* request);
  ~BodyReader();
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;

  /// What is wrong with the announced body, before any of it is read.
  std::optional<Problem> Check();
  /// Takes what it understands off the front of `received`. On a problem the connection cannot go on.
  std::optional<Problem> Feed(std::string* received);
  bool is_done() const;
  /// After the last byte: hands the parts to the request.
  std::optional<Problem> Finish();
  std::size_t num_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::server::http
