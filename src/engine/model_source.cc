#include "engine/model_source.h"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace higgins {

Result<std::vector<std::byte>> FolderSource::Read(const std::string& path) const {
  const std::filesystem::path full = folder_ / path;
  std::error_code status;
  if (!std::filesystem::is_regular_file(full, status)) {
    return Error{ErrorCode::kNotFound,
                 full.string() + ": " + (status ? status.message() : "not a regular file")};
  }
  const std::uintmax_t num_bytes = std::filesystem::file_size(full, status);
  std::ifstream file(full, std::ios::binary);
  if (status || !file)
    return Error{ErrorCode::kNotFound, full.string() + ": " + std::generic_category().message(errno)};
  std::vector<std::byte> bytes(static_cast<std::size_t>(num_bytes));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(num_bytes));
  if (static_cast<std::uintmax_t>(file.gcount()) != num_bytes) {
    return Error{ErrorCode::kNotFound, full.string() + ": expected " + std::to_string(num_bytes) +
                                           " bytes, read " + std::to_string(file.gcount())};
  }
  return bytes;
}

Result<std::vector<std::byte>> MemorySource::Read(const std::string& path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return Error{ErrorCode::kNotFound, path + ": not in the pack"};
  return found->second;
}

}  // namespace higgins
