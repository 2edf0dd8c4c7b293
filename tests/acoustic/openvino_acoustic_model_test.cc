#include "acoustic/openvino/openvino_acoustic_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/memory_store.h"
#include "support/tiny_speech.h"

namespace higgins::acoustic {
namespace {

using ::testing::HasSubstr;

std::vector<std::byte> TinyGraph(const char* name = "acoustic.onnx") {
  std::ifstream file(std::string(HIGGINS_SOURCE_DIR "/tests/data/tiny_pack/") + name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return testing::ToBytes(text);
}

OpenVinoOptions TinyOptions() {
  OpenVinoOptions options;
  options.state_dim = 8;
  return options;
}

std::unique_ptr<AcousticModel> Load(const OpenVinoOptions& options) {
  Result<std::unique_ptr<AcousticModel>> model = LoadOpenVinoAcousticModel(TinyGraph(), options);
  EXPECT_TRUE(model) << model.error().message;
  return *std::move(model);
}

Clip Say(const std::string& phones) {
  Clip clip;
  clip.samples = testing::SpeakTiny(phones);
  return clip;
}

TEST(OpenVinoAcousticModel, HearsTheTones) {
  const std::unique_ptr<AcousticModel> model = Load(TinyOptions());
  const Result<Posteriors> posteriors = model->Run(Say("K AE T"));
  ASSERT_TRUE(posteriors) << posteriors.error().message;
  EXPECT_EQ(posteriors->log_posteriors.columns(), 40);
  EXPECT_EQ(posteriors->states.columns(), 8);
  EXPECT_EQ(posteriors->states.rows(), posteriors->num_frames());
  std::vector<int> heard;
  for (int t = 0; t < posteriors->num_frames(); ++t) {
    const auto row = posteriors->log_posteriors.row(t);
    double sum = 0.0;
    for (const float value : row) sum += std::exp(value);
    EXPECT_NEAR(sum, 1.0, 1e-4);
    const int best = static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin());
    if (best != 0 && (heard.empty() || heard.back() != best)) heard.push_back(best);
  }
  EXPECT_EQ(heard, testing::TinyLabels("K AE T"));
}

TEST(OpenVinoAcousticModel, WhatOneProcessCompiledServesTheNext) {
  testing::MemoryStore memory;
  const auto fresh = LoadOpenVinoAcousticModel(TinyGraph(), TinyOptions(), memory.store());
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_EQ(memory.num_kept, 1);
  // The graph itself is not read.
  const auto again = LoadOpenVinoAcousticModel({}, TinyOptions(), memory.store());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(memory.num_kept, 1);
  const Result<Posteriors> expected = (*fresh)->Run(Say("K AE T"));
  const Result<Posteriors> actual = (*again)->Run(Say("K AE T"));
  ASSERT_TRUE(expected && actual);
  EXPECT_THAT(actual->log_posteriors.values(),
              ::testing::ElementsAreArray(expected->log_posteriors.values()));
}

TEST(OpenVinoAcousticModel, WhatTheRuntimeRefusesIsMadeAnew) {
  testing::MemoryStore memory;
  ASSERT_TRUE(LoadOpenVinoAcousticModel(TinyGraph(), TinyOptions(), memory.store()));
  const std::string good = memory.kept.begin()->second;
  for (const std::string& bytes : {std::string("nonsense"), good.substr(0, good.size() / 2)}) {
    memory.kept.begin()->second = bytes;
    memory.num_kept = 0;
    EXPECT_TRUE(LoadOpenVinoAcousticModel(TinyGraph(), TinyOptions(), memory.store()));
    EXPECT_EQ(memory.num_kept, 1);
    EXPECT_NE(memory.kept.begin()->second, bytes);
  }
}

TEST(OpenVinoAcousticModel, AnotherConfigurationIsKeptByItself) {
  testing::MemoryStore memory;
  OpenVinoOptions options = TinyOptions();
  ASSERT_TRUE(LoadOpenVinoAcousticModel(TinyGraph(), options, memory.store()));
  options.concurrent_requests = 2;
  ASSERT_TRUE(LoadOpenVinoAcousticModel(TinyGraph(), options, memory.store()));
  EXPECT_EQ(memory.kept.size(), 2U);
}

TEST(OpenVinoAcousticModel, ACompiledGraphIsCheckedLikeAnyOther) {
  testing::MemoryStore memory;
  ASSERT_TRUE(LoadOpenVinoAcousticModel(TinyGraph(), TinyOptions(), memory.store()));
  OpenVinoOptions other = TinyOptions();
  other.num_labels = 41;
  const auto model = LoadOpenVinoAcousticModel(TinyGraph(), other, memory.store());
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("log_posteriors"));
}

// This graph sees one frame at a time, so windows may change nothing at all.
TEST(OpenVinoAcousticModel, StitchesWindowsWithoutASeam) {
  std::string phones;
  for (int i = 0; i < 40; ++i) phones += "K AE T DH IY ";
  const Clip clip = Say(phones);  // 28 s
  OpenVinoOptions whole = TinyOptions();
  whole.window_frames = 100000;
  OpenVinoOptions windowed = TinyOptions();
  windowed.window_frames = 200;
  windowed.context_frames = 30;
  const Result<Posteriors> expected = Load(whole)->Run(clip);
  const Result<Posteriors> actual = Load(windowed)->Run(clip);
  ASSERT_TRUE(expected);
  ASSERT_TRUE(actual);
  ASSERT_EQ(actual->num_frames(), expected->num_frames());
  for (int t = 0; t < expected->num_frames(); ++t) {
    for (int label = 0; label < 40; ++label) {
      ASSERT_NEAR(actual->log_posteriors(t, label), expected->log_posteriors(t, label), 1e-5)
          << "frame " << t;
    }
  }
}

// Each window is run with silence behind it: nothing of that may be in the answer.
TEST(OpenVinoAcousticModel, GivesAFrameForEveryFrameOfTheRecording) {
  const std::unique_ptr<AcousticModel> model = Load(TinyOptions());
  const Clip whole = Say("K AE T DH IY K AE T");
  const Result<Posteriors> expected = model->Run(whole);
  ASSERT_TRUE(expected);
  for (int num_frames = 1; num_frames < expected->num_frames(); ++num_frames) {
    Clip part = whole;
    part.samples.resize(static_cast<std::size_t>(num_frames) * 320);
    const Result<Posteriors> actual = model->Run(part);
    ASSERT_TRUE(actual);
    ASSERT_EQ(actual->num_frames(), num_frames);
    ASSERT_EQ(actual->states.rows(), num_frames);
    for (int label = 0; label < 40; ++label) {
      ASSERT_NEAR(actual->log_posteriors(0, label), expected->log_posteriors(0, label), 1e-5);
    }
  }
}

TEST(OpenVinoAcousticModel, RefusesLessThanAFrame) {
  const std::unique_ptr<AcousticModel> model = Load(TinyOptions());
  Clip clip;
  EXPECT_EQ(model->Run(clip).error().code, ErrorCode::kAudioTooShort);
  clip.samples.resize(319);
  EXPECT_EQ(model->Run(clip).error().code, ErrorCode::kAudioTooShort);
  clip.samples.resize(320);
  EXPECT_EQ(model->Run(clip)->num_frames(), 1);
}

TEST(OpenVinoAcousticModel, GivesEveryThreadTheSameAnswer) {
  OpenVinoOptions options = TinyOptions();
  options.concurrent_requests = 2;
  const std::unique_ptr<AcousticModel> model = Load(options);
  const Clip clip = Say("M UW N");
  const Result<Posteriors> expected = model->Run(clip);
  ASSERT_TRUE(expected);
  std::vector<std::thread> threads;
  std::vector<int> num_equal(4, 0);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int run = 0; run < 5; ++run) {
        const Result<Posteriors> posteriors = model->Run(clip);
        const auto values = posteriors->log_posteriors.values();
        const auto wanted = expected->log_posteriors.values();
        num_equal[i] += std::equal(values.begin(), values.end(), wanted.begin(), wanted.end()) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_equal, std::vector<int>(4, 5));
}

TEST(LoadOpenVinoAcousticModel, SaysWhatDoesNotMatch) {
  OpenVinoOptions options = TinyOptions();
  options.num_labels = 41;
  Error error = LoadOpenVinoAcousticModel(TinyGraph(), options).error();
  EXPECT_EQ(error.code, ErrorCode::kBadPack);
  EXPECT_THAT(error.message, HasSubstr("[1,?,41]"));
  EXPECT_THAT(error.message, HasSubstr("40]"));

  options = TinyOptions();
  options.state_dim = 512;
  error = LoadOpenVinoAcousticModel(TinyGraph(), options).error();
  EXPECT_THAT(error.message, HasSubstr("state_dim"));

  error = LoadOpenVinoAcousticModel(TinyGraph("scorer.onnx"), TinyOptions()).error();
  EXPECT_EQ(error.code, ErrorCode::kBadPack);
  EXPECT_THAT(error.message, HasSubstr("expected one input `samples`"));
  EXPECT_THAT(error.message, HasSubstr("phone_features"));
}

TEST(LoadOpenVinoAcousticModel, RefusesWhatIsNoGraph) {
  for (const std::string text : {"", "not a graph", "\x08\x08\x12\x00"}) {
    const auto model = LoadOpenVinoAcousticModel(testing::ToBytes(text), TinyOptions());
    ASSERT_FALSE(model) << text;
    EXPECT_EQ(model.error().code, ErrorCode::kBadPack);
    EXPECT_EQ(model.error().message.find('\n'), std::string::npos) << model.error().message;
  }
  // A graph that was cut off anywhere.
  const std::vector<std::byte> graph = TinyGraph();
  for (const double fraction : {0.01, 0.5, 0.99}) {
    const auto size = static_cast<std::size_t>(fraction * static_cast<double>(graph.size()));
    EXPECT_FALSE(LoadOpenVinoAcousticModel(std::span(graph).first(size), TinyOptions())) << fraction;
  }
}

}  // namespace
}  // namespace higgins::acoustic
