// A store of compiled graphs that counts.
#pragma once

#include <map>
#include <string>

#include "inference/graph_store.h"

namespace higgins::testing {

/// Must outlive what store() is given to.
struct MemoryStore {
  std::map<std::string, std::string> kept;
  int num_kept = 0;

  inference::GraphStore store() {
    return {.find = [this](const std::string& key) { return kept.contains(key) ? kept.at(key) : ""; },
            .keep =
                [this](const std::string& key, const std::string& bytes) {
                  kept[key] = bytes;
                  ++num_kept;
                }};
  }
};

}  // namespace higgins::testing
