// The open connections, so that a drain can reach them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace higgins::server::http {

enum class Ending { kDrain, kCut };

/// Thread-safe.
class Tracker {
 public:
  /// `end` is called from any thread, and hands over to the connection's strand.
  void Add(const void* connection, std::function<void(Ending)> end) {
    const std::lock_guard lock(mutex_);
    open_.emplace(connection, std::move(end));
  }
  void Remove(const void* connection) {
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
    changed_.notify_all();
  }
  void EndAll(Ending ending) {
    const std::lock_guard lock(mutex_);
    for (const auto& [connection, end] : open_) end(ending);
  }
  template <typename Duration>
  bool WaitUntilEmpty(Duration timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return open_.empty(); });
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<const void*, std::function<void(Ending)>> open_;
};

}  // namespace higgins::server::http
