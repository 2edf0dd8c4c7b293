// The seam between the engine and wherever a pack's files are: a folder, or memory (browser, tests).
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "higgins/result.h"

namespace higgins {

class ModelSource {
 public:
  virtual ~ModelSource() = default;
  /// The bytes of one file of the pack; `path` is relative, with forward slashes. Thread-safe.
  /// Errors: kNotFound (no such file, or it cannot be read).
  virtual Result<std::vector<std::byte>> Read(const std::string& path) const = 0;
  /// For messages: the folder, or "memory".
  virtual std::string name() const = 0;
};

class FolderSource final : public ModelSource {
 public:
  explicit FolderSource(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::vector<std::byte>> Read(const std::string& path) const override;
  std::string name() const override { return folder_.string(); }

 private:
  std::filesystem::path folder_;
};

class MemorySource final : public ModelSource {
 public:
  explicit MemorySource(std::map<std::string, std::vector<std::byte>> files) : files_(std::move(files)) {}
  Result<std::vector<std::byte>> Read(const std::string& path) const override;
  std::string name() const override { return "memory"; }

 private:
  std::map<std::string, std::vector<std::byte>> files_;
};

}  // namespace higgins
