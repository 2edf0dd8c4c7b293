#include "report/text_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace higgins {
namespace {

TEST(Rounded, FourDecimals) {
  EXPECT_EQ(Rounded(0.12345), 0.1235);
  EXPECT_EQ(Rounded(-23.456789), -23.4568);
  EXPECT_EQ(Rounded(1.0), 1.0);
  EXPECT_EQ(Rounded(std::nan("")), 0.0);
  EXPECT_EQ(Rounded(std::numeric_limits<double>::infinity()), 0.0);
  EXPECT_FALSE(std::signbit(Rounded(-0.00001)));
  EXPECT_TRUE(std::isfinite(Rounded(std::numeric_limits<double>::max())));
}

TEST(Fixed, HasExactlyTheDecimals) {
  EXPECT_EQ(Fixed(0.4, 4), "0.4000");
  EXPECT_EQ(Fixed(-3.14159, 2), "-3.14");
  EXPECT_EQ(Fixed(-0.00001, 4), "0.0000");
  EXPECT_EQ(Fixed(std::nan(""), 1), "0.0");
  EXPECT_EQ(Fixed(std::numeric_limits<double>::max(), 0).size(), 309U);
  EXPECT_EQ(Seconds(120), "0.120");
  EXPECT_EQ(Seconds(61001), "61.001");
}

TEST(ValidUtf8, KeepsWhatIsValid) {
  for (const std::string text : {"", "plain", "café", "日本語", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_EQ(ValidUtf8(text), text);
  }
}

TEST(ValidUtf8, ReplacesWhatIsNot) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(ValidUtf8("caf\xE9"), "caf" + replaced);
  EXPECT_EQ(ValidUtf8("\xC0\xAF"), replaced + replaced) << "overlong";
  EXPECT_EQ(ValidUtf8("\xE0\x80\x80"), replaced + replaced + replaced) << "overlong";
  EXPECT_EQ(ValidUtf8("\xED\xA0\x80"), replaced + replaced + replaced) << "surrogate";
  EXPECT_EQ(ValidUtf8("\xF4\x90\x80\x80"), replaced + replaced + replaced + replaced) << "beyond U+10FFFF";
  EXPECT_EQ(ValidUtf8("\xF0\x9F\x98"), replaced + replaced + replaced) << "cut short";
  EXPECT_EQ(ValidUtf8("\xF8z"), replaced + "z");
}

// A JSON library is the second witness: it must accept exactly what we leave unchanged. Every sequence of up
// to two bytes, and the edges of the longer ones.
TEST(ValidUtf8, AgreesWithTheJsonLibrary) {
  const auto is_valid = [](const std::string& text) {
    try {
      nlohmann::json(text).dump();
      return true;
    } catch (const nlohmann::json::exception&) {
      return false;
    }
  };
  const auto check = [&](const std::string& text) {
    EXPECT_EQ(ValidUtf8(text) == text, is_valid(text));
    EXPECT_TRUE(is_valid(ValidUtf8(text)));
  };
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string two{static_cast<char>(a), static_cast<char>(b)};
      check(two);
      if (a >= 0xE0) check(two + "\x80");
      if (a >= 0xF0) check(two + "\xBF\x80");
    }
  }
}

}  // namespace
}  // namespace higgins
