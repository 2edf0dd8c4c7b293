// Errors are one line. Libraries under us write several, and name their own source files in them.
#pragma once

#include <sstream>
#include <string>

namespace higgins {

/// The first line of `message` that says something: not empty, and not the place in OpenVINO's sources where
/// it was thrown.
inline std::string OneLine(const std::string& message) {
  std::istringstream lines(message);
  std::string line;
  std::string last;
  while (std::getline(lines, line)) {
    if (line.empty()) continue;
    last = line;
    if (line.rfind("Exception from", 0) != 0 && line.rfind("Check ", 0) != 0) return line;
  }
  return last.empty() ? "no message" : last;
}

}  // namespace higgins
