#include "scorer/features.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace higgins {
namespace {

namespace column = utterance_column;

constexpr int kLabels = 5;   // blank, consonants 1 and 2, vowels 3 and 4
constexpr int kFrames = 40;  // 0.8 s
constexpr int kStates = 3;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Two words of two phones; all evidence flat, so that a test changes only what it is about.
struct Utterance {
  CanonicalPhones phones{{{1, -1}, {3, 1}, {4, 0}, {2, -1}}, {0, 0, 1, 1}, 2};
  Posteriors posteriors{Matrix(kFrames, kLabels, std::log(0.2F)), Matrix(kFrames, kStates, 1.0F), 20.0};
  Alignment alignment{{{4, 6}, {9, 10}, {27, 28}, {29, 31}}, -40.0};
  GopScores gop;
  Prosody prosody{std::vector<float>(kFrames, 0.0F), std::vector<float>(kFrames, -30.0F)};
  std::vector<Pause> pauses;

  Utterance() {
    gop.log_likelihood = -8.0;
    gop.substitution_ratio = Matrix(4, kLabels, 2.0F);
    gop.insertion_ratio = Matrix(5, kLabels, 6.0F);
    for (int i = 0; i < 5; ++i) gop.insertion_ratio(i, 0) = 0.0F;
    gop.gop_sd = {-0.5F, -2.0F, -4.0F, -8.0F};
    gop.gop_s = {-0.4F, -1.9F, -3.9F, -7.9F};
    gop.gop_sdi = {-0.6F, -2.1F, -4.1F, -8.1F};
    gop.gop_sa = {5.0F, 1.0F, -1.0F, -5.0F};
    gop.occupancy_frames = {2.0F, 1.0F, 1.0F, 2.0F};
    gop.occupancy = Matrix(4, kFrames);
    for (int i = 0; i < 4; ++i) {
      const FrameSpan span = alignment.phones[static_cast<std::size_t>(i)];
      for (int t = span.begin; t < span.end; ++t) gop.occupancy(i, t) = 1.0F;
    }
  }

  Result<ScorerInput> Build() const {
    return BuildScorerInput(phones, posteriors, alignment, gop, prosody, pauses);
  }
};

float At(const ScorerInput& input, int phone, int column) { return input.phone_features(phone, column); }
float At(const ScorerInput& input, column::Column column) { return input.utterance_features(0, column); }

constexpr PhoneColumns kColumn(kLabels);

TEST(PhoneSegments, WidenToTheMiddleOfTheGapsAndAtMostSixFrames) {
  const std::vector<FrameSpan> segments = PhoneSegments(Utterance().alignment, kFrames);
  const std::vector<std::pair<int, int>> expected = {{2, 7}, {7, 16}, {21, 28}, {28, 35}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(segments[i].begin, expected[i].first) << i;
    EXPECT_EQ(segments[i].end, expected[i].second) << i;
  }
}

TEST(PhoneSegments, AlwaysCoverTheirSpanStayInsideTheClipAndNeverOverlap) {
  EXPECT_TRUE(rc::check("segments", [] {
    Alignment alignment;
    int frame = 0;
    for (int i = *rc::gen::inRange(1, 12); i > 0; --i) {
      const int begin = frame + *rc::gen::inRange(0, 20);
      frame = begin + *rc::gen::inRange(1, 8);
      alignment.phones.push_back({begin, frame});
    }
    const int num_frames = frame + *rc::gen::inRange(0, 20);
    const std::vector<FrameSpan> segments = PhoneSegments(alignment, num_frames);
    int previous = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const FrameSpan span = alignment.phones[i], segment = segments[i];
      RC_ASSERT(
          (segment.begin >= previous && segment.begin <= span.begin && segment.begin >= span.begin - 6));
      RC_ASSERT((segment.end >= span.end && segment.end <= span.end + 6 && segment.end <= num_frames));
      previous = segment.end;
    }
  }));
}

TEST(ScorerInput, HasTheShapesOfTheGraphsInputs) {
  const auto input = Utterance().Build();
  ASSERT_TRUE(input) << input.error().message;
  EXPECT_EQ(input->phone_features.rows(), 4);
  EXPECT_EQ(input->phone_features.columns(), 3 * kLabels + 19);
  EXPECT_EQ(input->phone_states.columns(), 2 * kStates);
  EXPECT_EQ(input->insertion_features.rows(), 4);
  EXPECT_EQ(input->insertion_features.columns(), kLabels);
  EXPECT_EQ(input->utterance_features.rows(), 1);
  EXPECT_EQ(input->utterance_features.columns(), 23);
  EXPECT_EQ(input->utterance_states.columns(), 2 * kStates);
  EXPECT_EQ(input->word_pool.rows(), 2);
  EXPECT_EQ(input->word_pool.columns(), 4);
}

TEST(ScorerInput, SaysWhichPhoneItIsAndWhere) {
  Utterance utterance;
  utterance.phones = {{{3, 1}, {1, -1}, {4, 2}, {2, -1}}, {0, 1, 1, 1}, 2};
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  EXPECT_EQ(input->phone, (std::vector<std::int64_t>{3, 1, 4, 2}));
  // Both are monosyllables, one of them with secondary stress: no contrast, so plain vowels.
  EXPECT_EQ(input->stress, (std::vector<std::int64_t>{1, 0, 1, 0}));
  EXPECT_EQ(input->place, (std::vector<std::int64_t>{3, 0, 1, 2}));
  EXPECT_EQ(input->word_of_phone, (std::vector<std::int64_t>{0, 1, 1, 1}));
  EXPECT_EQ(input->word_pool(0, 0), 1.0F);
  EXPECT_EQ(input->word_pool(0, 1), 0.0F);
  EXPECT_FLOAT_EQ(input->word_pool(1, 3), 1.0F / 3.0F);
}

TEST(InsertionFeatures, AreTheRatiosAfterThePhone) {
  Utterance utterance;
  utterance.gop.insertion_ratio(0, 3) = -9.0F;  // before the first phone: not after any
  utterance.gop.insertion_ratio(2, 1) = -3.0F;
  utterance.gop.insertion_ratio(4, 2) = -kInfinity;
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  EXPECT_FLOAT_EQ(input->insertion_features(0, 3), 0.6F);
  EXPECT_FLOAT_EQ(input->insertion_features(1, 1), -0.3F);
  EXPECT_FLOAT_EQ(input->insertion_features(3, 2), -3.0F);
}

TEST(PhoneFeatures, GopColumnsAreClippedAndScaled) {
  Utterance utterance;
  utterance.gop.substitution_ratio(1, 2) = -7.0F;
  utterance.gop.substitution_ratio(1, 0) = kInfinity;  // a deletion that no path allows
  utterance.gop.insertion_ratio(1, 4) = -3.0F;
  utterance.gop.insertion_ratio(2, 1) = 50.0F;
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.substitution_ratio() + 2), -0.7F);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.substitution_ratio()), 3.0F);
  EXPECT_FLOAT_EQ(At(*input, 2, kColumn.gop_sd()), -0.4F);
  EXPECT_FLOAT_EQ(At(*input, 2, kColumn.gop_s()), -0.39F);
  EXPECT_FLOAT_EQ(At(*input, 2, kColumn.gop_sdi()), -0.41F);
  EXPECT_FLOAT_EQ(At(*input, 3, kColumn.gop_sa()), -0.5F);
  EXPECT_FLOAT_EQ(At(*input, 3, kColumn.log_occupancy()), std::log(2.0F));
  EXPECT_FLOAT_EQ(At(*input, 0, kColumn.log_likelihood_per_phone()), -0.4F);
  EXPECT_FLOAT_EQ(At(*input, 0, kColumn.log_frames_per_phone()), std::log(10.0F));
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.insertion_before()), -0.3F);
  EXPECT_FLOAT_EQ(At(*input, 0, kColumn.insertion_after()), -0.3F);  // the same place, seen from the left
  EXPECT_FLOAT_EQ(At(*input, 3, kColumn.insertion_after()), 0.6F);   // the blank's unused 0 does not count
}

TEST(PhoneFeatures, ReadTheSegmentAndTheOccupancyAndNothingElse) {
  Utterance utterance;
  Matrix& log_posteriors = utterance.posteriors.log_posteriors;
  log_posteriors(9, 3) = -1.0F;   // the only frame that phone 1 occupies
  log_posteriors(15, 4) = -0.5F;  // last frame of its segment [7, 16)
  log_posteriors(16, 4) = -0.1F;  // one beyond
  log_posteriors(8, 2) = -kInfinity;
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  const float flat = std::log(0.2F);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.log_posterior()), -0.2F);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.max_log_posteriors() + 4), -0.5F / 6);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.mean_log_posteriors() + 4), (8 * flat - 0.5F) / 9 / 6);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.mean_log_posteriors() + 2), (8 * flat - 12.0F) / 9 / 6);
}

TEST(PhoneFeatures, TimingComesFromTheSpansAndTheSegments) {
  const auto input = Utterance().Build();
  ASSERT_TRUE(input);
  EXPECT_FLOAT_EQ(At(*input, 0, kColumn.gap_before()), std::log(5.0F));  // 4 frames from the clip's begin
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.gap_after()), std::log(18.0F));  // 10 to 27
  EXPECT_FLOAT_EQ(At(*input, 3, kColumn.gap_after()), std::log(10.0F));  // 31 to 40
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.log_segment_length()), std::log(9.0F));
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.relative_length()), std::log(9.0F / 7.0F));  // (5 + 9 + 7 + 7) / 4
}

TEST(PhoneFeatures, ProsodyIsRelativeToTheSpeaker) {
  Utterance utterance;
  for (std::size_t t = 0; t < kFrames; ++t) utterance.prosody.f0_hz[t] = 200.0F;
  for (std::size_t t = 7; t < 16; ++t) {  // phone 1: rises a semitone a frame around 400 Hz, and is loud
    utterance.prosody.f0_hz[t] = 400.0F * std::exp2((static_cast<float>(t) - 11.0F) / 12.0F);
    utterance.prosody.energy_db[t] = t == 10 ? -10.0F : -20.0F;
  }
  utterance.prosody.f0_hz[21] = 0.0F;
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  EXPECT_NEAR(At(*input, 1, kColumn.relative_pitch()), 1.0F, 1e-5);
  EXPECT_NEAR(At(*input, 1, kColumn.pitch_slope()), 5.0F / 12.0F, 1e-4);  // 5 frames make 100 ms
  EXPECT_NEAR(At(*input, 0, kColumn.pitch_slope()), 0.0F, 1e-5);
  EXPECT_FLOAT_EQ(At(*input, 2, kColumn.voiced_fraction()), 6.0F / 7.0F);
  EXPECT_FLOAT_EQ(At(*input, 1, kColumn.max_energy()), 0.5F);  // the 90th percentile is -20 dB
  EXPECT_FLOAT_EQ(At(*input, 0, kColumn.mean_energy()), -0.5F);
}

TEST(PhoneFeatures, AnUnvoicedUtteranceHasNoPitch) {
  const auto input = Utterance().Build();
  ASSERT_TRUE(input);
  for (int phone = 0; phone < 4; ++phone) {
    EXPECT_EQ(At(*input, phone, kColumn.relative_pitch()), 0.0F);
    EXPECT_EQ(At(*input, phone, kColumn.voiced_fraction()), 0.0F);
  }
  EXPECT_EQ(At(*input, column::kPitchRange), 0.0F);
}

TEST(UtteranceFeatures, CountPhonesWordsAndTime) {
  const auto input = Utterance().Build();
  ASSERT_TRUE(input);
  EXPECT_FLOAT_EQ(At(*input, column::kLogPhones), std::log(4.0F));
  EXPECT_FLOAT_EQ(At(*input, column::kLogWords), std::log(2.0F));
  EXPECT_FLOAT_EQ(At(*input, column::kLogDuration), std::log(0.8F));
  EXPECT_FLOAT_EQ(At(*input, column::kPhonesPerSecond), 5.0F);
  EXPECT_FLOAT_EQ(At(*input, column::kLeadingSilence), 0.04F);  // segments reach from 2 to 35
  EXPECT_FLOAT_EQ(At(*input, column::kTrailingSilence), 0.1F);
  EXPECT_FLOAT_EQ(At(*input, column::kFractionGopBelow1), 0.75F);
  EXPECT_FLOAT_EQ(At(*input, column::kFractionGopBelow3), 0.5F);
  EXPECT_FLOAT_EQ(At(*input, column::kFractionGopBelow6), 0.25F);
  EXPECT_FLOAT_EQ(At(*input, column::kMeanGopSd), -0.3625F);
}

TEST(UtteranceFeatures, PausesAreCountedMeasuredAndTakenOutOfTheRate) {
  Utterance utterance;
  EXPECT_EQ(At(*utterance.Build(), column::kPausesPerWord), 0.0F);
  utterance.pauses = {{1, 2, {12, 22}}};
  auto input = utterance.Build();
  EXPECT_FLOAT_EQ(At(*input, column::kPausesPerWord), 0.5F);
  EXPECT_FLOAT_EQ(At(*input, column::kLongestPause), 0.2F);
  EXPECT_FLOAT_EQ(At(*input, column::kMeanPause), 0.2F);
  EXPECT_FLOAT_EQ(At(*input, column::kPauseFraction), 0.2F / 0.66F);
  EXPECT_FLOAT_EQ(At(*input, column::kArticulationRate), 4.0F / 0.46F);
}

TEST(UtteranceFeatures, VowelVariabilityLooksAtWordsWithTwoVowels) {
  Utterance utterance;
  EXPECT_EQ(At(*utterance.Build(), column::kVowelVariability), 0.0F);
  utterance.phones.word_of_phone = {0, 0, 0, 1};  // vowels of 9 and 7 frames in one word
  EXPECT_FLOAT_EQ(At(*utterance.Build(), column::kVowelVariability), 2.0F / 8.0F);
}

TEST(States, ArePooledOverTheSegmentAndUnderTheOccupancy) {
  Utterance utterance;
  for (int t = 0; t < kFrames; ++t) utterance.posteriors.states(t, 1) = static_cast<float>(t);
  utterance.gop.occupancy(3, 29) = 0.25F;
  utterance.gop.occupancy(3, 30) = 0.75F;
  for (int t = 0; t < kFrames; ++t) utterance.gop.occupancy(2, t) = 0.0F;  // a phone that no path emits
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  EXPECT_FLOAT_EQ(input->phone_states(3, 1), 31.0F);  // 28 to 34
  EXPECT_FLOAT_EQ(input->phone_states(3, kStates + 1), 29.75F);
  EXPECT_FLOAT_EQ(input->phone_states(2, kStates + 1), input->phone_states(2, 1));
  EXPECT_NEAR(input->utterance_states(0, 1), 19.5F, 1e-4);
  EXPECT_NEAR(input->utterance_states(0, kStates + 1), std::sqrt((40.0 * 40.0 - 1.0) / 12.0), 1e-4);
  EXPECT_NEAR(input->utterance_states(0, kStates), 0.0F, 1e-4);
}

TEST(ScorerInput, IsFiniteWhateverTheEvidence) {
  EXPECT_TRUE(rc::check("finite", [] {
    Utterance utterance;
    const auto wild = rc::gen::element(0.0F, -1.0F, 40.0F, -1e30F, -kInfinity, kInfinity);
    for (float& value : utterance.posteriors.log_posteriors.values()) value = std::min(0.0F, *wild);
    for (float& value : utterance.gop.substitution_ratio.values()) value = *wild;
    for (float& value : utterance.gop.insertion_ratio.values()) value = *wild;
    for (auto* track :
         {&utterance.gop.gop_sd, &utterance.gop.gop_s, &utterance.gop.gop_sdi, &utterance.gop.gop_sa}) {
      for (float& value : *track) value = *wild;
    }
    for (float& value : utterance.gop.occupancy_frames) value = *rc::gen::element(0.0F, 1e-9F, 3.0F);
    for (float& value : utterance.gop.occupancy.values()) value = *rc::gen::element(0.0F, 1e-30F, 1.0F);
    for (float& value : utterance.prosody.f0_hz) value = *rc::gen::element(0.0F, 60.0F, 500.0F);
    for (float& value : utterance.prosody.energy_db) value = *rc::gen::element(-100.0F, -30.0F, 3.0F);
    utterance.gop.log_likelihood = *wild;
    const auto input = utterance.Build();
    RC_ASSERT(input.has_value());
    for (const Matrix* matrix : {&input->phone_features, &input->phone_states, &input->insertion_features,
                                 &input->utterance_features, &input->utterance_states}) {
      for (const float value : matrix->values()) RC_ASSERT(std::isfinite(value));
    }
  }));
}

TEST(ScorerInput, IsTheSameEveryTime) {
  const auto a = Utterance().Build(), b = Utterance().Build();
  EXPECT_TRUE(std::ranges::equal(a->phone_features.values(), b->phone_features.values()));
  EXPECT_TRUE(std::ranges::equal(a->utterance_states.values(), b->utterance_states.values()));
}

TEST(ScorerInput, RefusesWhatDoesNotFitAndSaysWhy) {
  const auto refusal = [](auto change) {
    Utterance utterance;
    change(utterance);
    const auto input = utterance.Build();
    return input ? std::string("accepted") : input.error().message;
  };
  EXPECT_EQ(refusal([](Utterance& u) { u.phones = {}; }), "there is no phone to score");
  EXPECT_EQ(refusal([](Utterance& u) { u.gop.gop_sd.pop_back(); }), "values of gop_sd: expected 4, got 3");
  EXPECT_EQ(refusal([](Utterance& u) { u.prosody.f0_hz.pop_back(); }), "frames of f0: expected 40, got 39");
  EXPECT_EQ(refusal([](Utterance& u) { u.posteriors.states = Matrix(39, 3); }),
            "frames of the states: expected 40, got 39");
  EXPECT_EQ(refusal([](Utterance& u) { u.phones.phones[0].label = 5; }), "phone label 5: expected 0 to 4");
  EXPECT_EQ(refusal([](Utterance& u) {
              u.phones.word_of_phone = {0, 1, 0, 1};
            }),
            "word index 0 of a phone: expected 1 to 1");
  EXPECT_EQ(refusal([](Utterance& u) { u.alignment.phones[2].end = 41; }),
            "aligned span [27, 41): expected one within [10, 40)");
  EXPECT_EQ(refusal([](Utterance& u) { u.posteriors.states(0, 0) = kInfinity; }),
            "the acoustic model's states are not finite");
}

TEST(ScorerInput, TellsStressOnlyWhereAWordHasAContrast) {
  Utterance utterance;
  utterance.phones = {{{3, 1}, {1, -1}, {4, 2}, {2, -1}}, {0, 0, 0, 0}, 1};
  const auto input = utterance.Build();
  ASSERT_TRUE(input);
  EXPECT_EQ(input->stress, (std::vector<std::int64_t>{2, 0, 1, 0}));
}

}  // namespace

}  // namespace higgins
