#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "transports/server/http/cors.h"
#include "transports/server/http/problem.h"
#include "transports/server/http/reply.h"
#include "transports/server/http/router.h"

namespace higgins::server::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Router MakeRouter() {
  Router router;
  router.Add({.method = "GET", .pattern = "/"});
  router.Add({.method = "POST", .pattern = "/v1/assess"});
  router.Add({.method = "GET", .pattern = "/v1/jobs/{id}"});
  router.AddWebSocket({.pattern = "/v1/stream"});
  return router;
}

TEST(Router, FindsTheRouteAndItsParameters) {
  const Router router = MakeRouter();
  EXPECT_EQ(router.Find("POST", "/v1/assess").route->pattern, "/v1/assess");
  EXPECT_EQ(router.Find("GET", "/").route->pattern, "/");
  EXPECT_EQ(router.Find("HEAD", "/").route->pattern, "/");
  const Router::Match match = router.Find("GET", "/v1/jobs/abc");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(*match.path_parameters.Find("id"), "abc");
  EXPECT_EQ(router.Find("GET", "/v1/stream").websocket->pattern, "/v1/stream");
  EXPECT_EQ(router.Find("GET", "/v1/stream").route, nullptr);
}

TEST(Router, KnowsWhatItDoesNotKnow) {
  const Router router = MakeRouter();
  for (const char* path :
       {"/v1", "/v1/", "/v1/assess/", "/v1/jobs", "/v1/jobs/", "/v1/jobs/a/b", "//", "/v1//assess", ""})
    EXPECT_TRUE(router.Find("GET", path).allowed.empty()) << path;
  EXPECT_THAT(router.Find("GET", "/v1/assess").allowed, ElementsAre("POST"));
  EXPECT_EQ(router.Find("GET", "/v1/assess").route, nullptr);
  EXPECT_THAT(router.Find("PUT", "/v1/jobs/a").allowed, ElementsAre("GET", "HEAD"));
}

TEST(Problems, HaveNamesStatusesAndTitlesOfTheirOwn) {
  std::set<std::string> names;
  for (int i = 0; i < kNumProblemKinds; ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    EXPECT_TRUE(names.insert(ProblemName(kind)).second) << ProblemName(kind);
    EXPECT_GE(ProblemStatus(kind), 400);
    EXPECT_STRNE(StatusText(ProblemStatus(kind)), "Status");
    EXPECT_STRNE(ProblemTitle(kind), "");
  }
}

TEST(Problems, TranslateTheEnginesErrors) {
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kBadAudio, ""}).kind), 422);
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kUnsupportedAudio, ""}).kind), 415);
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kAudioTooLong, ""}).kind), 413);
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kAudioTooShort, ""}).kind), 422);
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kNoSpeech, ""}).kind), 422);
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kInvalidArgument, ""}).kind), 400);
  EXPECT_EQ(ProblemStatus(ProblemOf({ErrorCode::kInternal, ""}).kind), 500);
}

TEST(Problems, AreWrittenAsRfc9457HasThem) {
  const Response response = ToResponse(
      {.kind = ProblemKind::kQueueFull, .detail = "caf\xc3\xa9 \xff", .retry_after_s = 1.2}, "id1");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(*response.headers.Find("retry-after"), "2");
  const auto json = nlohmann::json::parse(response.body);
  EXPECT_EQ(json["type"], "urn:higgins:problem:queue-full");
  EXPECT_EQ(json["status"], 429);
  EXPECT_EQ(json["request_id"], "id1");
  EXPECT_NE(ToResponse({.kind = ProblemKind::kUnauthorised}, "").headers.Find("WWW-Authenticate"), nullptr);
}

Headers From(const std::string& origin) {
  Headers headers;
  headers.Add("Host", "server.example:8080");
  if (!origin.empty()) headers.Add("Origin", origin);
  return headers;
}

TEST(Cors, LetsInOnlyPagesOfTheListAndItsOwn) {
  const std::vector<std::string> list{"https://app.example"};
  EXPECT_EQ(JudgeOrigin(From(""), list), OriginKind::kNone);
  EXPECT_EQ(JudgeOrigin(From("https://server.example:8080"), list), OriginKind::kNone);
  EXPECT_EQ(JudgeOrigin(From("https://app.example"), list), OriginKind::kAllowed);
  for (const char* origin :
       {"https://app.example.evil.test", "http://app.example", "null", "https://server.example"})
    EXPECT_EQ(JudgeOrigin(From(origin), list), OriginKind::kRefused) << origin;
  EXPECT_EQ(JudgeOrigin(From("https://x.test"), {"*"}), OriginKind::kAllowed);
}

TEST(Reply, WritesWhatIsNeeded) {
  Response response;
  response.content_type = "text/plain";
  response.headers.Add("X-A", "b");
  const std::string head = WriteHead(response, 5, KeepAlive::kNo);
  EXPECT_THAT(head, ::testing::StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(head, ::testing::EndsWith("\r\n\r\n"));
  for (const char* line :
       {"Content-Length: 5\r\n", "Content-Type: text/plain\r\n", "X-A: b\r\n", "Connection: close\r\n"})
    EXPECT_THAT(head, HasSubstr(line));
  response.status = 204;
  EXPECT_THAT(WriteHead(response, 0, KeepAlive::kYes), Not(HasSubstr("Content-Length")));
}

TEST(Reply, TakesOnlySaneRequestIds) {
  Headers headers;
  headers.Add("X-Request-Id", "a-b_C.9");
  EXPECT_EQ(RequestId(headers), "a-b_C.9");
  headers.Set("X-Request-Id", "a b");
  EXPECT_EQ(RequestId(headers).size(), 16U);
  EXPECT_NE(RequestId({}), RequestId({}));
}

}  // namespace
}  // namespace higgins::server::http
