#include "transports/server/http/body_reader.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <utility>
#include <vector>

#include "transports/server/http/multipart.h"

namespace higgins::server::http {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::buffer_body>;

constexpr std::size_t kScratchBytes = 16384;

/// Memory that a body has taken from the server's budget; given back with the last owner of the request.
struct Lease {
  std::atomic<std::size_t>* total;
  std::size_t bytes = 0;
  explicit Lease(std::atomic<std::size_t>* from) : total(from) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { total->fetch_sub(bytes, std::memory_order_relaxed); }
};

Problem TooLarge(std::size_t limit) {
  return {.kind = ProblemKind::kPayloadTooLarge,
          .detail = "the body is larger than the limit of " + std::to_string(limit) + " bytes"};
}

Problem Malformed(const std::string& what) { return {.kind = ProblemKind::kBadRequest, .detail = what}; }

}  // namespace

struct BodyReader::Impl {
  std::string_view head_bytes;
  const Head& head;
  const Route& route;
  Service* service;
  Request* request;
  Parser parser;
  std::optional<MultipartParser> multipart;
  std::shared_ptr<Lease> lease;
  std::vector<char> scratch;
  std::size_t num_bytes = 0;

  Impl(std::string_view bytes, const Head& h, const Route& r, Service* s, Request* q)
      : head_bytes(bytes), head(h), route(r), service(s), request(q) {}

  std::optional<Problem> Take(std::string_view bytes) {
    num_bytes += bytes.size();
    lease->bytes += bytes.size();
    const std::size_t before = service->buffered_bytes.fetch_add(bytes.size(), std::memory_order_relaxed);
    if (before + bytes.size() > service->options.max_buffered_bytes) {
      return Problem{.kind = ProblemKind::kQueueFull,
                     .detail = "the server holds as many uploads as it has memory for",
                     .retry_after_s = 1};
    }
    if (!multipart) {
      request->body.append(bytes);
      return std::nullopt;
    }
    const Result<void> fed = multipart->Feed(bytes);
    if (!fed) return Malformed(fed.error().message);
    return std::nullopt;
  }

  std::optional<Problem> CheckType() {
    if (route.body != BodyKind::kMultipart) return std::nullopt;
    const std::string* type = request->headers.Find("Content-Type");
    const Result<std::string> boundary = MultipartBoundary(type == nullptr ? "" : *type);
    if (!boundary) {
      const bool is_other = boundary.error().code == ErrorCode::kUnsupportedAudio;
      return Problem{.kind = is_other ? ProblemKind::kUnsupportedMediaType : ProblemKind::kBadRequest,
                     .detail = boundary.error().message};
    }
    multipart.emplace(*boundary, MultipartLimits{.max_parts = route.max_parts, .max_part_head_bytes = 4096});
    return std::nullopt;
  }
};

BodyReader::BodyReader(std::string_view head_bytes, const Head& head, const Route& route, Service* service,
                       Request* request)
    : impl_(std::make_unique<Impl>(head_bytes, head, route, service, request)) {}
BodyReader::~BodyReader() = default;

std::optional<Problem> BodyReader::Check() {
  Impl& impl = *impl_;
  const bool has_body = impl.head.framing != BodyFraming::kNone;
  if (has_body && impl.route.body == BodyKind::kNone) return Malformed("this resource takes no body");
  if (impl.head.content_length > impl.route.max_body_bytes) return TooLarge(impl.route.max_body_bytes);
  if (std::optional<Problem> problem = impl.CheckType()) return problem;
  impl.parser.header_limit(std::numeric_limits<std::uint32_t>::max());  // our own limits came first
  impl.parser.body_limit(impl.route.max_body_bytes);
  beast::error_code error;
  impl.parser.put(boost::asio::buffer(impl.head_bytes.data(), impl.head_bytes.size()), error);
  if (error || !impl.parser.is_header_done()) return Malformed("the head cannot be understood");
  if (has_body) {
    impl.scratch.resize(kScratchBytes);
    impl.lease = std::make_shared<Lease>(&impl.service->buffered_bytes);
    impl.request->body_lease = impl.lease;
  }
  return std::nullopt;
}

bool BodyReader::is_done() const {
  return impl_->head.framing == BodyFraming::kNone || impl_->parser.is_done();
}
std::size_t BodyReader::num_bytes() const { return impl_->num_bytes; }

std::optional<Problem> BodyReader::Feed(std::string* received) {
  Impl& impl = *impl_;
  std::size_t used = 0;
  while (!is_done() && used < received->size()) {
    auto& body = impl.parser.get().body();
    body.data = impl.scratch.data();
    body.size = impl.scratch.size();
    body.more = true;
    beast::error_code error;
    const std::size_t taken =
        impl.parser.put(boost::asio::buffer(received->data() + used, received->size() - used), error);
    used += taken;
    const std::size_t produced = impl.scratch.size() - body.size;
    if (error == beast::http::error::body_limit) return TooLarge(impl.route.max_body_bytes);
    if (error == beast::http::error::need_buffer) error = {};
    const bool needs_more = error == beast::http::error::need_more;
    if (error && !needs_more) return Malformed("the body's chunked framing cannot be understood");
    if (produced > 0) {
      if (std::optional<Problem> problem = impl.Take({impl.scratch.data(), produced})) return problem;
    }
    if (taken == 0) break;
  }
  received->erase(0, used);
  // A chunk's size line or trailer that does not end.
  if (!is_done() && received->size() > kScratchBytes)
    return Malformed("the body's chunked framing has an endless line");
  return std::nullopt;
}

std::optional<Problem> BodyReader::Finish() {
  if (!impl_->multipart) return std::nullopt;
  const Result<void> finished = impl_->multipart->Finish();
  if (!finished) return Malformed(finished.error().message);
  impl_->request->parts = impl_->multipart->TakeParts();
  return std::nullopt;
}

}  // namespace higgins::server::http
