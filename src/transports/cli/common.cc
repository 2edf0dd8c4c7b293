#include "transports/cli/common.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <thread>

#include "transports/cli/exit_code.h"

namespace higgins::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultPack = "packs/en-us";

bool HoldsPack(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "manifest.json", ignored);
}

std::vector<fs::path> UsualPlaces() {
  std::vector<fs::path> places{kDefaultPack};
  const fs::path executable = OwnExecutable();
  if (!executable.empty()) {
    const fs::path folder = executable.parent_path();
    places.push_back(folder / kDefaultPack);
    places.push_back(folder / "../.." / kDefaultPack);  // build/release/higgins in a source tree
    places.push_back(folder / "../share/higgins" / kDefaultPack);
  }
  for (fs::path& place : places) place = place.lexically_normal();
  return places;
}

// Empty when the variable is not set.
std::string FromEnvironment(const char* variable) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

Error CannotRead(const std::string& path) {
  return Error{ErrorCode::kNotFound, path + ": " + std::generic_category().message(errno)};
}

}  // namespace

void AddPackOptions(CLI::App* command, PackOptions* options) {
  command->add_option("--pack", options->pack, "Folder of the model pack (default: see higgins --help)")
      ->type_name("DIR");
  command->add_option("--threads", options->threads, "Threads of one inference")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->type_name("N");
}

void AddCacheOption(CLI::App* command, PackOptions* options) {
  command
      ->add_option("--cache", options->cache,
                   "Folder that keeps compiled graphs for a faster start (default: see higgins --help)")
      ->type_name("DIR|off");
}

void AddDetailOption(CLI::App* command, Detail* detail) {
  command->add_option("--detail", *detail, "How far down the report goes")
      ->transform(
          OneOf<Detail>({{"full", Detail::kFull}, {"word", Detail::kWord}, {"sentence", Detail::kSentence}}))
      ->type_name("full|word|sentence");
}

int Fail(const Error& error) {
  std::string message = error.message;
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "higgins: %s: %s\n", ErrorCodeName(error.code), message.c_str());
  return ExitCodeOf(error);
}

Result<fs::path> FindPack(const std::string& given) {
  if (!given.empty()) return fs::path(given);
  const std::string environment = FromEnvironment("HIGGINS_PACK");
  if (!environment.empty()) return fs::path(environment);
  std::string tried;
  for (const fs::path& place : UsualPlaces()) {
    if (HoldsPack(place)) return place;
    tried += (tried.empty() ? "" : ", ") + place.string();
  }
  return Error{ErrorCode::kNotFound,
               "no model pack; give --pack DIR or set HIGGINS_PACK (looked in " + tried + ")"};
}

fs::path FindCache(const std::string& given) {
  const std::string named = given.empty() ? FromEnvironment("HIGGINS_CACHE") : given;
  if (!named.empty()) return named == kNoCache ? fs::path() : fs::path(named);
  // The XDG Base Directory Specification: a relative path is to be ignored.
  const fs::path of_caches = FromEnvironment("XDG_CACHE_HOME");
  if (of_caches.is_absolute()) return of_caches / "higgins";
  const fs::path home = FromEnvironment("HOME");
  return home.is_absolute() ? home / ".cache" / "higgins" : fs::path();
}

Result<Assessor> OpenPack(const PackOptions& options, int concurrent_requests,
                          const fs::path& acoustic_graph) {
  const Result<fs::path> pack = FindPack(options.pack);
  if (!pack) return pack.error();
  AssessorOptions assessor_options;
  assessor_options.threads_per_request = options.threads;
  assessor_options.concurrent_requests = concurrent_requests;
  assessor_options.acoustic_graph = acoustic_graph;
  assessor_options.cache_directory = FindCache(options.cache);
  return Assessor::Open(*pack, assessor_options);
}

Result<std::string> ReadText(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(
      path == "-" ? nullptr : std::fopen(path.c_str(), "rb"), std::fclose);
  std::FILE* file = path == "-" ? stdin : opened.get();
  if (file == nullptr) return CannotRead(path);
  std::string text;
  std::vector<char> buffer(std::size_t{1} << 16);
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file))
    text.append(buffer.data(), got);
  const bool failed = std::ferror(file) != 0;  // a folder opens, but does not read
  if (failed) return CannotRead(path);
  return text;
}

Result<std::vector<std::byte>> ReadBytes(const std::string& path) {
  const Result<std::string> text = ReadText(path);
  if (!text) return text.error();
  const auto* first = reinterpret_cast<const std::byte*>(text->data());
  return std::vector<std::byte>(first, first + text->size());
}

Result<void> WriteText(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".tmp";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file)
      return Error{ErrorCode::kNotFound,
                   temporary + ": cannot be written: " + std::generic_category().message(errno)};
  }
  std::error_code failure;
  fs::rename(temporary, path, failure);
  if (failure) return Error{ErrorCode::kNotFound, path + ": cannot be written: " + failure.message()};
  return {};
}

Result<std::vector<WordPhones>> ParsePronunciations(const std::vector<std::string>& given) {
  std::vector<WordPhones> out;
  for (const std::string& entry : given) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == entry.size()) {
      return Error{
          ErrorCode::kInvalidArgument,
          R"(--pronunciation: expected WORD=PHONES as in "higgins=HH IH1 G IH0 N Z", got ")" + entry + "\""};
    }
    out.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
  }
  return out;
}

int NumCores() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 64); }

fs::path OwnExecutable() {
  std::error_code failure;
  fs::path path = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::path() : path;
}

}  // namespace higgins::cli
