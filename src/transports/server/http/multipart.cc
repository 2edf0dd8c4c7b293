#include "transports/server/http/multipart.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "transports/server/http/text.h"

namespace higgins::server::http {
namespace {

Error Bad(std::string what) { return {ErrorCode::kInvalidArgument, "multipart body: " + std::move(what)}; }

/// The parameters of a header value like `form-data; name="audio"; filename="a.wav"`. A backslash escapes the
/// next character of a quoted value (RFC 9110, 5.6.4). None when the value is malformed.
struct Parameterised {
  std::string value;
  Fields parameters;
};

std::optional<std::string> TakeQuoted(std::string_view* text) {
  std::string out;
  text->remove_prefix(1);
  while (!text->empty() && text->front() != '"') {
    if (text->front() == '\\' && text->size() > 1) text->remove_prefix(1);
    out += text->front();
    text->remove_prefix(1);
  }
  if (text->empty()) return std::nullopt;
  text->remove_prefix(1);
  return out;
}

std::optional<Parameterised> ParseParameterised(std::string_view text) {
  Parameterised out;
  const std::size_t value_end = std::min(text.find(';'), text.size());
  out.value = TrimSpace(text.substr(0, value_end));
  text.remove_prefix(value_end);
  while (!text.empty()) {
    text.remove_prefix(1);  // the semicolon
    text = TrimSpace(text);
    if (text.empty()) break;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    const std::string_view name = text.substr(0, equals);
    if (!std::all_of(name.begin(), name.end(), IsTokenChar)) return std::nullopt;
    text.remove_prefix(equals + 1);
    std::optional<std::string> value;
    if (!text.empty() && text.front() == '"') {
      value = TakeQuoted(&text);
    } else {
      const std::size_t end = std::min(text.find_first_of("; \t"), text.size());
      value = std::string(text.substr(0, end));
      text.remove_prefix(end);
    }
    if (!value) return std::nullopt;
    text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.empty() && text.front() != ';') return std::nullopt;
    out.parameters.Add(ToLower(name), *std::move(value));
  }
  return out;
}

bool IsBoundaryChar(char c) {
  return IsAlnum(c) || std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

Result<Part> ParsePartHead(std::string_view head) {
  Part part;
  bool has_disposition = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    const bool is_header =
        colon != std::string_view::npos && colon > 0 &&
        std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), IsTokenChar) &&
        std::all_of(line.begin(), line.end(), IsFieldChar);
    if (!is_header) return Bad("a header of a part is malformed");
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = TrimSpace(line.substr(colon + 1));
    if (EqualsIgnoringCase(name, "content-type")) part.content_type = value;
    if (EqualsIgnoringCase(name, "content-transfer-encoding") && !EqualsIgnoringCase(value, "binary") &&
        !EqualsIgnoringCase(value, "8bit") && !EqualsIgnoringCase(value, "7bit"))
      return Bad("Content-Transfer-Encoding: only binary, 8bit and 7bit are known");
    if (!EqualsIgnoringCase(name, "content-disposition")) continue;
    const std::optional<Parameterised> disposition = ParseParameterised(value);
    if (has_disposition || !disposition || !EqualsIgnoringCase(disposition->value, "form-data"))
      return Bad("each part needs one Content-Disposition: form-data");
    has_disposition = true;
    if (const std::string* field = disposition->parameters.Find("name")) part.name = *field;
    if (const std::string* file = disposition->parameters.Find("filename")) part.filename = *file;
  }
  if (part.name.empty()) return Bad("a part without a name");
  return part;
}

}  // namespace

Result<std::string> MultipartBoundary(std::string_view content_type) {
  const std::optional<Parameterised> type = ParseParameterised(content_type);
  if (!type || !EqualsIgnoringCase(type->value, "multipart/form-data"))
    return Error{ErrorCode::kUnsupportedAudio, "expected Content-Type: multipart/form-data; boundary=..."};
  const std::string* boundary = type->parameters.Find("boundary");
  const bool is_valid = boundary != nullptr && !boundary->empty() && boundary->size() <= 70 &&
                        boundary->back() != ' ' &&
                        std::all_of(boundary->begin(), boundary->end(), IsBoundaryChar);
  if (!is_valid)
    return Error{ErrorCode::kInvalidArgument, "the boundary of the Content-Type is missing or not allowed"};
  return *boundary;
}

MultipartParser::MultipartParser(const std::string& boundary, const MultipartLimits& limits)
    : limits_(limits), delimiter_("\r\n--" + boundary) {}

Result<void> MultipartParser::Feed(std::string_view bytes) {
  buffer_.append(bytes);
  while (true) {
    const Result<Step> step = Advance();
    if (!step) return step.error();
    if (*step == Step::kNeedBytes) return {};
  }
}

Result<MultipartParser::Step> MultipartParser::Advance() {
  switch (state_) {
    case State::kStart:
      return ReadStart();
    case State::kAfterBoundary:
      return ReadAfterBoundary();
    case State::kPartHead:
      return ReadPartHead();
    case State::kPartData:
      return ReadPartData();
    case State::kEnd:
      break;
  }
  if (buffer_.size() > 2 || std::string_view("\r\n").substr(0, buffer_.size()) != buffer_)
    return Bad("bytes after the closing boundary");
  return Step::kNeedBytes;
}

Result<MultipartParser::Step> MultipartParser::ReadStart() {
  const std::string_view first = std::string_view(delimiter_).substr(2);
  const std::size_t seen = std::min(buffer_.size(), first.size());
  if (std::string_view(buffer_).substr(0, seen) != first.substr(0, seen))
    return Bad("it does not start with its boundary");
  if (buffer_.size() < first.size()) return Step::kNeedBytes;
  buffer_.erase(0, first.size());
  state_ = State::kAfterBoundary;
  return Step::kMore;
}

Result<MultipartParser::Step> MultipartParser::ReadAfterBoundary() {
  // Spaces may follow a boundary (RFC 2046), but nobody sends them.
  if (buffer_.size() < 2) return Step::kNeedBytes;
  const std::string_view next = std::string_view(buffer_).substr(0, 2);
  if (next != "\r\n" && next != "--") return Bad("a boundary must be followed by CRLF or --");
  state_ = next == "--" ? State::kEnd : State::kPartHead;
  if (state_ == State::kPartHead && parts_.size() >= limits_.max_parts)
    return Bad("more than " + std::to_string(limits_.max_parts) + " parts");
  buffer_.erase(0, 2);
  return Step::kMore;
}

Result<MultipartParser::Step> MultipartParser::ReadPartHead() {
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (std::min(end, buffer_.size()) > limits_.max_part_head_bytes)
    return Bad("the headers of a part are too large");
  if (end == std::string::npos) return Step::kNeedBytes;
  Result<Part> part = ParsePartHead(std::string_view(buffer_).substr(0, end));
  if (!part) return part.error();
  parts_.push_back(*std::move(part));
  buffer_.erase(0, end + 4);
  state_ = State::kPartData;
  return Step::kMore;
}

Result<MultipartParser::Step> MultipartParser::ReadPartData() {
  const std::size_t found = buffer_.find(delimiter_);
  std::string& data = parts_.back().data;
  if (found != std::string::npos) {
    data.append(buffer_, 0, found);
    buffer_.erase(0, found + delimiter_.size());
    state_ = State::kAfterBoundary;
    return Step::kMore;
  }
  const std::size_t kept = std::min(buffer_.size(), delimiter_.size() - 1);
  data.append(buffer_, 0, buffer_.size() - kept);
  buffer_.erase(0, buffer_.size() - kept);
  return Step::kNeedBytes;
}

Result<void> MultipartParser::Finish() const {
  if (state_ != State::kEnd) return Bad("its closing boundary is missing");
  return {};
}

}  // namespace higgins::server::http
