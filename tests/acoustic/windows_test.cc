#include "acoustic/windows.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace higgins::acoustic {
namespace {

TEST(PlanWindows, RunsWhatFitsInOnePiece) {
  const WindowPlan plan;
  for (const std::size_t num_samples : {std::size_t{1}, std::size_t{16000}, std::size_t{320000}}) {
    const std::vector<Window> windows = PlanWindows(num_samples, plan);
    ASSERT_EQ(windows.size(), 1U);
    EXPECT_EQ(windows[0].begin_sample, 0U);
    EXPECT_EQ(windows[0].end_sample, num_samples);
    EXPECT_EQ(windows[0].skip_frames, 0);
    EXPECT_EQ(windows[0].keep_frames, -1);
  }
}

TEST(PlanWindows, GivesContextOnBothSidesOfEveryCut) {
  const std::vector<Window> windows = PlanWindows(50 * 16000, WindowPlan{});  // 50 s
  ASSERT_EQ(windows.size(), 3U);
  EXPECT_EQ(windows[0].end_sample, 20U * 16000);
  EXPECT_EQ(windows[0].keep_frames, 900);
  EXPECT_EQ(windows[1].begin_sample, 16U * 16000);
  EXPECT_EQ(windows[1].skip_frames, 100);
  EXPECT_EQ(windows[1].keep_frames, 800);
  EXPECT_EQ(windows[2].begin_sample, 32U * 16000);
  EXPECT_EQ(windows[2].end_sample, 50U * 16000);
  EXPECT_EQ(windows[2].keep_frames, -1);
}

TEST(PlanWindows, RunsFewLengths) {
  const WindowPlan plan;
  std::set<std::size_t> lengths;
  for (std::size_t num_samples = 320; num_samples <= 60U * 16000; num_samples += 123) {
    for (const Window& window : PlanWindows(num_samples, plan)) {
      lengths.insert(window.end_sample - window.begin_sample + window.num_silent);
      EXPECT_LT(window.num_silent, 8000U);
    }
  }
  EXPECT_EQ(lengths.size(), 40U);  // 0.5, 1, ... 20 s
  EXPECT_EQ(*lengths.rbegin(), 320000U);
  EXPECT_EQ(PlanWindows(std::size_t{5} * 16000, plan)[0].num_silent, 0U);
}

TEST(FramesOfRecording, AreThoseOfARunWithoutSilence) {
  const WindowPlan plan;
  for (std::size_t num_samples = 320; num_samples < 40000; num_samples += 7) {
    const Window window = PlanWindows(num_samples, plan)[0];
    const auto whisper = [](std::size_t samples) { return static_cast<int>((samples / 160 + 1) / 2); };
    ASSERT_EQ(FramesOfRecording(whisper(num_samples + window.num_silent), window, plan), whisper(num_samples))
        << num_samples;
  }
}

// For every length and plan: the kept frames are 0, 1, 2, ... without gap or overlap, every window is within
// its bounds, and no kept frame is nearer than the context to a cut.
RC_GTEST_PROP(PlanWindows, KeepsEveryFrameOnce, ()) {
  WindowPlan plan;
  plan.samples_per_frame = *rc::gen::inRange(1, 400);
  plan.context_frames = *rc::gen::inRange(1, 20);
  plan.window_frames = 2 * plan.context_frames + *rc::gen::inRange(1, 50);
  const auto num_samples = static_cast<std::size_t>(*rc::gen::inRange(1, 100000));
  const auto frame = static_cast<std::size_t>(plan.samples_per_frame);
  std::size_t next_frame = 0;
  const std::vector<Window> windows = PlanWindows(num_samples, plan);
  for (const Window& window : windows) {
    const bool is_last = &window == &windows.back();
    RC_ASSERT(window.begin_sample % frame == 0U);
    RC_ASSERT(window.end_sample <= num_samples);
    RC_ASSERT(window.end_sample - window.begin_sample <=
              frame * static_cast<std::size_t>(plan.window_frames));
    RC_ASSERT(window.begin_sample / frame + static_cast<std::size_t>(window.skip_frames) == next_frame);
    RC_ASSERT(window.skip_frames == (window.begin_sample == 0 ? 0 : plan.context_frames));
    RC_ASSERT(is_last == (window.keep_frames == -1));
    if (is_last) {
      RC_ASSERT(window.end_sample == num_samples);
      // Something is left to keep behind the context.
      RC_ASSERT(window.end_sample - window.begin_sample >
                frame * static_cast<std::size_t>(window.skip_frames));
    } else {
      RC_ASSERT(window.skip_frames + window.keep_frames + plan.context_frames == plan.window_frames);
      next_frame += static_cast<std::size_t>(window.keep_frames);
    }
  }
}

}  // namespace
}  // namespace higgins::acoustic
