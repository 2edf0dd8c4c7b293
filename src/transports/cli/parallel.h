// Work on many recordings at once, results in the order of the input.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace higgins::cli {

/// Calls work(i) for every i in [begin, end) on `num_workers` threads, and sink(i, result) in the order of i,
/// on the calling thread. Workers run at most a few results ahead of the sink, so memory stays bounded. work
/// must not throw; a sink that gives false ends the run early.
template <typename Work, typename Sink>
void ParallelInOrder(std::size_t begin, std::size_t end, int num_workers, const Work& work,
                     const Sink& sink) {
  using Value = decltype(work(std::size_t{0}));
  const std::size_t max_ahead = 8 * static_cast<std::size_t>(num_workers);
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Value> finished;
  std::size_t next_input = begin;
  std::size_t next_output = begin;
  bool stopped = false;

  const auto run_worker = [&] {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock,
                   [&] { return stopped || next_input >= end || next_input < next_output + max_ahead; });
      if (stopped || next_input >= end) return;
      const std::size_t index = next_input++;
      lock.unlock();
      Value value = work(index);
      lock.lock();
      finished.emplace(index, std::move(value));
      changed.notify_all();
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < num_workers; ++i) workers.emplace_back(run_worker);

  std::unique_lock lock(mutex);
  while (next_output < end && !stopped) {
    changed.wait(lock, [&] { return finished.count(next_output) > 0; });
    auto node = finished.extract(next_output);
    lock.unlock();
    const bool go_on = sink(node.key(), std::move(node.mapped()));
    lock.lock();
    ++next_output;
    stopped = !go_on;
    changed.notify_all();
  }
  lock.unlock();
  for (std::thread& worker : workers) worker.join();
}

}  // namespace higgins::cli
