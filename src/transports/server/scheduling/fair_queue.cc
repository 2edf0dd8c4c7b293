#include "transports/server/scheduling/fair_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace higgins::server {

void FairQueue::Push(Task task) {
  const auto found = lanes_.find(task.client);
  if (found == lanes_.end()) {
    row_.push_back({task.client, {}});
    lanes_.emplace(task.client, std::prev(row_.end()));
    row_.back().tasks.push_back(std::move(task));
  } else {
    found->second->tasks.push_back(std::move(task));
  }
  ++size_;
}

void FairQueue::Remove(Row::iterator lane) {
  lanes_.erase(lane->client);
  row_.erase(lane);
}

std::optional<Task> FairQueue::Pop() {
  if (row_.empty()) return std::nullopt;
  const auto lane = row_.begin();
  Task task = std::move(lane->tasks.front());
  lane->tasks.pop_front();
  --size_;
  if (lane->tasks.empty())
    Remove(lane);
  else
    row_.splice(row_.end(), row_, lane);
  return task;
}

std::vector<Task> FairQueue::TakeDead(std::chrono::steady_clock::time_point now) {
  std::vector<Task> dead;
  for (auto lane = row_.begin(); lane != row_.end();) {
    const auto is_alive = [&](const Task& task) {
      return task.deadline > now && !(task.gone && task.gone->load(std::memory_order_relaxed));
    };
    const auto first_dead = std::stable_partition(lane->tasks.begin(), lane->tasks.end(), is_alive);
    std::move(first_dead, lane->tasks.end(), std::back_inserter(dead));
    lane->tasks.erase(first_dead, lane->tasks.end());
    const auto next = std::next(lane);
    if (lane->tasks.empty()) Remove(lane);
    lane = next;
  }
  size_ -= dead.size();
  return dead;
}

std::optional<Task> FairQueue::TakeFromGreediest(const std::string& client) {
  const auto own = lanes_.find(client);
  const std::size_t num_own = own == lanes_.end() ? 0 : own->second->tasks.size();
  const auto greediest = std::max_element(
      row_.begin(), row_.end(), [](const Lane& a, const Lane& b) { return a.tasks.size() < b.tasks.size(); });
  if (greediest == row_.end() || greediest->tasks.size() < num_own + 2) return std::nullopt;
  Task task = std::move(greediest->tasks.back());
  greediest->tasks.pop_back();
  --size_;
  return task;
}

std::vector<Task> FairQueue::TakeAll() {
  std::vector<Task> all;
  while (std::optional<Task> task = Pop()) all.push_back(*std::move(task));
  return all;
}

}  // namespace higgins::server
