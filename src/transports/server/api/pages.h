// What a browser looks at: /openapi.json, /docs, and the files of the web root, all read into memory at
// start.
#pragma once

#include <filesystem>

#include "higgins/result.h"
#include "transports/server/http/router.h"

namespace higgins::server::api {

/// /openapi.json and /docs. `web_root` may hold docs.html; without it /docs is a plain page that names the
/// routes. Then a route for every file of the folder, and index.html at /. An empty path: no files. Errors:
/// kInvalidArgument when the folder cannot be read or holds more than 64 MiB or 1000 files.
Result<void> AddPages(http::Router* router, const std::filesystem::path& web_root);

/// docs/openapi.json as it was at build time.
extern const char* const kOpenApiJson;

}  // namespace higgins::server::api
