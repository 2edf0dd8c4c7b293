#include "transports/server/stream/live_assessment.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace higgins::server::stream {
namespace {

using http::ProblemKind;

// About 0.5 s of PCM, 4 s of opus: a few milliseconds of work.
constexpr std::size_t kSliceBytes = 16384;

http::Problem Refusal(ProblemKind kind, const char* detail) {
  return {.kind = kind, .detail = detail, .status = 0, .retry_after_s = 1};
}

}  // namespace

Result<std::shared_ptr<LiveAssessment>> LiveAssessment::Start(Setup setup) {
  Result<Session> session = Session::Start(*setup.assessor, setup.text, setup.options);
  if (!session) return session.error();
  return std::make_shared<LiveAssessment>(std::move(setup), *std::move(session));
}

void LiveAssessment::Feed(std::span<const std::byte> bytes) {
  if (is_finishing_ || has_ended_) return;
  const auto self = shared_from_this();  // a callback may let go of it
  const bool was_idle = waiting_begin_ == waiting_.size();
  waiting_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (was_idle) TakeIn();
}

void LiveAssessment::TakeIn() {
  if (has_ended_) return;
  const auto rest = std::as_bytes(std::span(waiting_)).subspan(waiting_begin_);
  const auto slice = rest.first(std::min(rest.size(), kSliceBytes));
  const Result<std::vector<SessionEvent>> events = session_.Feed(slice);
  if (!events) return End(events.error());
  waiting_begin_ += slice.size();
  for (const SessionEvent& event : *events) {
    if (!has_ended_) setup_.callbacks.on_event(event);
  }
  if (has_ended_) return;
  if (waiting_begin_ < waiting_.size()) {
    setup_.socket->PauseReading();
    return TakeInSoon();
  }
  waiting_.clear();
  waiting_begin_ = 0;
  setup_.socket->ResumeReading();
  if (is_finishing_) return SubmitReport();
  MaybeProgress();
}

void LiveAssessment::TakeInSoon() {
  setup_.socket->Post([self = shared_from_this()] { self->TakeIn(); });
}

void LiveAssessment::MaybeProgress() {
  if (progress_runs_ || !session_.progress_due()) return;
  const SchedulerState state = setup_.app->scheduler->state();
  if (state.num_waiting > 0 || state.num_running >= setup_.app->config.workers) return;
  Task task;
  task.client = setup_.client;
  task.priority = Priority::kBackground;  // a report that somebody waits for goes before
  task.gone = gone_;
  task.run = [self = shared_from_this()](TaskOutcome outcome) {
    auto progress = std::make_shared<Result<SessionProgress>>(SessionProgress{});
    if (outcome == TaskOutcome::kRun) *progress = self->session_.Progress();
    self->setup_.socket->Post([self, progress] {
      self->progress_runs_ = false;
      const bool shows =
          *progress && !(*progress)->words.empty() && !self->is_finishing_ && !self->has_ended_;
      if (shows) self->setup_.callbacks.on_progress(**progress);
    });
  };
  progress_runs_ = setup_.app->scheduler->Submit(std::move(task)) == Submission::kAccepted;
}

void LiveAssessment::Finish() {
  if (is_finishing_ || has_ended_) return;
  const auto self = shared_from_this();  // a callback may let go of it
  is_finishing_ = true;
  if (waiting_begin_ == waiting_.size()) SubmitReport();
}

void LiveAssessment::SubmitReport() {
  if (has_submitted_) return;  // Finish() may come out of an event while audio is taken in
  has_submitted_ = true;
  const auto submitted = std::chrono::steady_clock::now();
  Task task;
  task.client = setup_.client;
  task.gone = gone_;
  task.deadline = submitted + std::chrono::milliseconds(setup_.app->config.deadline_ms);
  task.run = [self = shared_from_this(), submitted](TaskOutcome outcome) {
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - submitted;
    self->setup_.app->metrics.Observe("higgins_stage_seconds", {{"stage", "queue"}}, waited.count());
    const auto end = std::make_shared<const LiveEnd>(self->MakeReport(outcome));
    self->setup_.socket->Post([self, end] { self->End(*end); });
  };
  switch (setup_.app->scheduler->Submit(std::move(task))) {
    case Submission::kAccepted:
      return;
    case Submission::kQueueFull:
      return End(Refusal(ProblemKind::kQueueFull, "the queue is full; try again later"));
    case Submission::kStopped:
      return End(Refusal(ProblemKind::kDraining, "the server is shutting down"));
  }
}

LiveEnd LiveAssessment::MakeReport(TaskOutcome outcome) {
  switch (outcome) {
    case TaskOutcome::kExpired:
      return Refusal(ProblemKind::kDeadlineExceeded, "the queue did not reach the request in time");
    case TaskOutcome::kDropped:
      return Refusal(ProblemKind::kQueueFull, "the queue is full, and you have the most requests in it");
    case TaskOutcome::kCancelled:
      return Refusal(ProblemKind::kDraining, "the server is shutting down");
    case TaskOutcome::kRun:
      break;
  }
  Result<Measurement> measured = session_.FinishMeasured();
  if (!measured) return measured.error();
  observe::Metrics& metrics = setup_.app->metrics;
  for (const StageTime& stage : measured->stages) {
    metrics.Observe("higgins_stage_seconds", {{"stage", stage.stage}}, stage.ms / 1000);
  }
  metrics.Add("higgins_audio_seconds_total", {}, measured->report.quality.duration_ms / 1000);
  return std::move(measured->report);
}

void LiveAssessment::End(const LiveEnd& end) {
  if (has_ended_) return;
  has_ended_ = true;
  setup_.socket->ResumeReading();
  setup_.callbacks.on_end(end);
}

std::chrono::milliseconds LongestStream(double max_duration_s) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(2000 * max_duration_s) + 30000);
}

}  // namespace higgins::server::stream
