// The body of POST /v1/batch: a part "manifest" (JSON lines as for `higgins batch`, "audio" being the name of
// a part) and the recordings.
#pragma once

#include <optional>
#include <string>

#include "higgins/assessor.h"
#include "transports/server/http/problem.h"
#include "transports/server/jobs/job_store.h"

namespace higgins::server::api {

struct BatchOptions {
  std::string language = "en-US";
  std::string pack;
  Detail detail = Detail::kFull;
  AssessOptions assess;
};

/// Reads the parts of a request; the recordings of `job` point into it. Gives the problem to answer with.
std::optional<http::Problem> ReadBatch(const http::Request& request, std::size_t max_items,
                                       jobs::NewJob* job);

/// What ReadBatch() put into NewJob::options and NewItem::options.
BatchOptions DecodeBatchOptions(const std::string& job_options, const std::string& item_options);

}  // namespace higgins::server::api
