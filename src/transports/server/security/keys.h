// API keys: kept as SHA-256 in a JSON file, each with a name, scopes and a rate limit.
//
//   {"keys": [{"name": "school", "sha256": "9f86...", "scopes": ["assess", "phones"], "rate_per_s": 20,
//   "burst": 40}]}
//
// A key is 32 random bytes, so that a fast hash is enough: there is nothing to guess. Without "scopes" a key
// has all but "metrics"; without "rate_per_s" it is not limited.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "higgins/result.h"

namespace higgins::server::security {

using Digest = std::array<unsigned char, 32>;

struct Key {
  std::string name;
  Digest sha256{};
  std::vector<std::string> scopes;
  double rate_per_s = 0;  ///< requests; 0: not limited
  double burst = 0;       ///< requests at once

  bool Permits(std::string_view scope) const;
};

/// The scopes a key may have.
const std::vector<std::string>& AllScopes();

class KeyRing {
 public:
  KeyRing() = default;
  /// Errors: kNotFound; kInvalidArgument with the entry and what is wrong with it.
  static Result<KeyRing> Load(const std::filesystem::path& file);
  static Result<KeyRing> Parse(std::string_view text, const std::string& where);

  /// The key whose digest is that of `presented`; null when there is none. Takes the same time for every key
  /// that is not there.
  const Key* Find(std::string_view presented) const;

  std::size_t size() const { return keys_.size(); }

 private:
  std::vector<Key> keys_;
};

/// A new key and its entry for the file (a JSON object on one line).
struct NewKey {
  std::string key;
  std::string entry;
};
Result<NewKey> MakeKey(const std::string& name);

/// Token buckets by the name of the key; they outlive a reload. Thread-safe.
class RateLimiter {
 public:
  /// Takes a token. None: go on; else the seconds until there is one again.
  std::optional<double> Take(const Key& key, std::chrono::steady_clock::time_point now);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point filled;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace higgins::server::security
