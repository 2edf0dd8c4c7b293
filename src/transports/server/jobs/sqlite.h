// SQLite with values and Result<T>: as much of it as the job store needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "higgins/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace higgins::server::jobs {

class Database;

/// One run of one statement. Parameters are bound in order, from 1; columns are read from 0.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);

  Statement& Bind(std::string_view text);
  Statement& Bind(std::int64_t value);
  Statement& BindBlob(std::string_view bytes);

  /// True: there is a row. False: the statement is done. Errors: kInternal with what SQLite says.
  Result<bool> Step();
  /// Step() of a statement that gives no row.
  Result<void> Run();

  std::int64_t Int(int column) const;
  std::string Text(int column) const;  ///< blobs too

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_parameter_ = 1;
};

/// Not thread-safe.
class Database {
 public:
  /// Opens or creates the file, in WAL mode, synced at every commit. Errors: kNotFound with the file.
  static Result<Database> Open(const std::filesystem::path& file);

  Result<void> Execute(const char* sql);
  std::int64_t num_changed() const;  ///< rows that the last statement changed
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Database* database)
      : database_(database), begun_(database->Execute("BEGIN IMMEDIATE")) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  const Result<void>& begun() const { return begun_; }
  Result<void> Commit();

 private:
  Database* database_;
  Result<void> begun_;
  bool committed_ = false;
};

}  // namespace higgins::server::jobs
