#include "scorer/openvino/openvino_scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "support/memory_store.h"
#include "support/tiny_speech.h"

namespace higgins::scorer {
namespace {

using ::testing::HasSubstr;

constexpr int kNumFeatures = 139;
constexpr int kGopColumn = 41;

std::vector<std::byte> TinyGraph(const char* name = "tiny_pack/scorer.onnx") {
  std::ifstream file(std::string(HIGGINS_SOURCE_DIR "/tests/data/") + name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return testing::ToBytes(text);
}

OpenVinoOptions TinyOptions() {
  OpenVinoOptions options;
  options.state_dim = 8;
  options.num_phone_features = kNumFeatures;
  return options;
}

// Two words: the phones' GOP are given, the first word has the first phone only.
ScorerInput Input(const std::vector<float>& gop) {
  const int num_phones = static_cast<int>(gop.size());
  ScorerInput input;
  input.phone_features = Matrix(num_phones, kNumFeatures);
  input.word_pool = Matrix(2, num_phones);
  for (int i = 0; i < num_phones; ++i) {
    input.phone_features(i, kGopColumn) = gop[static_cast<std::size_t>(i)];
    input.word_pool(i == 0 ? 0 : 1, i) = i == 0 ? 1.0F : 1.0F / static_cast<float>(num_phones - 1);
  }
  return input;
}

float Sigmoid(double x) { return static_cast<float>(1.0 / (1.0 + std::exp(-x))); }

TEST(OpenVinoScorer, ReadsEveryOutput) {
  const auto scorer = LoadOpenVinoScorer(TinyGraph(), TinyOptions());
  ASSERT_TRUE(scorer) << scorer.error().message;
  const Result<Scores> scores = (*scorer)->Run(Input({0.0F, -1.0F, -0.5F}));
  ASSERT_TRUE(scores) << scores.error().message;
  const float a = Sigmoid(3.0);
  const float b = Sigmoid(-5.0);
  const float c = Sigmoid(-1.0);
  EXPECT_THAT(scores->phone,
              ::testing::ElementsAre(::testing::FloatNear(a, 1e-5F), ::testing::FloatNear(b, 1e-5F),
                                     ::testing::FloatNear(c, 1e-5F)));
  EXPECT_NEAR(scores->error_probability[1], 1.0F - b, 1e-5);
  ASSERT_EQ(scores->word_total.size(), 2U);
  EXPECT_NEAR(scores->word_accuracy[0], a, 1e-5);
  EXPECT_NEAR(scores->word_stress[1], (b + c) / 2.0F, 1e-5);
  EXPECT_NEAR(scores->total, (a + b + c) / 3.0F, 1e-5);
}

TEST(OpenVinoScorer, WhatOneProcessCompiledServesTheNext) {
  ScorerInput input = Input({0.0F, -1.0F, -0.5F});
  input.insertion_features = Matrix(3, 40, 1.0F);
  input.utterance_features = Matrix(1, 5, 0.1F);
  for (const char* graph : {"tiny_pack/scorer.onnx", "judging_scorer.onnx", "standardising_scorer.onnx"}) {
    testing::MemoryStore memory;
    const auto fresh = LoadOpenVinoScorer(TinyGraph(graph), TinyOptions(), memory.store());
    ASSERT_TRUE(fresh) << fresh.error().message;
    const auto again = LoadOpenVinoScorer({}, TinyOptions(), memory.store());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(memory.num_kept, 1);
    const Result<Scores> expected = (*fresh)->Run(input);
    const Result<Scores> actual = (*again)->Run(input);
    ASSERT_TRUE(expected && actual) << graph;
    EXPECT_EQ(actual->phone, expected->phone);
    EXPECT_EQ(actual->word_total, expected->word_total);
    EXPECT_EQ(actual->insertion_logit, expected->insertion_logit);
    EXPECT_EQ(actual->accuracy, expected->accuracy);
  }
}

TEST(OpenVinoScorer, TakesEveryLength) {
  const auto scorer = LoadOpenVinoScorer(TinyGraph(), TinyOptions());
  ASSERT_TRUE(scorer);
  for (const std::size_t num_phones : {2U, 40U, 3U, 400U, 2U}) {
    const Result<Scores> scores = (*scorer)->Run(Input(std::vector<float>(num_phones, -0.2F)));
    ASSERT_TRUE(scores) << scores.error().message;
    EXPECT_EQ(scores->phone.size(), num_phones);
    EXPECT_NEAR(scores->phone.back(), Sigmoid(1.4), 1e-5);
  }
}

TEST(OpenVinoScorer, AppliesTheCalibrationAndClamps) {
  OpenVinoOptions options = TinyOptions();
  options.calibration.detection_scale = 2.0;
  options.calibration.detection_offset = -1.0;
  options.calibration.score_scale = 4.0;
  options.calibration.score_offset = -1.0;
  const auto scorer = LoadOpenVinoScorer(TinyGraph(), options);
  ASSERT_TRUE(scorer);
  const Result<Scores> scores = (*scorer)->Run(Input({0.0F, -1.0F}));
  ASSERT_TRUE(scores);
  EXPECT_NEAR(scores->error_probability[0], Sigmoid(2.0 * -3.0 - 1.0), 1e-5);
  EXPECT_EQ(scores->phone[0], 1.0F);  // 4 * .95 - 1
  EXPECT_EQ(scores->phone[1], 0.0F);
}

// A standardiser that changes nothing is left out by the runtime, and the input has three names from then on.
TEST(OpenVinoScorer, SetsAnInputThatTheRuntimeGivesSeveralNames) {
  const auto scorer = LoadOpenVinoScorer(TinyGraph("standardising_scorer.onnx"), TinyOptions());
  ASSERT_TRUE(scorer) << scorer.error().message;
  ScorerInput input = Input({0.0F, -1.0F});
  input.utterance_features = Matrix(1, 5);
  for (int i = 0; i < 5; ++i) input.utterance_features(0, i) = 0.1F * static_cast<float>(i + 1);
  const Result<Scores> scores = (*scorer)->Run(input);
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_NEAR(scores->accuracy, 0.1F, 1e-6);
  EXPECT_NEAR(scores->fluency, 0.2F, 1e-6);
  EXPECT_NEAR(scores->total, 0.5F, 1e-6);
}

TEST(OpenVinoScorer, SaysOfInsertionsWhatTheGraphSays) {
  const auto without = LoadOpenVinoScorer(TinyGraph(), TinyOptions());
  ASSERT_TRUE(without);
  EXPECT_TRUE((*without)->Run(Input({0.0F, -1.0F}))->insertion_logit.empty());

  const auto scorer = LoadOpenVinoScorer(TinyGraph("judging_scorer.onnx"), TinyOptions());
  ASSERT_TRUE(scorer) << scorer.error().message;
  ScorerInput input = Input({0.0F, -1.0F});
  input.insertion_features = Matrix(2, 40, 7.0F);
  input.insertion_features(0, 0) = -2.0F;
  input.insertion_features(1, 0) = 3.0F;
  const Result<Scores> scores = (*scorer)->Run(input);
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_THAT(scores->insertion_logit, ::testing::ElementsAre(-2.0F, 3.0F));
  OpenVinoOptions calibrated = TinyOptions();
  calibrated.calibration.insertion_scale = 0.5;
  calibrated.calibration.insertion_offset = 1.0;
  const auto other = LoadOpenVinoScorer(TinyGraph("judging_scorer.onnx"), calibrated);
  ASSERT_TRUE(other);
  EXPECT_THAT((*other)->Run(input)->insertion_logit, ::testing::ElementsAre(0.0F, 2.5F));
  input.insertion_features(1, 0) = std::nanf("");
  EXPECT_FALSE((*scorer)->Run(input));
}

TEST(OpenVinoScorer, SaysWhatWasHeardWhereTheGraphDoes) {
  const auto without = LoadOpenVinoScorer(TinyGraph(), TinyOptions());
  ASSERT_TRUE(without);
  EXPECT_EQ((*without)->Run(Input({0.0F, -1.0F}))->heard_logit.rows(), 0);

  const auto scorer = LoadOpenVinoScorer(TinyGraph("judging_scorer.onnx"), TinyOptions());
  ASSERT_TRUE(scorer) << scorer.error().message;
  ScorerInput input = Input({0.0F, -1.0F});
  input.insertion_features = Matrix(2, 40);
  input.phone_features(0, 39) = 4.0F;  // the graph repeats the first features
  input.phone_features(1, 0) = -2.0F;
  const Result<Scores> scores = (*scorer)->Run(input);
  ASSERT_TRUE(scores) << scores.error().message;
  ASSERT_EQ(scores->heard_logit.rows(), 2);  // the graph's are padded
  ASSERT_EQ(scores->heard_logit.columns(), 40);
  EXPECT_EQ(scores->heard_logit(0, 39), 4.0F);
  EXPECT_EQ(scores->heard_logit(1, 0), -2.0F);
  EXPECT_EQ(scores->heard_logit(1, 39), 0.0F);
}

TEST(OpenVinoScorer, GivesAnErrorForANumberThatIsNone) {
  const auto scorer = LoadOpenVinoScorer(TinyGraph(), TinyOptions());
  ASSERT_TRUE(scorer);
  const Result<Scores> scores = (*scorer)->Run(Input({std::nanf(""), 0.0F}));
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().code, ErrorCode::kInternal);
}

TEST(LoadOpenVinoScorer, ChecksWhatAGraphMayRead) {
  OpenVinoOptions options = TinyOptions();
  options.num_labels = 40;
  EXPECT_TRUE(LoadOpenVinoScorer(TinyGraph("judging_scorer.onnx"), options));
  options.num_labels = 41;
  const Error error = LoadOpenVinoScorer(TinyGraph("judging_scorer.onnx"), options).error();
  EXPECT_EQ(error.code, ErrorCode::kBadPack);
  EXPECT_THAT(error.message, HasSubstr("insertion_features"));
}

TEST(LoadOpenVinoScorer, ChecksHowManyLabelsAreHeard) {
  OpenVinoOptions options = TinyOptions();
  options.num_labels = 40;
  EXPECT_TRUE(LoadOpenVinoScorer(TinyGraph("narrow_scorer.onnx"), TinyOptions()));
  const Error error = LoadOpenVinoScorer(TinyGraph("narrow_scorer.onnx"), options).error();
  EXPECT_EQ(error.code, ErrorCode::kBadPack);
  EXPECT_THAT(error.message, HasSubstr("heard_logit"));
}

TEST(LoadOpenVinoScorer, SaysWhatDoesNotMatch) {
  OpenVinoOptions options = TinyOptions();
  options.num_phone_features = 140;
  Error error = LoadOpenVinoScorer(TinyGraph(), options).error();
  EXPECT_EQ(error.code, ErrorCode::kBadPack);
  EXPECT_THAT(error.message, HasSubstr("139"));
  EXPECT_THAT(error.message, HasSubstr("140"));
  error = LoadOpenVinoScorer(TinyGraph("tiny_pack/acoustic.onnx"), TinyOptions()).error();
  EXPECT_THAT(error.message, HasSubstr("no input `samples`"));
  EXPECT_FALSE(LoadOpenVinoScorer(testing::ToBytes("nothing"), TinyOptions()));
}

}  // namespace
}  // namespace higgins::scorer
