#include "engine/manifest.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace higgins {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxLabels = 1024;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 31;

/// Reads members one after another and keeps the first thing that was wrong.
class Reader {
 public:
  Reader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  const std::optional<std::string>& problem() const { return problem_; }

  void Fail(const std::string& what) {
    if (!problem_) problem_ = what;
  }

  std::string String(const char* name) {
    const Json* member = Find(name);
    if (member == nullptr) return {};
    if (!member->is_string() || member->get_ref<const std::string&>().empty()) {
      Fail(where_ + name + ": expected a string that is not empty, got " + Shown(*member));
      return {};
    }
    return member->get<std::string>();
  }

  double Number(const char* name, double low, double high) {
    const Json* member = Find(name);
    if (member == nullptr) return 0.0;
    const double value = member->is_number() ? member->get<double>() : std::nan("");
    if (!(value >= low && value <= high)) {
      Fail(where_ + name + ": expected a number from " + Shown(Json(low)) + " to " + Shown(Json(high)) +
           ", got " + Shown(*member));
      return 0.0;
    }
    return value;
  }

  std::int64_t Integer(const char* name, std::int64_t low, std::int64_t high) {
    const Json* member = Find(name);
    if (member == nullptr) return 0;
    const bool fits =
        member->is_number_integer() &&
        !(member->is_number_unsigned() && member->get<std::uint64_t>() > static_cast<std::uint64_t>(high));
    if (!fits || member->get<std::int64_t>() < low || member->get<std::int64_t>() > high) {
      Fail(where_ + name + ": expected a whole number from " + std::to_string(low) + " to " +
           std::to_string(high) + ", got " + Shown(*member));
      return 0;
    }
    return member->get<std::int64_t>();
  }

  /// An optional number: `fallback` when the member is absent.
  double NumberOr(const char* name, double fallback, double low, double high) {
    return object_.contains(name) ? Number(name, low, high) : fallback;
  }

  const Json* Find(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end()) {
      Fail(where_ + name + ": missing");
      return nullptr;
    }
    return &*found;
  }

  // Only leaves are printed: printing recurses, and a hostile manifest may be nested deeper than the stack.
  static std::string Shown(const Json& value) {
    if (value.is_array()) return "an array of " + std::to_string(value.size());
    if (value.is_object()) return "an object";
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    constexpr std::size_t kMaxShown = 60;
    if (text.size() > kMaxShown) text = text.substr(0, kMaxShown) + "...";
    return text;
  }

 private:
  const Json& object_;
  std::string where_;
  std::optional<std::string> problem_;
};

// A path that stays inside the pack on every system: relative, forward slashes, no "." or ".." and no drive
// letter.
bool IsInside(const std::string& path) {
  if (path.empty() || path.front() == '/' || path.find_first_of(std::string("\\:\0", 3)) != std::string::npos)
    return false;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = std::string_view(path).substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool IsSha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

PhoneSet ReadPhoneSet(Reader* reader) {
  const Json* member = reader->Find("phone_set");
  if (member == nullptr) return {};
  if (!member->is_array() || member->size() < 2 || member->size() > kMaxLabels) {
    reader->Fail("phone_set: expected an array of 2 to " + std::to_string(kMaxLabels) + " names, got " +
                 Reader::Shown(*member));
    return {};
  }
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const Json& name : *member) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty() ||
        !seen.insert(name.get<std::string>()).second) {
      reader->Fail("phone_set: expected names that are not empty and differ, got " + Reader::Shown(name));
      return {};
    }
    names.push_back(name.get<std::string>());
  }
  const auto blank =
      static_cast<int>(reader->Integer("blank", 0, static_cast<std::int64_t>(names.size()) - 1));
  return {std::move(names), blank};
}

std::map<std::string, PackFile> ReadFiles(Reader* reader) {
  const Json* member = reader->Find("files");
  if (member == nullptr) return {};
  if (!member->is_object()) {
    reader->Fail("files: expected an object, got " + Reader::Shown(*member));
    return {};
  }
  std::map<std::string, PackFile> files;
  for (const auto& [role, value] : member->items()) {
    const std::string where = "files." + role + ".";
    if (!value.is_object()) {
      reader->Fail("files." + role + ": expected {path, sha256, bytes}, got " + Reader::Shown(value));
      return {};
    }
    Reader file_reader(value, where);
    PackFile file;
    file.path = file_reader.String("path");
    file.sha256 = file_reader.String("sha256");
    file.num_bytes = static_cast<std::uint64_t>(file_reader.Integer("bytes", 0, kMaxFileBytes));
    if (!file_reader.problem() && !IsInside(file.path)) {
      file_reader.Fail(where + "path: expected a relative path inside the pack, got " +
                       Reader::Shown(file.path));
    }
    if (!file_reader.problem() && !IsSha256(file.sha256)) {
      file_reader.Fail(where + "sha256: expected 64 lower-case hexadecimal digits, got " +
                       Reader::Shown(file.sha256));
    }
    if (file_reader.problem()) reader->Fail(*file_reader.problem());
    files.emplace(role, std::move(file));
  }
  return files;
}

Calibration ReadCalibration(Reader* reader, std::string* version) {
  const Json* member = reader->Find("calibration");
  if (member == nullptr) return {};
  if (!member->is_object()) {
    reader->Fail("calibration: expected an object, got " + Reader::Shown(*member));
    return {};
  }
  Reader figures(*member, "calibration.");
  Calibration out;
  out.detection_scale = figures.NumberOr("detection_scale", out.detection_scale, -1e3, 1e3);
  out.detection_offset = figures.NumberOr("detection_offset", out.detection_offset, -1e3, 1e3);
  out.detection_threshold = figures.NumberOr("detection_threshold", out.detection_threshold, 0.0, 1.0);
  out.insertion_scale = figures.NumberOr("insertion_scale", out.insertion_scale, -1e3, 1e3);
  out.insertion_offset = figures.NumberOr("insertion_offset", out.insertion_offset, -1e3, 1e3);
  out.insertion_threshold_nats =
      figures.NumberOr("insertion_threshold_nats", out.insertion_threshold_nats, -1e3, 1e3);
  out.score_scale = figures.NumberOr("score_scale", out.score_scale, -1e3, 1e3);
  out.score_offset = figures.NumberOr("score_offset", out.score_offset, -1e3, 1e3);
  if (member->contains("version")) *version = figures.String("version");
  if (figures.problem()) reader->Fail(*figures.problem());
  return out;
}

}  // namespace

Result<Manifest> ParseManifest(std::string_view json) {
  const auto bad = [](const std::string& what) {
    return Error{ErrorCode::kBadPack, "manifest.json: " + what};
  };
  const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return bad("not valid JSON");
  if (!root.is_object()) return bad("expected an object, got " + Reader::Shown(root));

  Reader reader(root, "");
  // First of all, so that a pack of another format is told apart from a damaged one.
  const std::int64_t format = reader.Integer("format_version", 0, 1'000'000);
  if (reader.problem()) return bad(*reader.problem());
  if (format != kPackFormatVersion) {
    return bad("format_version: expected " + std::to_string(kPackFormatVersion) + ", got " +
               std::to_string(format) + "; this engine cannot read the pack");
  }
  Manifest out;
  out.name = reader.String("name");
  out.language = reader.String("language");
  out.version = reader.String("version");
  out.phone_set = ReadPhoneSet(&reader);
  out.frame_shift_ms = reader.Number("frame_shift_ms", 5.0, 100.0);
  out.sample_rate_hz = static_cast<int>(reader.Integer("sample_rate_hz", 1, 1'000'000));
  out.state_dim = static_cast<int>(reader.Integer("state_dim", 1, 65'536));
  out.files = ReadFiles(&reader);
  out.calibration = ReadCalibration(&reader, &out.calibration_version);
  if (reader.problem()) return bad(*reader.problem());
  if (out.sample_rate_hz != 16000) {
    return bad("sample_rate_hz: expected 16000, got " + std::to_string(out.sample_rate_hz));
  }
  const double samples_per_frame = out.frame_shift_ms * out.sample_rate_hz / 1000.0;
  if (samples_per_frame != std::floor(samples_per_frame)) {
    return bad("frame_shift_ms: expected a whole number of samples, got " +
               std::to_string(samples_per_frame));
  }
  return out;
}

}  // namespace higgins
