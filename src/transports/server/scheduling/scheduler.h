// Who is served next, and who is refused. One thread a worker, each runs one task at a time: with one-thread
// inference a core is never shared by two requests. Waiting tasks are taken in turn from each client (the
// key's name), so that one client with a thousand requests does not delay another with one. Live tasks always
// go before background ones.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace higgins::server {

enum class TaskOutcome {
  kRun,        ///< on a worker: do the work now
  kExpired,    ///< its deadline passed while it waited: answer 503 deadline-exceeded
  kDropped,    ///< the queue is full, and its client has the most in it: answer 429 queue-full
  kCancelled,  ///< the client left, or the scheduler stops: nothing need be done
};

enum class Priority { kLive, kBackground };

/// What a task does: only recordings count for how long the next one is expected to take.
enum class Cost { kRecording, kSmall };

struct Task {
  std::string client;
  Priority priority = Priority::kLive;
  Cost cost = Cost::kRecording;
  /// Latest moment to begin; none: waits as long as it takes.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Becomes true when nobody waits for the task any more. May be null.
  std::shared_ptr<std::atomic<bool>> gone;
  /// Called exactly once when Submit() accepted the task, with kRun on a worker, else on any thread. Must not
  /// throw.
  std::function<void(TaskOutcome)> run;
};

enum class Submission { kAccepted, kQueueFull, kStopped };

struct SchedulerOptions {
  int workers = 1;                        ///< 1 to 64
  std::size_t queue_length = 64;          ///< live tasks that may wait
  std::chrono::milliseconds max_wait{0};  ///< refuse when the expected wait is longer; 0: no such limit
};

struct SchedulerState {
  std::size_t num_waiting = 0;  ///< live
  std::size_t num_waiting_background = 0;
  int num_running = 0;
  double expected_wait_s = 0;  ///< of a live task submitted now
};

/// Thread-safe.
class Scheduler {
 public:
  explicit Scheduler(const SchedulerOptions& options);
  ~Scheduler();  ///< Stop()
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// `task.run` is not called unless the result is kAccepted.
  [[nodiscard]] Submission Submit(Task task);

  SchedulerState state() const;

  /// Lets what runs end, cancels what waits, and joins the workers. Later submissions are refused.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::server
