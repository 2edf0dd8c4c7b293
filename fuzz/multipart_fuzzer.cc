// Any bytes as a multipart body: parts or kInvalidArgument, and the same whether they come at once or byte by
// byte. The first two bytes choose the size of the pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "transports/server/http/multipart.h"

namespace {

using higgins::Result;
using higgins::server::http::MultipartParser;
using higgins::server::http::Part;

Result<std::vector<Part>> Parse(std::string_view body, std::size_t step) {
  MultipartParser parser("xyz", {.max_parts = 8, .max_part_head_bytes = 512});
  for (std::size_t i = 0; i < body.size(); i += step) {
    const Result<void> fed = parser.Feed(body.substr(i, step));
    if (!fed) return fed.error();
  }
  const Result<void> finished = parser.Finish();
  if (!finished) return finished.error();
  return parser.TakeParts();
}

void CheckType(std::string_view type) {
  const Result<std::string> boundary = higgins::server::http::MultipartBoundary(type);
  if (boundary && (boundary->empty() || boundary->size() > 70)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + (data[0] * 256U + data[1]) % 300;
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  CheckType(body);
  const auto whole = Parse(body, body.size() + 1);
  const auto pieces = Parse(body, step);
  if (whole.has_value() != pieces.has_value()) std::abort();
  if (!whole) return 0;
  if (whole->size() != pieces->size()) std::abort();
  for (std::size_t i = 0; i < whole->size(); ++i) {
    if ((*whole)[i].name.empty()) std::abort();
    if ((*whole)[i].name != (*pieces)[i].name || (*whole)[i].data != (*pieces)[i].data) std::abort();
  }
  return 0;
}
