// One assessment on a worker, with its metrics.
#pragma once

#include <span>
#include <string_view>

#include "higgins/assessor.h"
#include "transports/server/app_state.h"

namespace higgins::server::api {

/// Assessor::Assess(), with the time of its stages and the seconds of audio in the metrics.
Result<Report> AssessMeasured(AppState* app, const Assessor& assessor, std::span<const std::byte> audio,
                              std::string_view text, const AssessOptions& options);

}  // namespace higgins::server::api
