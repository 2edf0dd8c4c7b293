// Structured log: one JSON object a line on standard error. Neither audio nor text nor keys are ever handed
// to it: a request is logged with its route's pattern, not with its address.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace higgins::server::observe {

enum class Level { kDebug, kInfo, kWarning, kError };

using Value = std::variant<std::string, std::int64_t, double>;
using Pairs = std::initializer_list<std::pair<const char*, Value>>;

/// Thread-safe. Lines are written by a thread of their own; when standard error does not keep up, the oldest
/// are lost rather than requests delayed.
class Log {
 public:
  Log();
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void SetLevel(Level level);
  void Write(Level level, std::string_view event, Pairs pairs = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::server::observe
