#include "prosody/pauses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace higgins {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kFrames = 40;  // 0.8 s
constexpr double kShiftMs = 20.0;

/// Two words of two phones with a gap of 17 frames between them, all of it as loud as speech.
class PausesTest : public ::testing::Test {
 protected:
  std::vector<Pause> Find(const std::vector<FrameSpan>& other_speech = {}) const {
    return FindPauses(canonical_, alignment_, prosody_, kShiftMs, other_speech);
  }
  void SetEnergy(int begin, int end, float db) {
    for (int t = begin; t < end; ++t) prosody_.energy_db[static_cast<std::size_t>(t)] = db;
  }

  CanonicalPhones canonical_{{{1, -1}, {3, 1}, {4, 0}, {2, -1}}, {0, 0, 1, 1}, 2};
  Alignment alignment_{{{4, 6}, {9, 10}, {27, 28}, {29, 31}}, -40.0};
  Prosody prosody_{std::vector<float>(kFrames, 0.0F), std::vector<float>(kFrames, -30.0F)};
};

TEST_F(PausesTest, APauseIsAQuietBlankBetweenWords) {
  EXPECT_THAT(Find(), IsEmpty()) << "a blank gap of 340 ms, but as loud as speech";
  SetEnergy(12, 22, -70.0F);
  const std::vector<Pause> pauses = Find();
  ASSERT_THAT(pauses, SizeIs(1));
  EXPECT_EQ(pauses[0].phone_before, 1);
  EXPECT_EQ(pauses[0].phone_after, 2);
  EXPECT_EQ(pauses[0].frames.begin, 12);
  EXPECT_EQ(pauses[0].frames.end, 22);
}

TEST_F(PausesTest, TheClosureOfAStopIsNone) {
  SetEnergy(12, 21, -70.0F);  // 180 ms
  EXPECT_THAT(Find(), IsEmpty());
}

TEST_F(PausesTest, SilenceWithinAWordIsNone) {
  SetEnergy(12, 22, -70.0F);
  canonical_.word_of_phone = {0, 0, 0, 1};
  EXPECT_THAT(Find(), IsEmpty());
}

TEST_F(PausesTest, ABreathDoesNotSplitIt) {
  SetEnergy(12, 24, -70.0F);
  SetEnergy(17, 19, -30.0F);
  const std::vector<Pause> pauses = Find();
  ASSERT_THAT(pauses, SizeIs(1));
  EXPECT_EQ(pauses[0].frames.end - pauses[0].frames.begin, 12);
}

TEST_F(PausesTest, AWordThatWasLeftOutLiesInTheGap) {
  SetEnergy(12, 22, -70.0F);
  canonical_ = {{{1, -1}, {3, 1}, {1, -1}, {4, 0}, {2, -1}}, {0, 0, 1, 2, 2}, 3};
  alignment_.phones.insert(alignment_.phones.begin() + 2, FrameSpan{10, 10});
  const std::vector<Pause> pauses = Find();
  ASSERT_THAT(pauses, SizeIs(1));
  EXPECT_EQ(pauses[0].phone_before, 1);
  EXPECT_EQ(pauses[0].phone_after, 3);
}

TEST_F(PausesTest, WhatWasPaddedWithZerosIsNoFloor) {
  SetEnergy(0, 4, kEnergyFloorDb);
  SetEnergy(31, kFrames, kEnergyFloorDb);
  SetEnergy(12, 22, -70.0F);
  EXPECT_THAT(Find(), SizeIs(1)) << "the room is at -70 dBFS";
  SetEnergy(12, 22, kEnergyFloorDb);
  EXPECT_THAT(Find(), SizeIs(1));
}

// "We -- uh -- call": the "uh" sounds on behind the frame that holds its phone.
TEST_F(PausesTest, OtherSpeechDividesIt) {
  alignment_.phones = {{0, 1}, {2, 3}, {37, 38}, {39, 40}};
  SetEnergy(3, 16, -70.0F);
  SetEnergy(24, 37, -70.0F);
  EXPECT_THAT(Find(), SizeIs(1));
  const std::vector<Pause> pauses = Find({{17, 19}});
  ASSERT_THAT(pauses, SizeIs(2));
  for (const Pause& pause : pauses) EXPECT_EQ(pause.phone_after, 2);
  EXPECT_EQ(pauses[0].frames.begin, 3);
  EXPECT_EQ(pauses[0].frames.end, 16);
  EXPECT_EQ(pauses[1].frames.begin, 24);
  EXPECT_EQ(pauses[1].frames.end, 37);
  EXPECT_THAT(Find({{5, 8}, {14, 30}}), IsEmpty()) << "what is left is too short";
  EXPECT_THAT(Find({{0, 2}, {38, 39}}), SizeIs(1)) << "elsewhere";
}

TEST_F(PausesTest, NothingSaidIsNoPause) {
  SetEnergy(0, kFrames, -70.0F);
  alignment_.phones.assign(4, FrameSpan{0, 0});
  EXPECT_THAT(Find(), IsEmpty());
}

}  // namespace
}  // namespace higgins
