#include "base/span_stream.h"

#include <gtest/gtest.h>

#include <string>

namespace higgins {
namespace {

std::span<const std::byte> Bytes(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

TEST(SpanStream, ReadsTheBytesToTheirEnd) {
  const std::string text("one\0two", 7);
  SpanStream stream(Bytes(text));
  std::string read(10, ' ');
  stream.read(read.data(), 10);
  EXPECT_EQ(read.substr(0, 7), text);
  EXPECT_EQ(stream.gcount(), 7);
  EXPECT_TRUE(stream.eof());
}

TEST(SpanStream, ReadsNothingFromNoBytes) {
  SpanStream stream({});
  EXPECT_EQ(stream.get(), std::char_traits<char>::eof());
}

TEST(SpanStream, SeeksFromTheBeginningTheEndAndWhereItIs) {
  const std::string text = "0123456789";
  SpanStream stream(Bytes(text));
  stream.seekg(0, std::ios::end);
  EXPECT_EQ(stream.tellg(), 10);
  stream.seekg(4);
  EXPECT_EQ(stream.get(), '4');
  stream.seekg(2, std::ios::cur);
  EXPECT_EQ(stream.get(), '7');
  stream.seekg(-1, std::ios::end);
  EXPECT_EQ(stream.get(), '9');
}

TEST(SpanStream, DoesNotSeekOutside) {
  const std::string text = "0123456789";
  for (const int offset : {-1, 11}) {
    SpanStream stream(Bytes(text));
    stream.seekg(offset);
    EXPECT_TRUE(stream.fail()) << offset;
    stream.clear();
    EXPECT_EQ(stream.get(), '0') << offset;
  }
}

}  // namespace
}  // namespace higgins
