#include "transports/server/http/reply.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <random>
#include <utility>

#include "transports/server/http/text.h"

namespace higgins::server::http {
namespace {

constexpr std::array<std::pair<int, const char*>, 26> kStatusTexts{{
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
}};

/// RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", in English whatever the locale.
std::string HttpDate() {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text.data();
}

}  // namespace

const char* StatusText(int status) {
  const auto found = std::find_if(kStatusTexts.begin(), kStatusTexts.end(),
                                  [&](const auto& row) { return row.first == status; });
  return found == kStatusTexts.end() ? "Status" : found->second;
}

std::string WriteHead(const Response& response, std::size_t body_bytes, KeepAlive keep_alive) {
  std::string head =
      "HTTP/1.1 " + std::to_string(response.status) + " " + StatusText(response.status) + "\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  add("Date", HttpDate());
  const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (has_body) add("Content-Length", std::to_string(body_bytes));
  if (!response.content_type.empty()) add("Content-Type", response.content_type);
  add("X-Content-Type-Options", "nosniff");
  if (response.headers.Find("Cache-Control") == nullptr) add("Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers.all()) add(name, value);
  if (keep_alive == KeepAlive::kNo) add("Connection", "close");
  return head + "\r\n";
}

std::string RequestId(const Headers& headers) {
  const std::string* given = headers.Find("X-Request-Id");
  const auto is_sane = [](char c) { return IsAlnum(c) || c == '.' || c == '-' || c == '_'; };
  if (given != nullptr && !given->empty() && given->size() <= 64 &&
      std::all_of(given->begin(), given->end(), is_sane))
    return *given;
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::uint64_t bits = random();
  std::string id;
  for (int i = 0; i < 16; ++i, bits >>= 4U) id += "0123456789abcdef"[bits & 15U];
  return id;
}

}  // namespace higgins::server::http
