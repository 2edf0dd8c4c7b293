// A queue that is taken from in turn of its clients. Not thread-safe: the scheduler guards it.
#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "transports/server/scheduling/scheduler.h"

namespace higgins::server {

class FairQueue {
 public:
  void Push(Task task);
  /// The oldest task of the client whose turn it is; that client then goes to the end of the row.
  std::optional<Task> Pop();
  /// Takes out what is past its deadline or whose client left.
  std::vector<Task> TakeDead(std::chrono::steady_clock::time_point now);
  /// The newest task of the client with the most, when that is at least two more than `client` has: making
  /// room for `client` then makes the queue fairer. None otherwise.
  std::optional<Task> TakeFromGreediest(const std::string& client);
  std::vector<Task> TakeAll();
  std::size_t size() const { return size_; }

 private:
  struct Lane {
    std::string client;
    std::deque<Task> tasks;
  };
  using Row = std::list<Lane>;
  void Remove(Row::iterator lane);

  Row row_;  ///< clients with something in the queue, whose turn is next first
  std::unordered_map<std::string, Row::iterator> lanes_;
  std::size_t size_ = 0;
};

}  // namespace higgins::server
