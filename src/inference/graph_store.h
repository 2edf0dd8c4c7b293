// Where graphs that one process made ready for its machine may be left for the next, which then starts
// about twice as fast. A seam of two functions: this room knows what the bytes depend on, its user knows a
// place for them.
#pragma once

#include <functional>
#include <string>

namespace higgins::inference {

/// Both empty: nothing is kept. `key` names the runtime, the CPU and the configuration; the graph itself is
/// the user's to tell apart. What they throw is as if nothing were kept.
struct GraphStore {
  std::function<std::string(const std::string& key)> find;  ///< empty when nothing was kept
  std::function<void(const std::string& key, const std::string& bytes)> keep;
};

}  // namespace higgins::inference
