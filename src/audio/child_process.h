// One child process whose input is a block of memory and whose two outputs are pipes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "audio/bytes.h"
#include "higgins/result.h"

namespace higgins::audio {

/// Owns a file descriptor.
class UniqueFd {
 public:
  explicit UniqueFd(int fd = -1) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();
  void Reset();

 private:
  int fd_;
};

struct ChildLimits {
  std::chrono::milliseconds wall_time{10000};
  unsigned cpu_time_s = 10;
  std::uint64_t address_space_bytes = std::uint64_t{2} << 30U;
};

/// Killed and reaped when it goes out of scope, whatever happened before.
class ChildProcess {
 public:
  /// `argv[0]` is looked up on PATH. `input` is copied to an anonymous file in memory, so that the child can
  /// seek in it; it is the child's standard input. Errors: kNotFound when there is no such program,
  /// kInternal.
  static Result<ChildProcess> Start(const std::vector<std::string>& argv, Bytes input, ChildLimits limits);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Waits for output and reads some of it into `block`: its first bytes are those read; none at the end of
  /// output. The last 4 KiB of the child's standard error are kept aside. Errors: kInternal when the time is
  /// up.
  Result<std::size_t> Read(std::span<std::byte> block);

  /// After the end of output: the exit status, 128 + the signal, or -1 if it is not known.
  int Wait();

  const std::string& error_output() const { return error_output_; }

 private:
  ChildProcess() = default;
  bool DrainErrors();

  pid_t pid_ = -1;
  UniqueFd output_;
  UniqueFd errors_;
  std::string error_output_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace higgins::audio
