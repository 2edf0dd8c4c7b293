#include "engine/graph_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string_view>
#include <system_error>

#include "engine/sha256.h"

namespace higgins {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameLength = 32;  // hexadecimal digits
constexpr std::string_view kExtension = ".graph";
constexpr std::string_view kPartial = ".XXXXXX";  // behind the extension while it is written
constexpr auto kUnread = std::chrono::hours(24 * 30);
constexpr std::size_t kMostBytes = std::size_t{1} << 30;  // no graph of ours: the file system is mistaken
constexpr std::size_t kDigestLength = 64;  // of a SHA-256 in hexadecimal: what a file begins with

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string DigestOf(const std::string& bytes) { return Sha256Hex(std::as_bytes(std::span(bytes))); }
// Of the key too: a file under another's name is none.
std::string Checksum(const std::string& key, const std::string& bytes) {
  return DigestOf(DigestOf(key) + DigestOf(bytes));
}

// The runtime trusts what it imports, so only what nobody but this user can have written is read.
bool IsOurs(const struct stat& status) {
  return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool IsOurFolder(const fs::path& folder) {
  struct stat status {};
  return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && IsOurs(status);
}

// False when it ends early.
bool ReadAll(int descriptor, std::string* to) {
  std::size_t done = 0;
  while (done < to->size()) {
    const ssize_t got = read(descriptor, to->data() + done, to->size() - done);
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(descriptor, bytes.data(), bytes.size());
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// Whether a cache made a file of this name; an interrupted write leaves a partial one. Users name the folder,
// and may keep other things there.
bool IsNameOfCache(std::string_view name) {
  const std::string_view digits = name.substr(0, kNameLength);
  const std::string_view rest = name.substr(digits.size());
  return digits.size() == kNameLength &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         rest.starts_with(kExtension) &&
         (rest == kExtension ||
          (rest.size() == kExtension.size() + kPartial.size() && rest[kExtension.size()] == '.'));
}

}  // namespace

fs::path GraphCache::PathOf(const std::string& key) const {
  return folder_ / DigestOf(key).substr(0, kNameLength).append(kExtension);
}

std::string GraphCache::Read(const std::string& key) const {
  if (!is_on() || !IsOurFolder(folder_)) return {};
  const File file(open(PathOf(key).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !IsOurs(status))
    return {};
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size <= kDigestLength || size > kMostBytes) return {};
  std::string checksum(kDigestLength, '\0');
  std::string bytes(size - kDigestLength, '\0');
  if (!ReadAll(file.get(), &checksum) || !ReadAll(file.get(), &bytes) || Checksum(key, bytes) != checksum)
    return {};
  futimens(file.get(), nullptr);  // it was of use just now
  return bytes;
}

void GraphCache::Write(const std::string& key, const std::string& bytes) const {
  if (!is_on()) return;
  std::error_code error;
  fs::create_directories(folder_.parent_path(), error);
  mkdir(folder_.c_str(), S_IRWXU);  // from the first moment this user's alone
  if (!IsOurFolder(folder_)) return;
  Prune();
  // Two processes may start at once: each writes a file of its own, and the later one stays.
  const fs::path path = PathOf(key);
  std::string partial = path.string().append(kPartial);
  const File file(mkostemp(partial.data(), O_CLOEXEC));  // readable and writable by this user alone
  if (file.get() < 0) return;
  const bool written = WriteAll(file.get(), Checksum(key, bytes)) && WriteAll(file.get(), bytes);
  if (written) fs::rename(partial, path, error);
  if (!written || error) fs::remove(partial, error);
}

void GraphCache::Prune() const {
  const auto oldest = fs::file_time_type::clock::now() - kUnread;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    const bool is_of_cache =
        IsNameOfCache(at->path().filename().string()) && fs::is_regular_file(at->symlink_status(ignored));
    if (is_of_cache && at->last_write_time(ignored) < oldest && !ignored) fs::remove(at->path(), ignored);
  }
}

}  // namespace higgins
