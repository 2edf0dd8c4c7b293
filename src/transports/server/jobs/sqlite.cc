#include "transports/server/jobs/sqlite.h"

#include <sqlite3.h>

namespace higgins::server::jobs {
namespace {

Error ErrorOf(sqlite3* database) {
  return {ErrorCode::kInternal, std::string("the job store: ") + sqlite3_errmsg(database)};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(const Database& database, std::string_view sql) : database_(database.handle()) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);  // null when the SQL is wrong: Step() then fails
}

Statement& Statement::Bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), next_parameter_++, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::Bind(std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), next_parameter_++, value);
  return *this;
}

Statement& Statement::BindBlob(std::string_view bytes) {
  // Not copied: the caller's bytes outlive the one run of the statement.
  sqlite3_bind_blob64(statement_.get(), next_parameter_++, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::Step() {
  const int code = statement_ ? sqlite3_step(statement_.get()) : SQLITE_ERROR;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return ErrorOf(database_);
}

Result<void> Statement::Run() {
  const Result<bool> stepped = Step();
  if (!stepped) return stepped.error();
  return {};
}

std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::Open(const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  const auto fail = [&] {
    return Error{ErrorCode::kNotFound, file.string() + ": " + sqlite3_errmsg(handle)};
  };
  if (code != SQLITE_OK) return fail();
  sqlite3_busy_timeout(handle, 2000);
  for (const char* pragma :
       {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON"}) {
    if (!database.Execute(pragma)) return fail();
  }
  return database;
}

Result<void> Database::Execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return ErrorOf(handle_.get());
}

std::int64_t Database::num_changed() const { return sqlite3_changes64(handle_.get()); }

Transaction::~Transaction() {
  if (begun_ && !committed_) (void)database_->Execute("ROLLBACK");
}

Result<void> Transaction::Commit() {
  Result<void> result = database_->Execute("COMMIT");
  committed_ = result.has_value();
  return result;
}

}  // namespace higgins::server::jobs
