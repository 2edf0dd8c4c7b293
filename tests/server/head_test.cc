#include "transports/server/http/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace higgins::server::http {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHost = "Host: a.example\r\n";

/// Head or error of bytes that a client sends; the status is 0 when the head is good, -1 when more is needed.
struct Verdict {
  int status = 0;
  std::string detail;
  Head head;
};

Verdict Judge(const std::string& bytes) {
  const auto end = FindHeadEnd(bytes);
  if (const auto* error = std::get_if<HeadError>(&end)) return {error->status, error->detail, {}};
  const auto size = std::get<0>(end);
  if (!size) return {-1, "", {}};
  auto head = ParseHead(std::string_view(bytes).substr(0, *size));
  if (const auto* error = std::get_if<HeadError>(&head)) return {error->status, error->detail, {}};
  return {0, "", std::get<Head>(std::move(head))};
}

std::string Get(const std::string& headers, const std::string& target = "/") {
  return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}
std::string Post(const std::string& headers, const std::string& version = "1.1") {
  return "POST /v1/assess HTTP/" + version + "\r\n" + kHost + headers + "\r\n";
}

struct Case {
  const char* name;
  std::string bytes;
  int status;
};

// The name of a case, not its bytes, in the names of tests.
void PrintTo(const Case& tested, std::ostream* out) { *out << tested.name; }

class Heads : public ::testing::TestWithParam<Case> {};

TEST_P(Heads, AreJudgedStrictly) {
  const Verdict verdict = Judge(GetParam().bytes);
  EXPECT_EQ(verdict.status, GetParam().status) << verdict.detail;
  EXPECT_EQ(verdict.detail.find('\n'), std::string::npos);
}

const std::vector<Case> kCases{
    {"plain", Get(kHost), 0},
    {"no_headers_1_0", "GET / HTTP/1.0\r\n\r\n", 0},
    {"incomplete", "GET / HTTP/1.1\r\nHost: a\r\n", -1},
    {"incomplete_cr", "GET / HTTP/1.1\r", -1},
    {"high_bytes_in_value", Get(std::string(kHost) + "X: caf\xc3\xa9\r\n"), 0},
    {"tab_in_value", Get(std::string(kHost) + "X: a\tb\r\n"), 0},
    {"empty_value", Get(std::string(kHost) + "X:\r\n"), 0},
    {"host_with_port", Get("Host: [::1]:8080\r\n"), 0},
    {"absolute_target", Get(kHost, "http://a.example/x"), 0},
    {"absolute_target_without_path", Get(kHost, "http://a.example"), 0},
    {"absolute_target_of_another_host", Get(kHost, "http://b.example/x"), 400},
    {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"asterisk_get", Get(kHost, "*"), 400},
    // line ends and control characters
    {"bare_lf_in_request_line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
    {"bare_lf_after_header", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"bare_lf_at_end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
    {"bare_cr", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
    {"nul", Get(std::string("Host: a\r\nX: a") + '\0' + "b\r\n"), 400},
    {"escape_character",
     Get("Host: a\r\nX: a\x1b"
         "b\r\n"),
     400},
    {"delete_character",
     Get("Host: a\r\nX: a\x7f"
         "b\r\n"),
     400},
    {"empty_line_first", "\r\n" + Get(kHost), 400},
    {"tls_hello", "\x16\x03\x01\x02", 400},
    {"lower_case_method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    // request line
    {"two_spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"tab_between", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"space_in_target", Get(kHost, "/a b"), 400},
    {"fragment", Get(kHost, "/a#b"), 400},
    {"high_byte_in_target", Get(kHost, "/caf\xc3\xa9"), 400},
    {"no_slash", Get(kHost, "a"), 400},
    {"no_version", "GET /\r\nHost: a\r\n\r\n", 400},
    {"http_2", "PRI * HTTP/2.0\r\n\r\n", 505},
    {"http_1_2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    {"lower_case_http", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
    {"long_method", std::string(21, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"long_target", Get(kHost, "/" + std::string(8192, 'a')), 414},
    {"endless_target", "GET /" + std::string(17000, 'a'), 414},
    {"endless_headers", Get(kHost).substr(0, 20) + std::string(17000, 'a'), 431},
    // header lines
    {"obs_fold", Get("Host: a\r\nX: a\r\n b\r\n"), 400},
    {"obs_fold_first", "GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n", 400},
    {"space_before_colon", Get("Host : a\r\n"), 400},
    {"no_colon", Get("Host: a\r\nnonsense\r\n"), 400},
    {"empty_name", Get("Host: a\r\n: x\r\n"), 400},
    {"name_with_bracket", Get("Host: a\r\nX(y): x\r\n"), 400},
    {"no_host", Get("X: y\r\n"), 400},
    {"two_hosts", Get("Host: a\r\nhost: a\r\n"), 400},
    {"empty_host", Get("Host:\r\n"), 400},
    {"host_with_slash", Get("Host: a/b\r\n"), 400},
    {"host_with_user", Get("Host: u@a\r\n"), 400},
    // framing
    {"length", Post("Content-Length: 5\r\n"), 0},
    {"zero_length", Post("Content-Length: 0\r\n"), 0},
    {"two_lengths", Post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
    {"length_list", Post("Content-Length: 5, 5\r\n"), 400},
    {"length_with_sign", Post("Content-Length: +5\r\n"), 400},
    {"negative_length", Post("Content-Length: -5\r\n"), 400},
    {"hexadecimal_length", Post("Content-Length: 0x5\r\n"), 400},
    {"empty_length", Post("Content-Length:\r\n"), 400},
    {"huge_length", Post("Content-Length: 18446744073709551616\r\n"), 400},
    {"chunked", Post("Transfer-Encoding: chunked\r\n"), 0},
    {"chunked_in_capitals", Post("Transfer-Encoding: Chunked\r\n"), 0},
    {"chunked_and_length", Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
    {"length_and_chunked", Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"xchunked", Post("Transfer-Encoding: xchunked\r\n"), 501},
    {"gzip_chunked", Post("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"chunked_twice", Post("Transfer-Encoding: chunked, chunked\r\n"), 501},
    {"two_codings", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"identity", Post("Transfer-Encoding: identity\r\n"), 501},
    {"coding_with_vertical_tab",
     Post("Transfer-Encoding: \x0b"
          "chunked\r\n"),
     400},
    {"chunked_in_1_0", Post("Transfer-Encoding: chunked\r\n", "1.0"), 400},
    {"expect_continue", Post("Content-Length: 5\r\nExpect: 100-continue\r\n"), 0},
    {"expect_other", Post("Content-Length: 5\r\nExpect: 200-ok\r\n"), 417},
};

INSTANTIATE_TEST_SUITE_P(Table, Heads, ::testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Head, ManyHeadersAreRefused) {
  std::string headers = kHost;
  for (int i = 0; i < 100; ++i) headers += "X: y\r\n";
  EXPECT_EQ(Judge(Get(headers)).status, 431);
}

TEST(Head, SaysWhatItRead) {
  const Verdict post = Judge(Post("content-length: 12\r\nX-A:  b \r\nConnection: close\r\n"));
  EXPECT_EQ(post.head.method, "POST");
  EXPECT_EQ(post.head.target, "/v1/assess");
  EXPECT_EQ(post.head.framing, BodyFraming::kContentLength);
  EXPECT_EQ(post.head.content_length, 12U);
  EXPECT_FALSE(post.head.keep_alive);
  EXPECT_EQ(*post.head.headers.Find("x-a"), "b");
  EXPECT_EQ(post.head.headers.Find("y"), nullptr);
  EXPECT_EQ(Judge(Get(kHost, "http://a.example?q")).head.target, "/?q");
  EXPECT_TRUE(Judge(Post("Content-Length: 5\r\nExpect: 100-Continue\r\n")).head.expects_continue);
  EXPECT_FALSE(Judge(Post("Expect: 100-continue\r\n")).head.expects_continue);
  EXPECT_FALSE(Judge("GET / HTTP/1.0\r\n\r\n").head.keep_alive);
  EXPECT_TRUE(Judge("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").head.keep_alive);
  EXPECT_TRUE(Judge(Get(std::string(kHost) + "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"))
                  .head.wants_websocket);
  EXPECT_FALSE(Judge(Get(std::string(kHost) + "Upgrade: websocket\r\n")).head.wants_websocket);
}

TEST(Head, EndsWhereItEnds) {
  const std::string bytes = Get(kHost);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto end = FindHeadEnd(bytes.substr(0, size));
    ASSERT_TRUE(std::holds_alternative<std::optional<std::size_t>>(end)) << size;
    EXPECT_FALSE(std::get<0>(end)) << size;
  }
  EXPECT_EQ(std::get<0>(FindHeadEnd(bytes + "\x01\n rest")), bytes.size());
}

TEST(Target, IsDecodedOnce) {
  const auto parsed = ParseTarget("/v1/a%2Bb?text=We+call%20it&text=b%26&empty&k=%25");
  const auto& target = std::get<Target>(parsed);
  EXPECT_EQ(target.path, "/v1/a+b");
  EXPECT_EQ(target.query.All("text"), (std::vector<std::string>{"We call it", "b&"}));
  EXPECT_EQ(*target.query.Find("empty"), "");
  EXPECT_EQ(*target.query.Find("k"), "%");
}

TEST(Target, RefusesWhatIsAmbiguous) {
  for (const char* target : {"/a%2fb", "/a%00", "/%", "/%4", "/%zz", "/a/../b", "/./a", "/%2e%2e/a",
                             "/a?b=%zz", "/%ff", "/a?b=%c3%28", "/%ed%a0%80"}) {
    EXPECT_TRUE(std::holds_alternative<HeadError>(ParseTarget(target))) << target;
  }
}

}  // namespace
}  // namespace higgins::server::http
