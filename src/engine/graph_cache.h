// Compiled graphs that one process leaves for the next, in a folder of the user's.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

namespace higgins {

/// A file for each key. Nothing here fails: what cannot be read, was damaged or could have been written by
/// somebody else is as if it were not there, and what cannot be written is not kept. Thread-safe, and safe
/// between processes.
class GraphCache {
 public:
  /// The folder is made when something is kept; one that others may write to is not used. Empty: nothing is
  /// kept.
  explicit GraphCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool is_on() const { return !folder_.empty(); }

  /// What was kept under this key; empty when nothing was. `key`: everything that the bytes depend on.
  std::string Read(const std::string& key) const;

  /// Replaces what there is in one step. With it, files of a cache that nobody has read for a month go.
  void Write(const std::string& key, const std::string& bytes) const;

 private:
  std::filesystem::path PathOf(const std::string& key) const;
  void Prune() const;

  std::filesystem::path folder_;
};

}  // namespace higgins
