// Runs the built program as a user would, and looks only at what it prints, writes and exits with.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/tiny_speech.h"

namespace higgins::testing {

struct ProgramRun {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteFile(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

/// A folder of its own, removed at the end, with a working directory's worth of helpers.
class Sandbox {
 public:
  Sandbox() {
    std::string pattern = (std::filesystem::temp_directory_path() / "higgins-test-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  /// Writes a recording of the artificial language.
  void Record(const std::string& name, const std::string& phones) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    WriteFile(folder_ / name, ToWav(SpeakTiny(phones)));
  }

  /// Runs `higgins ARGUMENTS` in the folder with the tiny pack, through the shell.
  ProgramRun Higgins(const std::string& arguments, const std::string& environment = "") const {
    const std::string command = "cd '" + folder_.string() + "' && HIGGINS_CACHE=off HIGGINS_PACK='" +
                                HIGGINS_SOURCE_DIR "/tests/data/tiny_pack' " + environment +
                                " '" HIGGINS_PROGRAM "' " + arguments + " >stdout.txt 2>stderr.txt";
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    ProgramRun run;
    run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    run.out = ReadFile(folder_ / "stdout.txt");
    run.err = ReadFile(folder_ / "stderr.txt");
    return run;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace higgins::testing
