// Batch jobs that survive the process. An accepted job is on disk before its client hears of it; the result
// of an item is written in the transaction that marks it done, so that after kill -9 no item is lost and none
// is done twice. Recordings are removed (and overwritten) in the transaction that ends their job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "higgins/result.h"

namespace higgins::server::jobs {

struct NewItem {
  std::string id;
  std::string text;
  std::string audio;    ///< the name of a recording of the job
  std::string options;  ///< the caller's own encoding
};

struct Recording {
  std::string name;
  const std::string* data = nullptr;
};

struct NewJob {
  std::string owner;    ///< only the owner may see it
  std::string options;  ///< of all items; the caller's own encoding
  std::vector<NewItem> items;
  std::vector<Recording> recordings;
};

/// An item to be done.
struct Work {
  std::string job_id;
  std::int64_t index = 0;
  std::string item_id;
  std::string text;
  std::string item_options;
  std::string job_options;
  std::string audio;  ///< the recording itself
};

enum class ItemState { kPending = 0, kDone = 1, kFailed = 2 };

struct JobStatus {
  std::string id;
  std::int64_t created_unix_s = 0;
  std::int64_t num_items = 0;
  std::int64_t num_done = 0;
  std::int64_t num_failed = 0;
  std::vector<std::string> results;  ///< JSON, in the order of the manifest, of the page that was asked for
};

/// Thread-safe; one process a folder.
class JobStore {
 public:
  /// Opens or creates `jobs.sqlite3` in the folder. Jobs that ended more than `retention_s` ago are removed.
  /// Errors: kNotFound.
  static Result<std::unique_ptr<JobStore>> Open(const std::filesystem::path& folder,
                                                std::int64_t retention_s);
  ~JobStore();
  JobStore(const JobStore&) = delete;
  JobStore& operator=(const JobStore&) = delete;

  /// Gives the new job's id. After that it is safe. Errors: kInternal (a full disk, say).
  Result<std::string> Create(const NewJob& job);

  /// Items not done yet, of all jobs.
  Result<std::int64_t> NumPending() const;

  /// An item that nobody works on, of each owner in turn, the oldest first; none when there is none. Whoever
  /// claims an item calls Finish() or Release().
  Result<std::optional<Work>> Claim();
  Result<void> Finish(const Work& work, ItemState state, const std::string& result_json);
  void Release(const Work& work);

  /// None when there is no such job of that owner. Results are those of items [offset, offset + limit).
  Result<std::optional<JobStatus>> Find(const std::string& id, const std::string& owner, std::int64_t offset,
                                        std::int64_t limit) const;

 private:
  struct Impl;
  explicit JobStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins::server::jobs
