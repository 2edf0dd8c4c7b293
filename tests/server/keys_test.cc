#include "transports/server/security/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace higgins::server::security {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// printf secret | sha256sum
constexpr const char* kSha256OfSecret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

std::string File(const std::string& more = "") {
  return std::string(R"({"keys": [{"name": "school", "sha256": ")") + kSha256OfSecret + "\"" + more + "}]}";
}

TEST(Keys, AreFoundByTheirDigest) {
  const Result<KeyRing> ring = KeyRing::Parse(File(), "keys.json");
  ASSERT_TRUE(ring) << ring.error().message;
  ASSERT_NE(ring->Find("secret"), nullptr);
  EXPECT_EQ(ring->Find("secret")->name, "school");
  for (const char* wrong : {"", "Secret", "secret ", kSha256OfSecret})
    EXPECT_EQ(ring->Find(wrong), nullptr) << wrong;
}

TEST(Keys, HaveAllScopesButMetricsUnlessTheySay) {
  const Result<KeyRing> all = KeyRing::Parse(File(), "");
  EXPECT_TRUE(all->Find("secret")->Permits("assess"));
  EXPECT_FALSE(all->Find("secret")->Permits("metrics"));
  const Result<KeyRing> some = KeyRing::Parse(File(R"(, "scopes": ["metrics"])"), "");
  EXPECT_FALSE(some->Find("secret")->Permits("assess"));
  EXPECT_TRUE(some->Find("secret")->Permits("metrics"));
}

TEST(Keys, SayWhatIsWrongWithAFile) {
  for (const std::string& bad :
       {std::string("nonsense"), std::string("{}"), std::string(R"({"keys": {}})"),
        std::string(R"({"keys": [{}]})"), std::string(R"({"keys": [{"name": "a", "sha256": "abc"}]})"),
        File(R"(, "scopes": ["everything"])"), File(R"(, "scopes": "assess")"), File(R"(, "rate_per_s": -1)"),
        File(R"(, "burst": 0)")}) {
    const Result<KeyRing> ring = KeyRing::Parse(bad, "keys.json");
    ASSERT_FALSE(ring) << bad;
    EXPECT_THAT(ring.error().message, HasSubstr("keys.json: "));
  }
}

TEST(Keys, NewOnesCanBeUsed) {
  const Result<NewKey> made = MakeKey("tester");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->key.size(), 3 + 43U);
  const Result<KeyRing> ring = KeyRing::Parse("{\"keys\": [" + made->entry + "]}", "");
  ASSERT_TRUE(ring) << ring.error().message;
  ASSERT_NE(ring->Find(made->key), nullptr);
  EXPECT_NE(MakeKey("tester")->key, made->key);
}

TEST(RateLimiter, FillsItsBucket) {
  Key key;
  key.name = "a";
  key.rate_per_s = 10;
  key.burst = 2;
  RateLimiter limiter;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(limiter.Take(key, start));
  EXPECT_FALSE(limiter.Take(key, start));
  const auto wait_s = limiter.Take(key, start);
  ASSERT_TRUE(wait_s);
  EXPECT_NEAR(*wait_s, 0.1, 1e-9);
  EXPECT_FALSE(limiter.Take(key, start + 101ms));
  EXPECT_TRUE(limiter.Take(key, start + 102ms));
  EXPECT_FALSE(limiter.Take(key, start + 10s));  // never more than the burst
  EXPECT_FALSE(limiter.Take(key, start + 10s));
  EXPECT_TRUE(limiter.Take(key, start + 10s));
  key.rate_per_s = 0;
  EXPECT_FALSE(limiter.Take(key, start));
}

}  // namespace
}  // namespace higgins::server::security
