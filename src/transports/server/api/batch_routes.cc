// POST /v1/batch, GET /v1/jobs/{id}.
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "transports/server/api/batch.h"
#include "transports/server/api/batch_manifest.h"
#include "transports/server/api/submit.h"
#include "transports/server/http/problem.h"

namespace higgins::server::api {
namespace {

using http::ProblemKind;
using http::Request;
using http::Respond;
using http::Response;
using http::ToResponse;
using Json = nlohmann::ordered_json;

constexpr std::int64_t kMaxPage = 1000;
constexpr std::int64_t kMaxOffset = std::numeric_limits<std::int32_t>::max();  // more items than any job has
// Jobs of all clients together may hold this many times the most of one.
constexpr std::int64_t kMaxJobs = 10;

Response Refuse(const Request& request, ProblemKind kind, std::string detail) {
  return ToResponse({.kind = kind, .detail = std::move(detail)}, request.id);
}

Response JobsDisabled(const Request& request) {
  return Refuse(request, ProblemKind::kJobsDisabled, "it was started without --data-dir");
}

/// Without keys everybody is the same owner: an address may change between two requests.
std::string OwnerOf(const AppState& app, const Request& request) {
  return app.config.keys.empty() ? "" : request.client;
}

Response CreateJob(AppState* app, const Request& request, const jobs::NewJob& job) {
  const Result<std::int64_t> num_pending = app->jobs->NumPending();
  const auto limit = kMaxJobs * static_cast<std::int64_t>(app->config.max_batch_items);
  if (num_pending && *num_pending + static_cast<std::int64_t>(job.items.size()) > limit) {
    return ToResponse(
        {.kind = ProblemKind::kQueueFull, .detail = "too many jobs wait already", .retry_after_s = 60},
        request.id);
  }
  const Result<std::string> id = app->jobs->Create(job);
  if (!id) {
    app->log.Write(observe::Level::kError, "job_not_kept",
                   {{"id", request.id}, {"detail", id.error().message}});
    return Refuse(request, ProblemKind::kInternal, "the job could not be stored");
  }
  const std::string url = "/v1/jobs/" + *id;
  Response response;
  response.status = 202;
  response.content_type = "application/json";
  response.headers.Add("Location", url);
  response.body =
      Json({{"id", *id}, {"status_url", url}, {"state", "queued"}, {"total", job.items.size()}}).dump() +
      "\n";
  return response;
}

void Batch(AppState* app, JobRunner* runner, const std::shared_ptr<Request>& request,
           const Respond& respond) {
  if (!app->jobs) return respond(JobsDisabled(*request));
  // Storing hundreds of megabytes is nothing for an I/O thread.
  SubmitLive(
      app, request, respond,
      [app, runner, request] {
        jobs::NewJob job;
        if (const auto problem = ReadBatch(*request, app->config.max_batch_items, &job))
          return ToResponse(*problem, request->id);
        job.owner = OwnerOf(*app, *request);
        Response response = CreateJob(app, *request, job);
        if (response.status == 202) runner->Wake();
        return response;
      },
      Cost::kSmall);
}

/// A whole number from 0, or `otherwise` when the parameter is not there. None: it is no such number.
std::optional<std::int64_t> ReadCount(const Request& request, const char* name, std::int64_t otherwise,
                                      std::int64_t largest) {
  const std::string* text = request.query.Find(name);
  if (text == nullptr) return otherwise;
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool is_good =
      error == std::errc() && end == text->data() + text->size() && value >= 0 && value <= largest;
  return is_good ? std::optional(value) : std::nullopt;
}

std::string StatusJson(const jobs::JobStatus& status, std::int64_t offset, std::int64_t limit) {
  const bool is_done = status.num_done == status.num_items;
  Json json = {{"id", status.id},
               {"state", is_done                ? "done"
                         : status.num_done == 0 ? "queued"
                                                : "running"},
               {"total", status.num_items},
               {"done", status.num_done},
               {"failed", status.num_failed},
               {"created_at_unix_s", status.created_unix_s}};
  if (offset + limit < status.num_items) json["next_offset"] = offset + limit;
  // The results are JSON already, and may be megabytes: they are set in as they are.
  std::string out = json.dump();
  out.back() = ',';
  out += "\"results\":[";
  for (const std::string& result : status.results) out += (out.back() == '[' ? "" : ",") + result;
  return out + "]}\n";
}

Response JobResponse(const AppState& app, const Request& request) {
  const auto offset = ReadCount(request, "offset", 0, kMaxOffset);
  const auto limit = ReadCount(request, "limit", kMaxPage, kMaxPage);
  if (!offset || !limit) {
    return Refuse(request, ProblemKind::kInvalidArgument,
                  "offset is a whole number from 0 to " + std::to_string(kMaxOffset) +
                      ", limit one from 0 to " + std::to_string(kMaxPage));
  }
  const std::string& id = *request.path_parameters.Find("id");
  const auto status = app.jobs->Find(id, OwnerOf(app, request), *offset, *limit);
  if (!status) return Refuse(request, ProblemKind::kInternal, "the job store cannot be read");
  if (!*status) return Refuse(request, ProblemKind::kNotFound, "you have no job of this id");
  Response response;
  response.content_type = "application/json";
  response.body = StatusJson(**status, *offset, *limit);
  return response;
}

}  // namespace

void AddBatchRoutes(http::Router* router, AppState* app, JobRunner* runner) {
  router->Add({.method = "POST",
               .pattern = "/v1/batch",
               .access = {.scope = "batch"},
               .body = http::BodyKind::kMultipart,
               .max_body_bytes = app->config.max_batch_bytes,
               .max_parts = app->config.max_batch_items + 8,
               .handler = [app, runner](const std::shared_ptr<Request>& request, const Respond& respond) {
                 Batch(app, runner, request, respond);
               }});
  router->Add({.method = "GET",
               .pattern = "/v1/jobs/{id}",
               .access = {.scope = "batch"},
               .handler = [app](const std::shared_ptr<Request>& request, const Respond& respond) {
                 if (!app->jobs) return respond(JobsDisabled(*request));
                 // On the scheduler as well: a read waits for the store, which a worker may be writing to.
                 SubmitLive(
                     app, request, respond, [app, request] { return JobResponse(*app, *request); },
                     Cost::kSmall);
               }});
}

}  // namespace higgins::server::api
