#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "transports/server/api/assess.h"
#include "transports/server/api/batch.h"
#include "transports/server/api/batch_manifest.h"

namespace higgins::server::api {
namespace {

using Json = nlohmann::ordered_json;
using observe::Level;

struct Outcome {
  jobs::ItemState state;
  std::string json;  ///< the line that `higgins batch` would write
};

Outcome Failed(const jobs::Work& work, const Error& error) {
  const Json json = {{"id", work.item_id},
                     {"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}}}};
  return {jobs::ItemState::kFailed, json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Outcome Process(AppState* app, const jobs::Work& work) {
  const BatchOptions options = DecodeBatchOptions(work.job_options, work.item_options);
  const Result<std::shared_ptr<const Assessor>> assessor =
      app->packs.Get()->Find(options.language, options.pack);
  if (!assessor) return Failed(work, assessor.error());
  AssessOptions assess = options.assess;
  assess.audio.max_duration_s = app->config.max_duration_s;
  const auto audio = std::as_bytes(std::span(work.audio));
  const Result<Report> report = AssessMeasured(app, **assessor, audio, work.text, assess);
  if (!report) return Failed(work, report.error());
  Json line = {{"id", work.item_id}};
  line.update(Json::parse(ToJson(*report, options.detail), nullptr, /*allow_exceptions=*/false));
  return {jobs::ItemState::kDone, line.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace

void JobRunner::Wake() {
  const std::lock_guard lock(mutex_);
  while (num_tasks_ < app_->config.workers) {
    ++num_tasks_;
    Submit();
  }
}

/// With mutex_ held, and the task counted.
void JobRunner::Submit() {
  Task task;
  task.client = "jobs";
  task.priority = Priority::kBackground;
  task.run = [this](TaskOutcome outcome) { RunOne(outcome); };
  if (app_->scheduler->Submit(std::move(task)) != Submission::kAccepted) --num_tasks_;
}

void JobRunner::RunOne(TaskOutcome outcome) {
  std::optional<jobs::Work> work;
  {
    // The claim and the count go together: a Wake() after the last claim must find the task gone.
    const std::lock_guard lock(mutex_);
    if (outcome == TaskOutcome::kRun && !app_->draining) {
      Result<std::optional<jobs::Work>> claimed = app_->jobs->Claim();
      if (claimed)
        work = *std::move(claimed);
      else
        app_->log.Write(Level::kError, "job_claim_failed", {{"detail", claimed.error().message}});
    }
    if (!work) {
      --num_tasks_;
      return;
    }
  }
  const Outcome done = Process(app_, *work);
  const Result<void> kept = app_->jobs->Finish(*work, done.state, done.json);
  const bool failed = done.state == jobs::ItemState::kFailed;
  app_->metrics.Add("higgins_job_items_total", {{"result", failed ? "failed" : "done"}});
  const std::lock_guard lock(mutex_);
  if (kept) {
    Submit();
    return;
  }
  // A full disk, say: trying again at once would do the same work in a circle. The next job or start tries
  // again.
  app_->log.Write(Level::kError, "job_item_not_kept",
                  {{"job", work->job_id}, {"detail", kept.error().message}});
  --num_tasks_;
}

}  // namespace higgins::server::api
