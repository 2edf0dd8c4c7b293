#include "transports/server/scheduling/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <latch>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "transports/server/scheduling/fair_queue.h"

namespace higgins::server {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Clock = std::chrono::steady_clock;

/// Remembers the outcome of each task by its name.
class Book {
 public:
  Task MakeTask(const std::string& client, const std::string& name = "") {
    Task task;
    task.client = client;
    task.run = [this, name = name.empty() ? client : name](TaskOutcome outcome) {
      const std::lock_guard lock(mutex_);
      order_.push_back(name);
      outcomes_[name] = outcome;
    };
    return task;
  }
  std::vector<std::string> order() const {
    const std::lock_guard lock(mutex_);
    return order_;
  }
  TaskOutcome outcome(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return outcomes_.at(name);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> order_;
  std::map<std::string, TaskOutcome> outcomes_;
};

/// Keeps the only worker of a scheduler busy until it is released.
class Blocker {
 public:
  explicit Blocker(Scheduler* scheduler) {
    Task task;
    task.client = "blocker";
    task.run = [this](TaskOutcome) {
      started_.count_down();
      released_.get_future().wait();
    };
    EXPECT_EQ(scheduler->Submit(std::move(task)), Submission::kAccepted);
    started_.wait();
  }
  void Release() { released_.set_value(); }

 private:
  std::latch started_{1};
  std::promise<void> released_;
};

void WaitUntilIdle(const Scheduler& scheduler) {
  while (scheduler.state().num_waiting + scheduler.state().num_waiting_background > 0 ||
         scheduler.state().num_running > 0)
    std::this_thread::sleep_for(1ms);
}

TEST(Scheduler, TakesClientsInTurn) {
  Book book;
  Scheduler scheduler({.workers = 1, .queue_length = 100});
  Blocker blocker(&scheduler);
  for (const char* name : {"a1", "a2", "a3"})
    ASSERT_EQ(scheduler.Submit(book.MakeTask("a", name)), Submission::kAccepted);
  ASSERT_EQ(scheduler.Submit(book.MakeTask("b", "b1")), Submission::kAccepted);
  ASSERT_EQ(scheduler.Submit(book.MakeTask("c", "c1")), Submission::kAccepted);
  blocker.Release();
  WaitUntilIdle(scheduler);
  EXPECT_THAT(book.order(), ElementsAre("a1", "b1", "c1", "a2", "a3"));
}

TEST(Scheduler, PutsLiveTasksBeforeBackgroundOnes) {
  Book book;
  Scheduler scheduler({.workers = 1, .queue_length = 100});
  Blocker blocker(&scheduler);
  Task background = book.MakeTask("jobs");
  background.priority = Priority::kBackground;
  ASSERT_EQ(scheduler.Submit(std::move(background)), Submission::kAccepted);
  ASSERT_EQ(scheduler.Submit(book.MakeTask("live")), Submission::kAccepted);
  blocker.Release();
  WaitUntilIdle(scheduler);
  EXPECT_THAT(book.order(), ElementsAre("live", "jobs"));
}

TEST(Scheduler, KeepsAWorkerForLiveTasksWhileThereAreAny) {
  Book book;
  Scheduler scheduler({.workers = 2, .queue_length = 100});
  ASSERT_EQ(scheduler.Submit(book.MakeTask("live", "live1")), Submission::kAccepted);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  for (int i = 0; i < 2; ++i) {
    Task task;
    task.client = "jobs";
    task.priority = Priority::kBackground;
    task.run = [released](TaskOutcome) { released.wait(); };
    ASSERT_EQ(scheduler.Submit(std::move(task)), Submission::kAccepted);
  }
  while (scheduler.state().num_waiting_background > 1) std::this_thread::sleep_for(1ms);
  ASSERT_EQ(scheduler.Submit(book.MakeTask("live", "live2")), Submission::kAccepted);
  while (book.order().size() < 2)
    std::this_thread::sleep_for(1ms);  // though two background tasks are not done
  EXPECT_EQ(scheduler.state().num_waiting_background, 1U);
  release.set_value();
  WaitUntilIdle(scheduler);  // without live tasks the second has its turn
}

TEST(Scheduler, RefusesWhenFullAndMakesRoomForWhoHasLess) {
  Book book;
  Scheduler scheduler({.workers = 1, .queue_length = 3});
  Blocker blocker(&scheduler);
  for (const char* name : {"a1", "a2", "a3"})
    ASSERT_EQ(scheduler.Submit(book.MakeTask("a", name)), Submission::kAccepted);
  EXPECT_EQ(scheduler.Submit(book.MakeTask("a", "a4")), Submission::kQueueFull);
  EXPECT_EQ(scheduler.Submit(book.MakeTask("b", "b1")), Submission::kAccepted);
  EXPECT_EQ(book.outcome("a3"), TaskOutcome::kDropped);
  EXPECT_EQ(scheduler.Submit(book.MakeTask("b", "b2")), Submission::kQueueFull);
  EXPECT_EQ(scheduler.Submit(book.MakeTask("c", "c1")), Submission::kAccepted);
  blocker.Release();
  WaitUntilIdle(scheduler);
  EXPECT_THAT(book.order(), ElementsAre("a3", "a2", "a1", "b1", "c1"));
}

TEST(Scheduler, ExpiresWhatWaitedTooLongAndSkipsWhoLeft) {
  Book book;
  Scheduler scheduler({.workers = 1, .queue_length = 3});
  Blocker blocker(&scheduler);
  Task late = book.MakeTask("late");
  late.deadline = Clock::now() + 1ms;
  Task left = book.MakeTask("left");
  left.gone = std::make_shared<std::atomic<bool>>(true);
  ASSERT_EQ(scheduler.Submit(std::move(late)), Submission::kAccepted);
  ASSERT_EQ(scheduler.Submit(std::move(left)), Submission::kAccepted);
  ASSERT_EQ(scheduler.Submit(book.MakeTask("good", "good1")), Submission::kAccepted);
  std::this_thread::sleep_for(5ms);
  // The queue is full, but of dead tasks.
  ASSERT_EQ(scheduler.Submit(book.MakeTask("good", "good2")), Submission::kAccepted);
  EXPECT_EQ(book.outcome("late"), TaskOutcome::kExpired);
  EXPECT_EQ(book.outcome("left"), TaskOutcome::kCancelled);
  blocker.Release();
  WaitUntilIdle(scheduler);
  EXPECT_EQ(book.outcome("good1"), TaskOutcome::kRun);
  EXPECT_EQ(book.outcome("good2"), TaskOutcome::kRun);
}

TEST(Scheduler, RefusesWhenTheWaitWouldBeLong) {
  Scheduler scheduler({.workers = 1, .queue_length = 1000, .max_wait = 50ms});
  for (int i = 0; i < 3; ++i) {  // it learns that a task takes 20 ms
    Task task;
    task.run = [](TaskOutcome) { std::this_thread::sleep_for(20ms); };
    ASSERT_EQ(scheduler.Submit(std::move(task)), Submission::kAccepted);
    WaitUntilIdle(scheduler);
  }
  Blocker blocker(&scheduler);
  Book book;
  int num_accepted = 0;
  while (scheduler.Submit(book.MakeTask("a", std::to_string(num_accepted))) == Submission::kAccepted)
    ++num_accepted;
  EXPECT_GE(num_accepted, 1);
  EXPECT_LE(num_accepted, 3);
  EXPECT_GT(scheduler.state().expected_wait_s, 0.05);
  blocker.Release();
  WaitUntilIdle(scheduler);
}

TEST(Scheduler, StopCancelsWhatWaits) {
  Book book;
  Scheduler scheduler({.workers = 1, .queue_length = 10});
  Blocker blocker(&scheduler);
  ASSERT_EQ(scheduler.Submit(book.MakeTask("waits")), Submission::kAccepted);
  std::thread stopper([&] { scheduler.Stop(); });
  while (scheduler.Submit(book.MakeTask("late")) != Submission::kStopped) std::this_thread::sleep_for(1ms);
  blocker.Release();
  stopper.join();
  EXPECT_EQ(book.outcome("waits"), TaskOutcome::kCancelled);
  EXPECT_EQ(scheduler.Submit(book.MakeTask("after")), Submission::kStopped);
}

TEST(Scheduler, RunsEveryAcceptedTaskOnceFromManyThreads) {
  std::atomic<int> num_called{0};
  std::atomic<int> num_accepted{0};
  {
    Scheduler scheduler({.workers = 4, .queue_length = 16});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) {
          Task task;
          task.client = std::to_string(t);
          task.run = [&](TaskOutcome) { ++num_called; };
          if (scheduler.Submit(std::move(task)) == Submission::kAccepted) ++num_accepted;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(num_called, num_accepted);
}

}  // namespace
}  // namespace higgins::server
