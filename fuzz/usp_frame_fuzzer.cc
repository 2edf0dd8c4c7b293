// Any bytes as a message of the Speech SDK's protocol, and its body as what the message may carry: a value or
// an error of one line, never a crash. What parses is written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "transports/server/azure/parameters.h"
#include "transports/server/azure/usp_frame.h"

namespace {

using namespace higgins::server::azure;  // NOLINT(google-build-using-namespace)

void CheckError(const higgins::Error& error) {
  if (error.code != higgins::ErrorCode::kInvalidArgument || error.message.find('\n') != std::string::npos)
    std::abort();
}

void CheckMessage(const higgins::Result<UspMessage>& message) {
  if (!message) return CheckError(message.error());
  if (message->path.empty() || message->request_id.size() > 64) std::abort();
  const auto context = ParseSpeechContext(message->body);
  if (!context) CheckError(context.error());
  const auto header = ParseAssessmentHeader(message->body);
  if (!header) CheckError(header.error());
  const std::string written = WriteUspText(message->path, message->request_id, "", message->body);
  const auto again = ParseUspText(written);
  if (!again || again->request_id != message->request_id || again->body != message->body) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CheckMessage(ParseUspText({reinterpret_cast<const char*>(data), size}));
  CheckMessage(ParseUspBinary(std::as_bytes(std::span(data, size))));
  return 0;
}
