#include "transports/server/jobs/job_store.h"

#include <chrono>
#include <mutex>
#include <random>
#include <set>
#include <system_error>
#include <utility>

#include "transports/server/jobs/sqlite.h"

namespace higgins::server::jobs {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS job (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, options TEXT NOT NULL, created_s INTEGER NOT NULL,
  num_items INTEGER NOT NULL, num_pending INTEGER NOT NULL, num_failed INTEGER NOT NULL, ended_s INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (
  seq INTEGER PRIMARY KEY, job_id TEXT NOT NULL, owner TEXT NOT NULL, position INTEGER NOT NULL,
  item_id TEXT NOT NULL, text TEXT NOT NULL, audio TEXT NOT NULL, options TEXT NOT NULL, state INTEGER NOT NULL, result TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS item_of_job ON item (job_id, position);
CREATE INDEX IF NOT EXISTS pending_item ON item (owner, seq) WHERE state = 0;
CREATE TABLE IF NOT EXISTS recording (job_id TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (job_id, name));
)";

std::int64_t NowUnix() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// 128 random bits: nobody guesses another's job.
std::string RandomId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) {
    std::uint32_t bits = random();
    for (int k = 0; k < 8; ++k, bits >>= 4U) id += "0123456789abcdef"[bits & 15U];
  }
  return id;
}

}  // namespace

struct JobStore::Impl {
  Impl(Database opened, std::int64_t retention) : database(std::move(opened)), retention_s(retention) {}

  mutable std::mutex mutex;
  Database database;
  std::int64_t retention_s;
  std::string last_owner;  ///< whose item was claimed last
  std::set<std::pair<std::string, std::int64_t>>
      claimed;  ///< by this process; after a crash nobody claims anything

  Result<void> Purge() {
    Transaction transaction(&database);
    if (!transaction.begun()) return transaction.begun();
    for (const char* sql : {"DELETE FROM item WHERE job_id IN (SELECT id FROM job WHERE ended_s < ?1)",
                            "DELETE FROM job WHERE ended_s < ?1"}) {
      Result<void> run = Statement(database, sql).Bind(NowUnix() - retention_s).Run();
      if (!run) return run;
    }
    return transaction.Commit();
  }

  Result<void> Insert(const std::string& id, const NewJob& job) const {
    const auto num_items = static_cast<std::int64_t>(job.items.size());
    Result<void> run = Statement(database, "INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, 0, NULL)")
                           .Bind(id)
                           .Bind(job.owner)
                           .Bind(job.options)
                           .Bind(NowUnix())
                           .Bind(num_items)
                           .Bind(num_items)
                           .Run();
    for (const Recording& recording : job.recordings) {
      if (!run) return run;
      run = Statement(database, "INSERT INTO recording VALUES (?, ?, ?)")
                .Bind(id)
                .Bind(recording.name)
                .BindBlob(*recording.data)
                .Run();
    }
    std::int64_t position = 0;
    for (const NewItem& item : job.items) {
      if (!run) return run;
      run = Statement(database, "INSERT INTO item VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, 0, NULL)")
                .Bind(id)
                .Bind(job.owner)
                .Bind(position++)
                .Bind(item.id)
                .Bind(item.text)
                .Bind(item.audio)
                .Bind(item.options)
                .Run();
    }
    return run;
  }

  /// The oldest item of an owner before or after `last_owner` in the row of names; what is claimed is passed
  /// over.
  Result<std::optional<Work>> NextWork(const char* which_owners) {
    // CROSS JOIN keeps the order: along the index of pending items, of which only the first are looked at.
    Statement next(
        database,
        "SELECT i.job_id, i.position, i.item_id, i.text, i.options, j.options, i.owner, r.data FROM item i "
        "CROSS JOIN job j ON j.id = i.job_id CROSS JOIN recording r ON r.job_id = i.job_id AND r.name = "
        "i.audio "
        "WHERE i.state = 0 AND " +
            std::string(which_owners) + " ORDER BY i.owner, i.seq");
    next.Bind(last_owner);
    while (true) {
      const Result<bool> row = next.Step();
      if (!row) return row.error();
      if (!*row) return std::optional<Work>();
      if (claimed.contains({next.Text(0), next.Int(1)})) continue;
      last_owner = next.Text(6);
      return std::optional<Work>(
          {next.Text(0), next.Int(1), next.Text(2), next.Text(3), next.Text(4), next.Text(5), next.Text(7)});
    }
  }

  /// In the transaction of the item's result.
  Result<void> CountFinished(const Work& work, ItemState state) const {
    Result<void> run =
        Statement(database,
                  "UPDATE job SET num_pending = num_pending - 1, num_failed = num_failed + ?2, "
                  "ended_s = CASE num_pending WHEN 1 THEN ?3 END WHERE id = ?1")
            .Bind(work.job_id)
            .Bind(std::int64_t{state == ItemState::kFailed ? 1 : 0})
            .Bind(NowUnix())
            .Run();
    if (!run) return run;
    return Statement(database,
                     "DELETE FROM recording WHERE job_id = ?1 AND "
                     "(SELECT num_pending FROM job WHERE id = ?1) = 0")
        .Bind(work.job_id)
        .Run();
  }
};

JobStore::JobStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JobStore::~JobStore() = default;

Result<std::unique_ptr<JobStore>> JobStore::Open(const std::filesystem::path& folder,
                                                 std::int64_t retention_s) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Error{ErrorCode::kNotFound, folder.string() + ": " + failure.message()};
  Result<Database> database = Database::Open(folder / "jobs.sqlite3");
  if (!database) return database.error();
  // Recordings are nobody else's business; SQLite gives its other files the mode of this one.
  fs::permissions(folder / "jobs.sqlite3", fs::perms::owner_read | fs::perms::owner_write, failure);
  const Result<void> schema = database->Execute(kSchema);
  if (!schema) return schema.error();
  auto impl = std::make_unique<Impl>(*std::move(database), retention_s);
  const Result<void> purged = impl->Purge();
  if (!purged) return purged.error();
  return std::unique_ptr<JobStore>(new JobStore(std::move(impl)));
}

Result<std::string> JobStore::Create(const NewJob& job) {
  const std::lock_guard lock(impl_->mutex);
  const Result<void> purged = impl_->Purge();
  if (!purged) return purged.error();
  const std::string id = RandomId();
  Transaction transaction(&impl_->database);
  if (!transaction.begun()) return transaction.begun().error();
  const Result<void> inserted = impl_->Insert(id, job);
  if (!inserted) return inserted.error();
  const Result<void> committed = transaction.Commit();
  if (!committed) return committed.error();
  return id;
}

Result<std::int64_t> JobStore::NumPending() const {
  const std::lock_guard lock(impl_->mutex);
  Statement count(impl_->database, "SELECT coalesce(sum(num_pending), 0) FROM job");
  const Result<bool> row = count.Step();
  if (!row) return row.error();
  return count.Int(0);
}

Result<std::optional<Work>> JobStore::Claim() {
  const std::lock_guard lock(impl_->mutex);
  Result<std::optional<Work>> work = impl_->NextWork("i.owner > ?");
  if (work && !*work) work = impl_->NextWork("i.owner <= ?");
  if (work && *work) impl_->claimed.emplace((*work)->job_id, (*work)->index);
  return work;
}

Result<void> JobStore::Finish(const Work& work, ItemState state, const std::string& result_json) {
  const std::lock_guard lock(impl_->mutex);
  impl_->claimed.erase({work.job_id, work.index});
  Transaction transaction(&impl_->database);
  if (!transaction.begun()) return transaction.begun();
  Result<void> run =
      Statement(impl_->database,
                "UPDATE item SET state = ?, result = ? WHERE job_id = ? AND position = ? AND state = 0")
          .Bind(static_cast<std::int64_t>(state))
          .Bind(result_json)
          .Bind(work.job_id)
          .Bind(work.index)
          .Run();
  if (!run) return run;
  if (impl_->database.num_changed() != 1)
    return Error{ErrorCode::kInternal, "the job store: an item was done twice"};
  run = impl_->CountFinished(work, state);
  if (!run) return run;
  return transaction.Commit();
}

void JobStore::Release(const Work& work) {
  const std::lock_guard lock(impl_->mutex);
  impl_->claimed.erase({work.job_id, work.index});
}

Result<std::optional<JobStatus>> JobStore::Find(const std::string& id, const std::string& owner,
                                                std::int64_t offset, std::int64_t limit) const {
  const std::lock_guard lock(impl_->mutex);
  Statement job(impl_->database,
                "SELECT created_s, num_items, num_pending, num_failed FROM job WHERE id = ? AND owner = ?");
  const Result<bool> found = job.Bind(id).Bind(owner).Step();
  if (!found) return found.error();
  if (!*found) return std::optional<JobStatus>();
  JobStatus status{.id = id,
                   .created_unix_s = job.Int(0),
                   .num_items = job.Int(1),
                   .num_failed = job.Int(3),
                   .results = {}};
  status.num_done = status.num_items - job.Int(2);
  Statement results(
      impl_->database,
      "SELECT result FROM item WHERE job_id = ?1 AND position >= ?2 AND position < ?2 + ?3 AND state > 0 "
      "ORDER BY position");
  results.Bind(id).Bind(offset).Bind(limit);
  while (true) {
    const Result<bool> row = results.Step();
    if (!row) return row.error();
    if (!*row) return std::optional<JobStatus>(std::move(status));
    status.results.push_back(results.Text(0));
  }
}

}  // namespace higgins::server::jobs
