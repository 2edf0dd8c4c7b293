#include "quality/live_speech.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "quality/sounds.h"

namespace higgins::quality {
namespace {

using Kind = SpeechChange::Kind;
using testing::Joined;
using testing::Silence;
using testing::Voice;

std::vector<SpeechChange> Follow(const Clip& clip, std::size_t step, const LiveSpeechOptions& options = {}) {
  LiveSpeech speech(options);
  std::vector<SpeechChange> all;
  for (std::size_t end = step; end < clip.samples.size() + step; end += step) {
    const std::span<const float> so_far = std::span(clip.samples).first(std::min(end, clip.samples.size()));
    for (const SpeechChange& change : speech.Update(so_far)) all.push_back(change);
  }
  return all;
}

TEST(LiveSpeech, HearsWhereSpeechBeginsAndEnds) {
  const Clip clip = Joined(Joined(Silence(1.0), Voice(2.0)), Silence(1.5));
  const std::vector<SpeechChange> changes = Follow(clip, 1600);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].kind, Kind::kStarted);
  EXPECT_NEAR(changes[0].time_ms, 1000, 100);
  EXPECT_EQ(changes[1].kind, Kind::kEnded);
  EXPECT_NEAR(changes[1].time_ms, 2750, 150);  // the last syllable ends a quarter of a second before
}

TEST(LiveSpeech, APauseEndsItOnlyWhenItIsLongEnough) {
  const Clip clip = Joined(Joined(Voice(1.5), Silence(1.0)), Joined(Voice(1.5), Silence(2.5)));
  EXPECT_EQ(Follow(clip, 800, {.end_silence_ms = 700}).size(), 4U);
  EXPECT_EQ(Follow(clip, 800, {.end_silence_ms = 1800}).size(), 2U);
}

TEST(LiveSpeech, ReportsSilenceAtTheBeginningOnce) {
  const std::vector<SpeechChange> changes = Follow(Silence(9.0), 1600, {.initial_silence_ms = 2000});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].kind, Kind::kNothingYet);
  EXPECT_NEAR(changes[0].time_ms, 2000, 120);
}

TEST(LiveSpeech, TheCutDoesNotMatter) {
  const Clip clip = Joined(Joined(Silence(0.5), Voice(1.5)), Joined(Silence(1.0), Voice(1.0)));
  const std::vector<SpeechChange> expected = Follow(clip, clip.samples.size());
  for (const std::size_t step : {std::size_t{160}, std::size_t{777}, std::size_t{16000}}) {
    const std::vector<SpeechChange> changes = Follow(clip, step);
    ASSERT_EQ(changes.size(), expected.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      EXPECT_EQ(changes[i].kind, expected[i].kind);
      EXPECT_EQ(changes[i].time_ms, expected[i].time_ms);
    }
  }
}

TEST(LiveSpeech, KeepsWorkingBeyondItsWindow) {
  Clip clip = Joined(Voice(2.0), Silence(40.0));
  clip = Joined(Joined(std::move(clip), Voice(2.0)), Silence(1.5));
  const std::vector<SpeechChange> changes = Follow(clip, 1600);
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[2].kind, Kind::kStarted);
  EXPECT_NEAR(changes[2].time_ms, 42000, 150);
  EXPECT_NEAR(changes[3].time_ms, 43750, 150);
}

}  // namespace
}  // namespace higgins::quality
