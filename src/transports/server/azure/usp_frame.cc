#include "transports/server/azure/usp_frame.h"

#include <algorithm>
#include <cctype>

namespace higgins::server::azure {
namespace {

constexpr std::size_t kMaxHeaderBytes = 4096;
constexpr std::size_t kMaxRequestIdLength = 64;

Error Bad(const char* what) { return {ErrorCode::kInvalidArgument, std::string("speech message: ") + what}; }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view Trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool IsRequestId(std::string_view id) {
  return id.size() <= kMaxRequestIdLength && std::all_of(id.begin(), id.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
         });
}

Result<UspMessage> ParseHeaders(std::string_view headers) {
  UspMessage message;
  while (!headers.empty()) {
    const std::size_t end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 2);
    if (line.empty()) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return Bad("a header line without a colon");
    const std::string name = Lower(Trim(line.substr(0, colon)));
    const std::string_view value = Trim(line.substr(colon + 1));
    if (name == "path") message.path = Lower(value);
    if (name == "x-requestid") message.request_id = value;
    if (name == "content-type") message.content_type = Lower(value);
  }
  if (message.path.empty()) return Bad("no Path header");
  if (!IsRequestId(message.request_id))
    return Bad("X-RequestId: expected up to 64 letters, digits and dashes");
  return message;
}

}  // namespace

Result<UspMessage> ParseUspText(std::string_view message) {
  const std::size_t blank = message.find("\r\n\r\n");
  const std::string_view headers = message.substr(0, blank);
  if (headers.size() > kMaxHeaderBytes) return Bad("headers of more than 4096 bytes");
  Result<UspMessage> parsed = ParseHeaders(headers);
  if (parsed && blank != std::string_view::npos) parsed->body = message.substr(blank + 4);
  return parsed;
}

Result<UspMessage> ParseUspBinary(std::span<const std::byte> message) {
  if (message.size() < 2) return Bad("a binary message without the length of its headers");
  const std::size_t length =
      (std::to_integer<std::size_t>(message[0]) << 8U) | std::to_integer<std::size_t>(message[1]);
  if (length > kMaxHeaderBytes) return Bad("headers of more than 4096 bytes");
  if (length > message.size() - 2) return Bad("a binary message that is shorter than its headers");
  const std::string_view text(reinterpret_cast<const char*>(message.data()), message.size());
  Result<UspMessage> parsed = ParseHeaders(text.substr(2, length));
  if (!parsed) return parsed;
  if (parsed->request_id.empty()) return Bad("no X-RequestId header");
  parsed->body = text.substr(2 + length);
  return parsed;
}

std::string WriteUspText(std::string_view path, std::string_view request_id, std::string_view timestamp,
                         std::string_view json) {
  std::string out;
  out.append("Path:").append(path).append("\r\n");
  out.append("X-RequestId:").append(request_id).append("\r\n");
  out.append("X-Timestamp:").append(timestamp).append("\r\n");
  out.append("Content-Type:application/json; charset=utf-8\r\n\r\n");
  out.append(json);
  return out;
}

}  // namespace higgins::server::azure
