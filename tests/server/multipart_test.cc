#include "transports/server/http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace higgins::server::http {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGood =
    "--xyz\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nWe call\r\n--xy it\r\n"
    "--xyz\r\nContent-Disposition: form-data; name=audio; filename=\"a\\\"b.wav\"\r\nContent-Type: "
    "audio/wav\r\n\r\n"
    "RIFF\r\n\r\n--xyz\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xyz--\r\n";

Result<std::vector<Part>> Parse(const std::string& body, std::size_t step, std::size_t max_parts = 8) {
  MultipartParser parser("xyz", {.max_parts = max_parts, .max_part_head_bytes = 256});
  for (std::size_t i = 0; i < body.size(); i += step) {
    const Result<void> fed = parser.Feed(body.substr(i, step));
    if (!fed) return fed.error();
  }
  const Result<void> finished = parser.Finish();
  if (!finished) return finished.error();
  return parser.TakeParts();
}

TEST(Multipart, IsTheSameInPiecesOfAnySize) {
  for (std::size_t step = 1; step < 200; ++step) {
    const Result<std::vector<Part>> parts = Parse(kGood, step);
    ASSERT_TRUE(parts) << step << ": " << parts.error().message;
    ASSERT_EQ(parts->size(), 3U);
    EXPECT_EQ((*parts)[0].name, "text");
    EXPECT_EQ((*parts)[0].data, "We call\r\n--xy it");
    EXPECT_EQ((*parts)[1].name, "audio");
    EXPECT_EQ((*parts)[1].filename, "a\"b.wav");
    EXPECT_EQ((*parts)[1].content_type, "audio/wav");
    EXPECT_EQ((*parts)[1].data, "RIFF\r\n");
    EXPECT_EQ((*parts)[2].data, "");
  }
}

TEST(Multipart, RefusesWhatIsNot) {
  const std::string part = "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx";
  for (const std::string& body : std::vector<std::string>{
           "", "--xyz", "--xyz--extra", "--abc" + part + "\r\n--abc--",
           "preamble\r\n--xyz" + part + "\r\n--xyz--", "--xyz" + part, "--xyz" + part + "\r\n--xyz",
           "--xyz" + part + "\r\n--xyz-", "--xyz" + part + "\r\n--xyz--x", "--xyz\r\n\r\nx\r\n--xyz--",
           "--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--",
           "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--xyz--",
           "--xyz\nContent-Disposition: form-data; name=a\n\nx\n--xyz--",
           "--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--xyz--",
           "--xyz\r\nContent-Disposition: form-data; name=a\r\nX-Long: " + std::string(300, 'a') +
               "\r\n\r\nx\r\n--xyz--",
           "--xyz\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: "
           "base64\r\n\r\nx\r\n--xyz--"}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{10000}}) {
      const Result<std::vector<Part>> parts = Parse(body, step);
      ASSERT_FALSE(parts) << body;
      EXPECT_EQ(parts.error().code, ErrorCode::kInvalidArgument);
    }
  }
}

TEST(Multipart, CountsItsParts) {
  std::string body;
  for (int i = 0; i < 3; ++i) body += "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
  EXPECT_TRUE(Parse(body + "--xyz--", 7, 3));
  EXPECT_FALSE(Parse(body + "--xyz--", 7, 2));
}

TEST(Multipart, FindsTheBoundary) {
  EXPECT_EQ(*MultipartBoundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(*MultipartBoundary("Multipart/Form-Data;charset=utf-8 ; boundary=\"a b\""), "a b");
  EXPECT_EQ(MultipartBoundary("audio/wav").error().code, ErrorCode::kUnsupportedAudio);
  for (const char* type :
       {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\x01\"",
        "multipart/form-data; boundary=\"ends \""})
    EXPECT_EQ(MultipartBoundary(type).error().code, ErrorCode::kInvalidArgument) << type;
  EXPECT_FALSE(MultipartBoundary("multipart/form-data; boundary=" + std::string(71, 'a')));
}

}  // namespace
}  // namespace higgins::server::http
