// The packs that are served: chosen by language, or by name when several speak the same.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/result.h"

namespace higgins::server {

class PackSet {
 public:
  PackSet() = default;
  explicit PackSet(std::vector<std::shared_ptr<const Assessor>> packs) : packs_(std::move(packs)) {}

  /// Loads every folder. Errors: those of Assessor::Open, and kInvalidArgument when two packs have the same
  /// name.
  static Result<PackSet> Load(const std::vector<std::filesystem::path>& folders, int concurrent_requests);

  /// The pack of that name when one is given, else the first of that language (compared without case; "en"
  /// finds "en-US"). Errors: kInvalidArgument, with what there is.
  Result<std::shared_ptr<const Assessor>> Find(const std::string& language,
                                               const std::string& name = "") const;

  const std::vector<std::shared_ptr<const Assessor>>& all() const { return packs_; }

 private:
  std::vector<std::shared_ptr<const Assessor>> packs_;
};

}  // namespace higgins::server
