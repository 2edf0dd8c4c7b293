#include "transports/server/http/responder.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <utility>

#include "transports/server/http/problem.h"

namespace higgins::server::http {
namespace {

class Promise {
 public:
  Promise(std::shared_ptr<ResponseSlot> slot, std::string request_id)
      : slot_(std::move(slot)), request_id_(std::move(request_id)) {}
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;
  ~Promise() {
    Keep(ToResponse({.kind = ProblemKind::kInternal, .detail = "no handler answered the request"},
                    request_id_));
  }

  void Keep(Response response) {
    if (kept_.exchange(true)) return;
    const auto executor = slot_->arrived.get_executor();
    boost::asio::post(executor, [slot = slot_, held = std::move(response)]() mutable {
      slot->response = std::move(held);
      slot->arrived.cancel();
    });
  }

 private:
  std::shared_ptr<ResponseSlot> slot_;
  std::string request_id_;
  std::atomic<bool> kept_{false};
};

}  // namespace

Respond MakeRespond(std::shared_ptr<ResponseSlot> slot, const std::string& request_id) {
  const auto promise = std::make_shared<Promise>(std::move(slot), request_id);
  return [promise](Response response) { promise->Keep(std::move(response)); };
}

}  // namespace higgins::server::http
