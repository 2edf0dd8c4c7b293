#include "transports/server/http/admission.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace higgins::server::http {
namespace {

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() {
    service_.router.Add({.method = "GET", .pattern = "/healthz"});
    service_.router.Add({.method = "POST", .pattern = "/v1/assess", .access = {.scope = "assess"}});
    service_.router.Add({.method = "GET", .pattern = "/v1/jobs/{id}", .access = {.scope = "batch"}});
    service_.router.AddWebSocket({.pattern = "/v1/stream", .access = {.scope = "stream"}});
    service_.options.cors_origins = {"https://app.example"};
    service_.authorise = [this](const Access& access, Request* request) -> std::optional<Problem> {
      ++num_asked_;
      if (!access.scope.empty() && request->headers.Find("X-Key") == nullptr)
        return Problem{.kind = ProblemKind::kUnauthorised};
      request->client = "somebody";
      return std::nullopt;
    };
  }

  Admission Ask(const std::string& method, const std::string& path, const std::string& origin = "",
                Taking taking = Taking::kAll) {
    request_ = {};
    request_.method = method;
    request_.path = path;
    request_.headers.Add("Host", "server.example");
    request_.headers.Add("X-Key", "k");
    if (!origin.empty()) request_.headers.Add("Origin", origin);
    return Admit(service_, taking, &request_);
  }

  Service service_;
  Request request_;
  int num_asked_ = 0;
};

TEST_F(AdmissionTest, LetsAnAuthorisedRequestGoOn) {
  const Admission admission = Ask("GET", "/v1/jobs/7");
  EXPECT_FALSE(admission.answer);
  ASSERT_NE(admission.match.route, nullptr);
  EXPECT_EQ(*request_.path_parameters.Find("id"), "7");
  EXPECT_EQ(request_.client, "somebody");
}

TEST_F(AdmissionTest, AWebSocketHasNoRouteAndNoAnswer) {
  const Admission admission = Ask("GET", "/v1/stream");
  EXPECT_FALSE(admission.answer);
  EXPECT_EQ(admission.match.route, nullptr);
  ASSERT_NE(admission.match.websocket, nullptr);
  EXPECT_EQ(Ask("POST", "/v1/stream").answer->status, 405);
}

TEST_F(AdmissionTest, RefusesBeforeAnybodyIsAskedForAKey) {
  EXPECT_EQ(Ask("GET", "/nothing").answer->status, 404);
  const Admission wrong_method = Ask("DELETE", "/v1/assess");
  EXPECT_EQ(wrong_method.answer->status, 405);
  EXPECT_EQ(*wrong_method.answer->headers.Find("Allow"), "POST");
  EXPECT_EQ(Ask("POST", "/v1/assess", "https://evil.test").answer->status, 403);
  EXPECT_EQ(num_asked_, 0);
}

TEST_F(AdmissionTest, AsksForAKey) {
  Request request;
  request.method = "POST";
  request.path = "/v1/assess";
  EXPECT_EQ(Admit(service_, Taking::kAll, &request).answer->status, 401);
}

TEST_F(AdmissionTest, AnswersPreflightsAndOptionsItself) {
  Request preflight;
  preflight.method = "OPTIONS";
  preflight.path = "/v1/assess";
  preflight.headers.Add("Origin", "https://app.example");
  preflight.headers.Add("Access-Control-Request-Method", "POST");
  EXPECT_EQ(Admit(service_, Taking::kAll, &preflight).answer->status, 204);
  EXPECT_EQ(Ask("OPTIONS", "*").answer->status, 204);
  EXPECT_EQ(num_asked_, 0);
}

TEST_F(AdmissionTest, WhileItEndsOnlyOpenPathsAreServed) {
  EXPECT_EQ(Ask("POST", "/v1/assess", "", Taking::kOpenPaths).answer->status, 503);
  EXPECT_FALSE(Ask("GET", "/healthz", "", Taking::kOpenPaths).answer);
}

TEST_F(AdmissionTest, APageOfTheListMayReadAnyRefusal) {
  for (const char* path : {"/nothing", "/v1/assess"}) {
    const Admission admission = Ask("DELETE", path, "https://app.example");
    EXPECT_GE(admission.answer->status, 400) << path;
    EXPECT_EQ(admission.origin, OriginKind::kAllowed) << path;
  }
}

TEST_F(AdmissionTest, AnOpenPathIsServedToAnyPage) {
  const Admission admission = Ask("GET", "/healthz", "https://evil.test");
  EXPECT_FALSE(admission.answer);
  EXPECT_EQ(admission.origin, OriginKind::kRefused);  // the browser does not get to read it
}

}  // namespace
}  // namespace higgins::server::http
