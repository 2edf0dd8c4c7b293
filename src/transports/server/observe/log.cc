#include "transports/server/observe/log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace higgins::server::observe {
namespace {

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

// Time and level come from spdlog's own pattern, so that they are those of the call.
constexpr const char* kPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
constexpr std::size_t kMaxLines = 8192;

}  // namespace

struct Log::Impl {
  std::shared_ptr<spdlog::details::thread_pool> pool =
      std::make_shared<spdlog::details::thread_pool>(kMaxLines, 1);
  std::shared_ptr<spdlog::async_logger> logger =
      std::make_shared<spdlog::async_logger>("higgins", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                             pool, spdlog::async_overflow_policy::overrun_oldest);
};

Log::Log() : impl_(std::make_unique<Impl>()) {
  impl_->logger->set_pattern(kPattern, spdlog::pattern_time_type::utc);
  impl_->logger->flush_on(spdlog::level::debug);
}

Log::~Log() { impl_->logger->flush(); }

void Log::SetLevel(Level level) { impl_->logger->set_level(ToSpdlog(level)); }

void Log::Write(Level level, std::string_view event, Pairs pairs) {
  const spdlog::level::level_enum spdlog_level = ToSpdlog(level);
  if (!impl_->logger->should_log(spdlog_level)) return;
  nlohmann::ordered_json json = {{"event", event}};
  for (const auto& [name, value] : pairs)
    std::visit([&, key = name](const auto& v) { json[key] = v; }, value);
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  impl_->logger->log(spdlog_level, "{}", std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace higgins::server::observe
