// A second witness: WORLD's DIO on the same signal. pyworld_f0.csv is made by make_pyworld_f0.py.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <numbers>
#include <vector>

#include "prosody/prosody.h"

namespace higgins {
namespace {

struct Formant {
  double centre_hz, half_bandwidth_hz;
};
constexpr Formant kFormants[] = {{700.0, 80.0}, {1200.0, 90.0}, {2600.0, 140.0}};

struct Part {
  double begin_s, end_s, first_hz, last_hz;  // 0 Hz: a hiss
};
constexpr Part kParts[] = {
    {0.2, 0.7, 120.0, 180.0}, {0.7, 0.85, 0.0, 0.0}, {0.85, 1.4, 220.0, 160.0}, {1.6, 2.0, 330.0, 380.0}};

double Vowel(double f0_hz, double phase) {
  double sum = 0.0;
  for (int k = 1; k <= static_cast<int>(4000.0 / f0_hz); ++k) {
    double gain = 0.1;
    for (const Formant& formant : kFormants) {
      const double distance = (k * f0_hz - formant.centre_hz) / formant.half_bandwidth_hz;
      gain += 1.0 / (1.0 + distance * distance);
    }
    sum += gain / k * std::sin(k * phase);
  }
  return 0.1 * sum;
}

Clip Sentence() {
  Clip clip;
  std::uint32_t state = 1;
  double phase = 0.0;
  for (int i = 0; i < 2 * Clip::kSampleRateHz; ++i) {
    state = state * 1664525U + 1013904223U;
    const double noise = state / 2147483648.0 - 1.0;
    const double time_s = static_cast<double>(i) / Clip::kSampleRateHz;
    double sample = 1e-4 * noise;
    for (const Part& part : kParts) {
      if (time_s < part.begin_s || time_s >= part.end_s) continue;
      if (part.first_hz == 0.0) {
        sample += 0.05 * noise;
        continue;
      }
      const double share = (time_s - part.begin_s) / (part.end_s - part.begin_s);
      const double f0_hz = part.first_hz + (part.last_hz - part.first_hz) * share;
      phase += 2.0 * std::numbers::pi * f0_hz / Clip::kSampleRateHz;
      sample += Vowel(f0_hz, phase);
    }
    clip.samples.push_back(static_cast<float>(sample));
  }
  return clip;
}

TEST(ProsodyAgainstWorld, AgreesOnVoicingAndPitchAwayFromTheEdges) {
  std::ifstream file(HIGGINS_SOURCE_DIR "/tests/prosody/pyworld_f0.csv");
  std::vector<float> world;
  for (float f0 = 0.0F; file >> f0;) world.push_back(f0);
  ASSERT_EQ(world.size(), 100U);
  const Prosody prosody = ComputeProsody(Sentence(), 100, 20.0);
  int num_voiced = 0, num_unvoiced = 0;
  for (std::size_t t = 2; t + 2 < world.size(); ++t) {
    // Where both look at the same thing for 100 ms: at an edge their windows differ.
    int num_neighbours_voiced = 0;
    for (std::size_t n = t - 2; n <= t + 2; ++n) num_neighbours_voiced += world[n] > 0.0F;
    if (num_neighbours_voiced == 5) {
      ++num_voiced;
      EXPECT_NEAR(prosody.f0_hz[t], world[t], 0.02 * world[t]) << "frame " << t;
    } else if (num_neighbours_voiced == 0) {
      ++num_unvoiced;
      EXPECT_EQ(prosody.f0_hz[t], 0.0F) << "frame " << t;
    }
  }
  EXPECT_GT(num_voiced, 50);
  EXPECT_GT(num_unvoiced, 8);
}

}  // namespace
}  // namespace higgins
