// Batch jobs that survive the process (SQLite, WAL).
#pragma once

namespace higgins::server::jobs {

class JobStore {};

}  // namespace higgins::server::jobs
