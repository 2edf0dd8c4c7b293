// A value that many read and a reload replaces: a reader keeps what it took for as long as it needs it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace higgins::server {

/// Thread-safe. (std::atomic<std::shared_ptr> of libstdc++ 12 does the same with a spin lock that
/// ThreadSanitizer cannot see.)
template <typename T>
class Swappable {
 public:
  std::shared_ptr<const T> Get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void Set(std::shared_ptr<const T> value) {
    {
      const std::lock_guard lock(mutex_);
      value_.swap(value);
    }
    // What was there before goes here, outside the lock, unless a reader still holds it.
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_ = std::make_shared<const T>();
};

}  // namespace higgins::server
