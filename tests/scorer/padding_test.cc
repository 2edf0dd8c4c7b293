#include "scorer/padding.h"

#include <gtest/gtest.h>

namespace higgins::scorer {
namespace {

TEST(Padding, MeetsFewLengths) {
  EXPECT_EQ(PaddedPhones(1), 16);
  EXPECT_EQ(PaddedPhones(16), 16);
  EXPECT_EQ(PaddedPhones(17), 32);
  EXPECT_EQ(PaddedPhones(64), 64);
  EXPECT_EQ(PaddedPhones(65), 128);
  EXPECT_EQ(PaddedWords(1), 8);
  EXPECT_EQ(PaddedWords(33), 64);
}

TEST(Padding, KeepsWhatIsRealAndMarksTheRest) {
  ScorerInput input;
  input.phone_features = Matrix(3, 2, 5.0F);
  input.phone_states = Matrix(3, 4, 6.0F);
  input.insertion_features = Matrix(3, 5, 4.0F);
  input.utterance_features = Matrix(1, 7, 1.0F);
  input.utterance_states = Matrix(1, 4, 2.0F);
  input.phone = {3, 2, 1};
  input.stress = {1, 2, 3};
  input.place = {0, 1, 2};
  input.word_of_phone = {0, 0, 1};
  input.word_pool = Matrix(2, 3, 0.5F);
  const PaddedInput padded = Pad(input);
  ASSERT_EQ(padded.input.phone_features.rows(), 16);
  EXPECT_EQ(padded.input.phone_features(2, 1), 5.0F);
  EXPECT_EQ(padded.input.phone_features(3, 0), 0.0F);
  EXPECT_EQ(padded.input.phone_states(15, 3), 0.0F);
  EXPECT_EQ(padded.input.phone.size(), 16U);
  EXPECT_EQ(padded.input.phone[2], 1);
  EXPECT_EQ(padded.input.phone[3], 0);
  EXPECT_EQ(padded.input.insertion_features.rows(), 16);
  EXPECT_EQ(padded.input.insertion_features(2, 4), 4.0F);
  EXPECT_EQ(padded.input.insertion_features(3, 0), 0.0F);
  EXPECT_EQ(padded.input.utterance_features.columns(), 7);
  ASSERT_EQ(padded.input.word_pool.rows(), 8);
  ASSERT_EQ(padded.input.word_pool.columns(), 16);
  EXPECT_EQ(padded.input.word_pool(1, 2), 0.5F);
  EXPECT_EQ(padded.input.word_pool(1, 3), 0.0F);
  EXPECT_EQ(padded.input.word_pool(2, 0), 0.0F);
  EXPECT_EQ(padded.phone_valid[2], 1.0F);
  EXPECT_EQ(padded.phone_valid[3], 0.0F);
  EXPECT_EQ(padded.word_valid, (std::vector<float>{1, 1, 0, 0, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace higgins::scorer
