// manifest.json of a pack: what is in it, for which engine, and the proof that it arrived whole.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/result.h"
#include "types/pack_calibration.h"
#include "types/phone_set.h"

namespace higgins {

inline constexpr int kPackFormatVersion = 1;
inline constexpr const char* kManifestPath = "manifest.json";

/// One file of the pack, named by its role: "acoustic", "scorer", "dictionary", "g2p", ...
struct PackFile {
  std::string path;    ///< relative to the pack, stays inside it
  std::string sha256;  ///< 64 lower-case hexadecimal digits
  std::uint64_t num_bytes = 0;
};

struct Manifest {
  std::string name;
  std::string language;  ///< BCP 47, "en-US"
  std::string version;
  PhoneSet phone_set;
  double frame_shift_ms = 20.0;
  int sample_rate_hz = 16000;
  int state_dim = 0;  ///< columns of the acoustic graph's `states`
  std::map<std::string, PackFile> files;
  Calibration calibration;
  std::string calibration_version;
};

/// Reads and checks a manifest; any bytes are safe to pass. Unknown members are ignored, so that a later
/// writer may add some. Errors: kBadPack, with the member, what was expected and what was there.
Result<Manifest> ParseManifest(std::string_view json);

}  // namespace higgins
