// Any bytes as manifest.json: a manifest or kBadPack with one line, never a crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const higgins::Result<higgins::Manifest> manifest =
      higgins::ParseManifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) {
    const higgins::Error& error = manifest.error();
    if (error.code != higgins::ErrorCode::kBadPack || error.message.find('\n') != std::string::npos)
      std::abort();
    return 0;
  }
  for (const auto& [role, file] : manifest->files) {
    // Would leave the pack; a name that only begins with dots stays in it.
    if (file.path.front() == '/' || ("/" + file.path + "/").find("/../") != std::string::npos) std::abort();
  }
  return 0;
}
