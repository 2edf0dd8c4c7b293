#include "transports/server/scheduling/scheduler.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "transports/server/scheduling/fair_queue.h"

namespace higgins::server {
namespace {

using Clock = std::chrono::steady_clock;

// Weight of the newest task in the running mean of service times.
constexpr double kNewest = 0.1;

// Without a live task for this long, background tasks may have every worker.
constexpr std::chrono::seconds kQuiet{2};

bool IsGone(const Task& task) { return task.gone && task.gone->load(std::memory_order_relaxed); }

void RunDead(const std::vector<Task>& tasks) {
  for (const Task& task : tasks) task.run(IsGone(task) ? TaskOutcome::kCancelled : TaskOutcome::kExpired);
}

}  // namespace

struct Scheduler::Impl {
  SchedulerOptions options;
  mutable std::mutex mutex;
  std::condition_variable changed;
  FairQueue live;
  FairQueue background;
  int num_running = 0;
  int num_running_background = 0;
  Clock::time_point last_live;  ///< when one was submitted
  bool stopped = false;
  double mean_service_s = 0;  ///< of live tasks
  std::vector<std::thread> threads;

  double ExpectedWait() const {
    const std::size_t ahead = live.size() + static_cast<std::size_t>(num_running);
    const auto workers = static_cast<std::size_t>(options.workers);
    if (ahead < workers) return 0;
    return static_cast<double>(ahead - workers + 1) * mean_service_s / options.workers;
  }

  bool IsFull() const {
    if (live.size() >= options.queue_length) return true;
    const double max_wait_s = std::chrono::duration<double>(options.max_wait).count();
    return max_wait_s > 0 && ExpectedWait() > max_wait_s;
  }

  /// One worker is kept for live tasks while there are any: a background task may be a minute of audio.
  bool MayRunBackground(Clock::time_point now) const {
    if (background.size() == 0) return false;
    return num_running_background + 1 < options.workers || options.workers == 1 || now - last_live > kQuiet;
  }

  std::optional<Task> WaitForTask() {
    std::unique_lock lock(mutex);
    while (!stopped) {
      const bool has_live = live.size() > 0;
      if (has_live || MayRunBackground(Clock::now())) {
        ++num_running;
        num_running_background += has_live ? 0 : 1;
        return has_live ? live.Pop() : background.Pop();
      }
      if (background.size() > 0)
        changed.wait_for(lock, kQuiet);
      else
        changed.wait(lock);
    }
    return std::nullopt;
  }

  void Finish(const Task& task, std::optional<Clock::duration> service_time) {
    const std::lock_guard lock(mutex);
    --num_running;
    num_running_background -= task.priority == Priority::kBackground ? 1 : 0;
    if (task.priority != Priority::kLive || task.cost != Cost::kRecording || !service_time) return;
    const double seconds = std::chrono::duration<double>(*service_time).count();
    mean_service_s = mean_service_s == 0 ? seconds : mean_service_s + kNewest * (seconds - mean_service_s);
  }

  void Work() {
    while (std::optional<Task> task = WaitForTask()) {
      const Clock::time_point start = Clock::now();
      const bool gone = IsGone(*task);
      const bool runs = !gone && task->deadline > start;
      task->run(gone ? TaskOutcome::kCancelled : runs ? TaskOutcome::kRun : TaskOutcome::kExpired);
      task->run = nullptr;  // what it holds goes before the worker counts as free
      Finish(*task, runs ? std::optional(Clock::now() - start) : std::nullopt);
    }
  }
};

Scheduler::Scheduler(const SchedulerOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  for (int i = 0; i < options.workers; ++i)
    impl_->threads.emplace_back([impl = impl_.get()] { impl->Work(); });
}

Scheduler::~Scheduler() { Stop(); }

Submission Scheduler::Submit(Task task) {
  std::vector<Task> dead;
  std::optional<Task> dropped;
  bool refused = false;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopped) return Submission::kStopped;
    if (task.priority == Priority::kLive) impl_->last_live = Clock::now();
    if (task.priority == Priority::kLive && impl_->IsFull()) {
      dead = impl_->live.TakeDead(Clock::now());
      if (impl_->IsFull()) dropped = impl_->live.TakeFromGreediest(task.client);
      refused = impl_->IsFull() && !dropped;
    }
    if (!refused) (task.priority == Priority::kLive ? impl_->live : impl_->background).Push(std::move(task));
  }
  impl_->changed.notify_one();
  RunDead(dead);
  if (dropped) dropped->run(TaskOutcome::kDropped);
  return refused ? Submission::kQueueFull : Submission::kAccepted;
}

SchedulerState Scheduler::state() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->live.size(), impl_->background.size(), impl_->num_running, impl_->ExpectedWait()};
}

void Scheduler::Stop() {
  std::vector<Task> waiting;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopped = true;
    waiting = impl_->live.TakeAll();
    for (Task& task : impl_->background.TakeAll()) waiting.push_back(std::move(task));
  }
  impl_->changed.notify_all();
  for (Task& task : waiting) task.run(TaskOutcome::kCancelled);
  for (std::thread& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace higgins::server
