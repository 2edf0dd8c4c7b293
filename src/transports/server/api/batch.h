// POST /v1/batch and GET /v1/jobs/{id}, and what does the jobs' work.
#pragma once

#include <memory>
#include <mutex>

#include "transports/server/app_state.h"
#include "transports/server/http/router.h"

namespace higgins::server::api {

/// Keeps as many background tasks in the scheduler as there are workers while items wait. Thread-safe.
class JobRunner {
 public:
  explicit JobRunner(AppState* app) : app_(app) {}
  /// After a start, and after every new job.
  void Wake();

 private:
  void Submit();
  void RunOne(TaskOutcome outcome);
  AppState* app_;
  std::mutex mutex_;
  int num_tasks_ = 0;  ///< submitted, not ended
};

void AddBatchRoutes(http::Router* router, AppState* app, JobRunner* runner);

}  // namespace higgins::server::api
