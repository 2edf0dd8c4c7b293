// Any bytes as the beginning of a connection: a head, a refusal, or more is needed. What the strict check
// lets through, Beast must read the same way: method, target, and where the body ends.
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "transports/server/http/head.h"
#include "transports/server/http/text.h"

namespace {

namespace beast = boost::beast;
using higgins::server::http::BodyFraming;
using higgins::server::http::Head;
using higgins::server::http::HeadError;

void CheckError(const HeadError& error) {
  if (error.status < 400 || error.status > 599 || error.detail.empty()) std::abort();
}

void CompareWithBeast(std::string_view bytes, const Head& head) {
  beast::http::request_parser<beast::http::empty_body> parser;
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  parser.body_limit(boost::none);
  beast::error_code error;
  parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error || !parser.is_header_done()) return;  // stricter still: the server answers 400
  if (parser.get().method_string() != head.method) std::abort();
  if (parser.chunked() != (head.framing == BodyFraming::kChunked)) std::abort();
  const std::uint64_t length = parser.content_length().value_or(0);
  if (head.framing != BodyFraming::kChunked && length != head.content_length) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto end = higgins::server::http::FindHeadEnd(bytes);
  if (const auto* error = std::get_if<HeadError>(&end)) {
    CheckError(*error);
    return 0;
  }
  if (!std::get<0>(end)) return 0;
  const std::string_view head_bytes = bytes.substr(0, *std::get<0>(end));
  const auto head = higgins::server::http::ParseHead(head_bytes);
  if (const auto* error = std::get_if<HeadError>(&head)) {
    CheckError(*error);
    return 0;
  }
  CompareWithBeast(head_bytes, std::get<Head>(head));
  const auto target = higgins::server::http::ParseTarget(std::get<Head>(head).target);
  if (const auto* error = std::get_if<HeadError>(&target)) {
    CheckError(*error);
    return 0;
  }
  const auto& path = std::get<0>(target).path;
  if (!higgins::server::http::IsUtf8(path) || path.find('\0') != std::string::npos) std::abort();
  if (path.find("/../") != std::string::npos) std::abort();
  return 0;
}
