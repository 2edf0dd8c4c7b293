#include "audio/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace higgins::audio {
namespace {

constexpr std::size_t kMaxErrorBytes = 4096;

Error SystemError(const char* what, int code) {
  return Error{ErrorCode::kInternal, std::string(what) + " failed: " + std::generic_category().message(code)};
}

Result<UniqueFd> MemoryFile(Bytes bytes) {
  UniqueFd fd(memfd_create("higgins-recording", MFD_CLOEXEC));
  if (!fd.valid()) return SystemError("memfd_create", errno);
  while (!bytes.empty()) {
    const ssize_t written = write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemError("writing the recording to memory", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (lseek(fd.get(), 0, SEEK_SET) < 0) return SystemError("lseek", errno);
  return fd;
}

struct Pipe {
  UniqueFd read_end, write_end;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) return SystemError("pipe", errno);
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// What posix_spawn is told: standard streams only, default signals, a process group of its own.
class SpawnSettings {
 public:
  SpawnSettings(int input_fd, int output_fd, int errors_fd) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input_fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output_fd, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors_fd, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// posix_spawn cannot set limits; the child has done nothing worth limiting before these arrive.
void Limit(pid_t pid, const ChildLimits& limits) {
  const rlimit cpu{limits.cpu_time_s, limits.cpu_time_s};
  const rlimit memory{limits.address_space_bytes, limits.address_space_bytes};
  const rlimit no_files{0, 0};
  prlimit(pid, RLIMIT_CPU, &cpu, nullptr);
  prlimit(pid, RLIMIT_AS, &memory, nullptr);
  prlimit(pid, RLIMIT_FSIZE, &no_files, nullptr);
  prlimit(pid, RLIMIT_CORE, &no_files, nullptr);
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = other.Release();
  }
  return *this;
}

int UniqueFd::Release() { return std::exchange(fd_, -1); }

void UniqueFd::Reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::move(other.output_)),
      errors_(std::move(other.errors_)),
      error_output_(std::move(other.error_output_)),
      deadline_(other.deadline_) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);  // its group may not exist yet
  Wait();
}

Result<ChildProcess> ChildProcess::Start(const std::vector<std::string>& argv, Bytes input,
                                         ChildLimits limits) {
  Result<UniqueFd> input_file = MemoryFile(input);
  if (!input_file) return input_file.error();
  Result<Pipe> output = MakePipe();
  if (!output) return output.error();
  Result<Pipe> errors = MakePipe();
  if (!errors) return errors.error();

  std::vector<std::string> words = argv;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const char* path =
      std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nothing here writes the environment
  std::string path_entry = std::string("PATH=") + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  std::array<char*, 2> environment = {path_entry.data(), nullptr};

  const SpawnSettings settings(input_file->get(), output->write_end.get(), errors->write_end.get());
  ChildProcess child;
  child.deadline_ = std::chrono::steady_clock::now() + limits.wall_time;
  const int code = posix_spawnp(&child.pid_, words[0].c_str(), settings.actions(), settings.attributes(),
                                arguments.data(), environment.data());
  if (code != 0) {
    child.pid_ = -1;
    if (code == ENOENT || code == EACCES) return Error{ErrorCode::kNotFound, words[0] + " is not on PATH"};
    return SystemError("starting a process", code);
  }
  Limit(child.pid_, limits);
  child.output_ = std::move(output->read_end);
  child.errors_ = std::move(errors->read_end);
  return child;
}

bool ChildProcess::DrainErrors() {
  std::array<char, 1024> block{};
  const ssize_t num_read = read(errors_.get(), block.data(), block.size());
  if (num_read < 0) return errno == EINTR;
  error_output_.append(block.data(), static_cast<std::size_t>(num_read));
  if (error_output_.size() > kMaxErrorBytes) error_output_.erase(0, error_output_.size() - kMaxErrorBytes);
  return num_read > 0;
}

Result<std::size_t> ChildProcess::Read(std::span<std::byte> block) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error{ErrorCode::kInternal, "the time is up"};
    // A closed descriptor is -1 here, which poll ignores.
    std::array<pollfd, 2> waits = {pollfd{output_.get(), POLLIN, 0}, pollfd{errors_.get(), POLLIN, 0}};
    const int num_ready = poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    if (num_ready < 0 && errno != EINTR) return SystemError("poll", errno);
    if (num_ready <= 0) continue;
    if (waits[1].revents != 0 && !DrainErrors()) errors_.Reset();
    if (waits[0].revents != 0) {
      const ssize_t num_read = read(output_.get(), block.data(), block.size());
      if (num_read > 0) return static_cast<std::size_t>(num_read);
      if (num_read < 0 && errno == EINTR) continue;
      output_.Reset();
    }
    if (!output_.valid() && !errors_.valid()) return std::size_t{0};
  }
}

int ChildProcess::Wait() {
  if (pid_ < 0) return -1;
  int status = 0;
  pid_t waited = 0;
  do {
    waited = waitpid(pid_, &status, 0);
  } while (waited < 0 && errno == EINTR);
  pid_ = -1;
  if (waited < 0) return -1;  // the host program ignores SIGCHLD, or has reaped it itself
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace higgins::audio
