#include "ctc/free_decode.h"

#include "gtest/gtest.h"

namespace higgins::ctc {
namespace {

constexpr int kBlank = 0;

Matrix Saying(const std::vector<int>& path, float log_posterior) {
  Matrix y(static_cast<int>(path.size()), 4, -5.0F);
  for (int t = 0; t < y.rows(); ++t) y(t, path[static_cast<std::size_t>(t)]) = log_posterior;
  return y;
}

TEST(FreeDecode, MergesRepeatsAndDropsBlanks) {
  Matrix y = Saying({0, 2, 2, 3, 0, 3, 3, 0}, -0.5F);
  y(2, 2) = -0.1F;
  const std::vector<DecodedPhone> phones = FreeDecode(y.view(), kBlank);
  ASSERT_EQ(phones.size(), 3U);
  EXPECT_EQ(phones[0].label, 2);
  EXPECT_EQ(phones[0].begin_frame, 1);
  EXPECT_EQ(phones[0].end_frame, 3);
  EXPECT_NEAR(phones[0].log_posterior, -0.3F, 1e-6F);
  EXPECT_EQ(phones[1].label, 3);
  EXPECT_EQ(phones[1].end_frame, 4);
  EXPECT_EQ(phones[2].label, 3);
  EXPECT_EQ(phones[2].begin_frame, 5);
  EXPECT_EQ(phones[2].end_frame, 7);
}

TEST(FreeDecode, HearsNothingInBlanksAndInNoFrames) {
  EXPECT_TRUE(FreeDecode(Saying({0, 0, 0}, -0.1F).view(), kBlank).empty());
  EXPECT_TRUE(FreeDecode(MatrixView<const float>(), kBlank).empty());
}

TEST(FreeDecode, TheBlankMayBeAnyColumn) {
  const std::vector<DecodedPhone> phones = FreeDecode(Saying({3, 0, 3}, -0.1F).view(), 3);
  ASSERT_EQ(phones.size(), 1U);
  EXPECT_EQ(phones[0].label, 0);
}

}  // namespace
}  // namespace higgins::ctc
