// multipart/form-data (RFC 7578, RFC 2046 section 5.1), taken apart while it arrives: every limit is checked
// before memory is spent. Strict: no preamble, CRLF line ends only, each part needs a name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/result.h"
#include "transports/server/http/message.h"

namespace higgins::server::http {

struct MultipartLimits {
  std::size_t max_parts = 64;
  std::size_t max_part_head_bytes = 4096;
};

/// The boundary of a Content-Type header. Errors: kUnsupportedAudio when it is not multipart/form-data at
/// all, kInvalidArgument when its boundary is missing or not allowed.
Result<std::string> MultipartBoundary(std::string_view content_type);

class MultipartParser {
 public:
  MultipartParser(const std::string& boundary, const MultipartLimits& limits);

  /// Takes the next bytes of the body. Errors: kInvalidArgument; nothing more may be fed then.
  Result<void> Feed(std::string_view bytes);
  /// After the last byte. Errors: kInvalidArgument when the closing boundary is missing.
  Result<void> Finish() const;
  std::vector<Part> TakeParts() { return std::move(parts_); }

 private:
  enum class State { kStart, kAfterBoundary, kPartHead, kPartData, kEnd };
  enum class Step { kMore, kNeedBytes };
  Result<Step> Advance();
  Result<Step> ReadStart();
  Result<Step> ReadAfterBoundary();
  Result<Step> ReadPartHead();
  Result<Step> ReadPartData();

  MultipartLimits limits_;
  std::string delimiter_;  ///< CRLF, two dashes and the boundary
  std::string buffer_;     ///< what has not been understood yet; in kPartData never more than a delimiter
  State state_ = State::kStart;
  std::vector<Part> parts_;
};

}  // namespace higgins::server::http
