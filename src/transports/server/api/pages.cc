#include "transports/server/api/pages.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace higgins::server::api {
namespace {

namespace fs = std::filesystem;
using http::Request;
using http::Respond;
using http::Response;

constexpr std::uintmax_t kMaxRootBytes = std::uintmax_t{64} << 20;
constexpr std::size_t kMaxFiles = 1000;

constexpr std::array<std::pair<std::string_view, const char*>, 16> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".wav", "audio/wav"},
    {".webmanifest", "application/manifest+json"},
}};

const char* TypeOf(const fs::path& file) {
  for (const auto& [extension, type] : kTypes) {
    if (file.extension() == extension) return type;
  }
  return "application/octet-stream";
}

// Shown by /docs when no web root brings a better page.
constexpr const char* kPlainDocs = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Higgins API</title>
<h1>Higgins API</h1>
<p>The API is described by <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
<pre>curl -F audio=@recording.wav -F text="We call it bear" http://127.0.0.1:8080/v1/assess</pre>
</html>
)";

struct File {
  std::string type;
  std::string etag;
  std::shared_ptr<const std::string> data;
};

std::string Etag(const std::string& data) {
  std::uint64_t hash = 1469598103934665603U;  // FNV-1a: names the content, guards nothing
  for (const char c : data) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return "\"" + std::to_string(hash) + "\"";
}

File MakeFile(std::string type, std::string data) {
  std::string etag = Etag(data);
  return {std::move(type), std::move(etag), std::make_shared<const std::string>(std::move(data))};
}

Response Serve(const File& file, const Request& request) {
  Response response;
  response.headers.Add("ETag", file.etag);
  response.headers.Add("Cache-Control", "no-cache");
  const std::string* known = request.headers.Find("If-None-Match");
  if (known != nullptr && *known == file.etag) {
    response.status = 304;
    return response;
  }
  response.content_type = file.type;
  response.shared_body = file.data;
  response.headers.Add("Content-Security-Policy", "frame-ancestors 'none'");
  response.headers.Add("Referrer-Policy", "no-referrer");
  return response;
}

void AddFile(http::Router* router, const std::string& path, File file) {
  router->Add(
      {.method = "GET",
       .pattern = path,
       .handler = [held = std::move(file)](const std::shared_ptr<Request>& request, const Respond& respond) {
         respond(Serve(held, *request));
       }});
}

Result<std::map<std::string, File>> ReadFolder(const fs::path& root) {
  std::map<std::string, File> files;
  std::uintmax_t num_bytes = 0;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(root, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    num_bytes += entry->file_size(ignored);
    if (num_bytes > kMaxRootBytes || files.size() >= kMaxFiles)
      return Error{ErrorCode::kInvalidArgument,
                   "--web-root: " + root.string() + " holds more than 64 MiB or 1000 files"};
    std::ifstream stream(entry->path(), std::ios::binary);
    std::string data{std::istreambuf_iterator<char>(stream), {}};
    files.emplace(entry->path().lexically_relative(root).generic_string(),
                  MakeFile(TypeOf(entry->path()), std::move(data)));
  }
  if (failure)
    return Error{ErrorCode::kInvalidArgument, "--web-root: " + root.string() + ": " + failure.message()};
  return files;
}

}  // namespace

Result<void> AddPages(http::Router* router, const fs::path& web_root) {
  AddFile(router, "/openapi.json", MakeFile("application/json", kOpenApiJson));
  std::map<std::string, File> files;
  if (!web_root.empty()) {
    Result<std::map<std::string, File>> read = ReadFolder(web_root);
    if (!read) return read.error();
    files = *std::move(read);
  }
  const auto docs = files.find("docs.html");
  AddFile(router, "/docs",
          docs != files.end() ? docs->second : MakeFile("text/html; charset=utf-8", kPlainDocs));
  if (const auto index = files.find("index.html"); index != files.end()) AddFile(router, "/", index->second);
  for (auto& [path, file] : files) AddFile(router, "/" + path, std::move(file));
  return {};
}

}  // namespace higgins::server::api
