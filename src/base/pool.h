// A fixed set of things that callers borrow one at a time; who finds none waits. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace higgins {

template <typename T>
class Pool {
 public:
  /// Borrows one item until it goes out of scope. Must not outlive the pool.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<T> item) : pool_(pool), item_(std::move(item)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (item_) pool_->Put(std::move(item_));
    }
    T& operator*() const { return *item_; }
    T* operator->() const { return item_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<T> item_;
  };

  void Add(T item) { Put(std::make_unique<T>(std::move(item))); }

  /// Blocks until an item is free. Never returns when the pool has none at all.
  Lease Take() {
    std::unique_lock lock(mutex_);
    available_.wait(lock, [this] { return !free_.empty(); });
    std::unique_ptr<T> item = std::move(free_.back());
    free_.pop_back();
    return Lease(this, std::move(item));
  }

  std::size_t num_free() const {
    const std::lock_guard lock(mutex_);
    return free_.size();
  }

 private:
  void Put(std::unique_ptr<T> item) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(item));
    }
    available_.notify_one();
  }

  mutable std::mutex mutex_;
  std::condition_variable available_;
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace higgins
