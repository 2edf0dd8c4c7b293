#include "transports/server/api/submit.h"

#include <chrono>
#include <exception>
#include <utility>

namespace higgins::server::api {
namespace {

using http::ProblemKind;

http::Response Refusal(const http::Request& request, ProblemKind kind, const char* detail,
                       double retry_after_s) {
  return http::ToResponse({.kind = kind, .detail = detail, .retry_after_s = retry_after_s}, request.id);
}

/// For the log and the metrics: the client does not wait for it any more.
http::Response ForNobody() {
  http::Response response;
  response.status = 499;
  response.reason = "client-gone";
  return response;
}

http::Response Finish(AppState* app, const http::Request& request, TaskOutcome outcome,
                      const std::function<http::Response()>& work) {
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - request.received;
  switch (outcome) {
    case TaskOutcome::kExpired:
      return Refusal(request, ProblemKind::kDeadlineExceeded, "the queue did not reach the request in time",
                     1);
    case TaskOutcome::kDropped:
      return Refusal(request, ProblemKind::kQueueFull,
                     "the queue is full, and you have the most requests in it", 1);
    case TaskOutcome::kCancelled:
      if (*request.gone) return ForNobody();
      return Refusal(request, ProblemKind::kDraining, "the server is shutting down", 1);
    case TaskOutcome::kRun:
      break;
  }
  app->metrics.Observe("higgins_stage_seconds", {{"stage", "queue"}}, waited.count());
  try {
    return work();
  } catch (const std::exception& exception) {
    app->log.Write(observe::Level::kError, "handler_failed",
                   {{"id", request.id}, {"what", exception.what()}});
    return http::ToResponse(
        {.kind = ProblemKind::kInternal, .detail = "an unexpected failure; it has been logged"}, request.id);
  }
}

}  // namespace

void SubmitLive(AppState* app, const std::shared_ptr<http::Request>& request, const http::Respond& respond,
                std::function<http::Response()> work, Cost cost) {
  Task task;
  task.cost = cost;
  task.client = request->client;
  task.gone = request->gone;
  task.deadline = request->received + std::chrono::milliseconds(app->config.deadline_ms);
  task.run = [app, request, respond, held = std::move(work)](TaskOutcome outcome) {
    respond(Finish(app, *request, outcome, held));
  };
  const double wait_s = app->scheduler->state().expected_wait_s;
  switch (app->scheduler->Submit(std::move(task))) {
    case Submission::kAccepted:
      return;
    case Submission::kQueueFull:
      return respond(
          Refusal(*request, ProblemKind::kQueueFull, "the queue is full; try again later", wait_s + 1e-9));
    case Submission::kStopped:
      return respond(Refusal(*request, ProblemKind::kDraining, "the server is shutting down", 1));
  }
}

}  // namespace higgins::server::api
