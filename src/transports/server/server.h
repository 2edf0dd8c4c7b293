// Composes the rooms of the server, and waits until a signal ends it.
#pragma once

#include <string>
#include <vector>

#include "higgins/result.h"
#include "transports/server/config.h"

namespace higgins::server {

/// Serves until SIGTERM or SIGINT, then drains. SIGHUP reloads keys, certificate and packs. Errors: what kept
/// it from starting.
Result<void> Run(const Config& config);

/// Everything that would keep Run() from starting, a line each; loads the packs.
std::vector<std::string> Check(const Config& config);

}  // namespace higgins::server
