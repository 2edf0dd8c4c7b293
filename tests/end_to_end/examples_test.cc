// The whole way on real recordings, with the committed pack: what a user sees. The bounds are those of the
// figures in the pack's card with room for noise; a change that moves a score by more than the tolerance must
// be a decision (HIGGINS_UPDATE_GOLDEN=1 rewrites golden/).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "end_to_end/examples.h"

namespace higgins::testing {
namespace {

// CPUs with and without VNNI sum int8 products differently; a single word feels it more than a whole
// utterance.
constexpr double kUtteranceTolerance = 0.05;
constexpr double kWordTolerance = 0.15;

class ExamplesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path pack = SourceDir() / "packs" / "en-us";
    if (!std::filesystem::exists(pack / "manifest.json")) {
      std::puts("packs/en-us has no manifest.json");  // ctest reads this and says "skipped"
      return;
    }
    AssessorOptions options;
    options.concurrent_requests = 2;
    auto opened = Assessor::Open(pack, options);
    ASSERT_TRUE(opened) << opened.error().message;
    assessor_.emplace(std::move(*opened));
    examples_ = ReadExamples();
    for (const Example& example : examples_) {
      auto report = assessor_->Assess(example.audio, example.text);
      ASSERT_TRUE(report) << example.name << ": " << report.error().message;
      reports_.emplace(example.name, *report);
    }
  }
  static void TearDownTestSuite() { assessor_.reset(); }

  void SetUp() override {
    if (!assessor_) GTEST_SKIP() << "there is no pack, or it could not be loaded";
  }

  static std::optional<Assessor> assessor_;
  static std::vector<Example> examples_;
  static std::map<std::string, Report> reports_;
};
std::optional<Assessor> ExamplesTest::assessor_;
std::vector<Example> ExamplesTest::examples_;
std::map<std::string, Report> ExamplesTest::reports_;

TEST_F(ExamplesTest, EveryScoreIsInRangeAndEveryTimeInOrder) {
  for (const auto& [name, report] : reports_) {
    SCOPED_TRACE(name);
    for (const double score : {report.utterance.accuracy, report.utterance.fluency, report.utterance.prosody,
                               report.utterance.completeness, report.utterance.total}) {
      EXPECT_GE(score, 0.0);
      EXPECT_LE(score, 1.0);
    }
    int last_ms = 0;
    for (const WordReport& word : report.words) {
      EXPECT_GE(word.start_ms, last_ms) << word.word;
      EXPECT_GT(word.end_ms, word.start_ms) << word.word;
      EXPECT_LE(word.end_ms, report.quality.duration_ms + 20) << word.word;
      EXPECT_FALSE(word.phonemes.empty()) << word.word;
      last_ms = word.start_ms;
    }
  }
}

TEST_F(ExamplesTest, CorrectSpeechIsSeldomFlagged) {
  int flagged = 0;
  int phones = 0;
  for (const Example& example : examples_) {
    if (!example.correct) continue;
    const Report& report = reports_.at(example.name);
    flagged += static_cast<int>(report.mispronunciations.size());
    phones += NumPhones(report);
    EXPECT_GE(report.utterance.accuracy, 0.6) << example.name;
  }
  EXPECT_LE(flagged, phones / 20) << "of " << phones << " phones said right";
}

TEST_F(ExamplesTest, KnownErrorsAreFoundInTheirWords) {
  int found = 0;
  int named = 0;
  int known = 0;
  for (const Example& example : examples_) {
    for (const KnownError& error : example.errors) {
      ++known;
      bool in_word = false;
      bool same = false;
      for (const Mispronunciation& m : reports_.at(example.name).mispronunciations) {
        if (m.word_index != error.word_index) continue;
        in_word = true;
        same = same || (m.expected.value_or("") == error.expected && m.actual.value_or("") == error.actual);
      }
      found += in_word ? 1 : 0;
      named += same ? 1 : 0;
    }
  }
  RecordProperty("known", known);
  RecordProperty("found", found);
  RecordProperty("named", named);
  EXPECT_GE(found * 5, known * 2) << "of " << known << " known errors";
  EXPECT_GE(named * 3, known) << "of " << known << " known errors";
}

// The same voice and sentence, with and without errors: the scores must know the difference.
TEST_F(ExamplesTest, ErrorsLowerTheScoresOfTheirWordsAndOfTheUtterance) {
  for (const Example& example : examples_) {
    if (example.correct) continue;
    SCOPED_TRACE(example.name);
    const Report& bad = reports_.at(example.name);
    const std::string good_name = example.name.substr(0, example.name.rfind('_')) + "_good";
    const Report& good = reports_.at(good_name);
    EXPECT_LT(bad.utterance.accuracy, good.utterance.accuracy);
    double bad_sum = 0.0;
    double good_sum = 0.0;
    for (const KnownError& error : example.errors) {
      bad_sum += bad.words.at(error.word_index).total;
      good_sum += good.words.at(error.word_index).total;
    }
    EXPECT_LT(bad_sum, good_sum);
  }
}

TEST_F(ExamplesTest, AnotherTextDoesNotPass) {
  for (const Example& example : examples_) {
    const std::string other = example.text[0] == 'S' ? "Ten green bottles were hanging on a wall."
                                                     : "She sells sea shells by the sea shore.";
    auto report = assessor_->Assess(example.audio, other);
    if (!report) continue;  // refusing is right as well: speech too short for the text, say
    SCOPED_TRACE(example.name);
    EXPECT_LT(report->utterance.accuracy, reports_.at(example.name).utterance.accuracy - 0.1);
    EXPECT_LT(report->text_match, 0.2);
    EXPECT_LT(report->utterance.total, 0.2);
    ASSERT_FALSE(report->warnings.empty());
    EXPECT_EQ(report->warnings.back().code, "text_mismatch");
    EXPECT_TRUE(report->mispronunciations.empty());
    EXPECT_GT(reports_.at(example.name).text_match, 0.99);
  }
}

// Three words that nobody said, at either end: none of them was said, and of the others at most one is
// doubted.
TEST_F(ExamplesTest, WordsThatWereNotReadAreOmissions) {
  for (const Example& example : examples_) {
    if (!example.correct) continue;
    for (const bool in_front : {true, false}) {
      const std::string text = in_front ? "Yesterday afternoon, however, " + example.text
                                        : example.text + " Yesterday afternoon, however.";
      auto report = assessor_->Assess(example.audio, text);
      ASSERT_TRUE(report) << example.name << ": " << report.error().message;
      SCOPED_TRACE(example.name);
      const auto begin = report->words.begin();
      const auto split = in_front ? begin + 3 : report->words.end() - 3;
      const auto num_front = std::count_if(begin, split, WasOmitted);
      const auto num_back = std::count_if(split, report->words.end(), WasOmitted);
      EXPECT_EQ(in_front ? num_front : num_back, 3);
      EXPECT_LE(in_front ? num_back : num_front, 1);
      EXPECT_LT(report->utterance.completeness, 0.85);
      for (const WordReport& word : reports_.at(example.name).words)
        EXPECT_FALSE(WasOmitted(word)) << word.word;
    }
  }
}

// The first of the two neighbours, neither the first nor the last word, that have the most phones together.
std::size_t LongestPair(const std::vector<WordReport>& words) {
  std::size_t longest = 1;
  const auto num_phones = [&](std::size_t w) {
    return words[w].phonemes.size() + words[w + 1].phonemes.size();
  };
  for (std::size_t w = 2; w + 2 < words.size(); ++w) {
    if (num_phones(w) > num_phones(longest)) longest = w;
  }
  return longest;
}

// The text lacks two words that the reader says: they are heard where they are said, and the words beside
// them are as good as with the whole text.
TEST_F(ExamplesTest, WordsThatAreNotInTheTextAreHeardAndSpoilNothing) {
  for (const Example& example : examples_) {
    if (!example.correct) continue;
    SCOPED_TRACE(example.name);
    const Report& whole = reports_.at(example.name);
    const std::size_t begin = LongestPair(whole.words);
    std::string text;
    std::vector<WordReport> rest;
    for (std::size_t w = 0; w < whole.words.size(); ++w) {
      if (w == begin || w == begin + 1) continue;
      text += whole.words[w].word + " ";
      rest.push_back(whole.words[w]);
    }
    auto report = assessor_->Assess(example.audio, text);
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->added_speech.size(), 1U);
    const AddedSpeech& added = report->added_speech[0];
    EXPECT_EQ(added.before_word, static_cast<int>(begin));
    EXPECT_EQ(added.repeats_begin, added.repeats_end);
    EXPECT_NEAR(added.start_ms, whole.words[begin].start_ms, 150);
    EXPECT_NEAR(added.end_ms, whole.words[begin + 1].end_ms, 150);
    // A phone at the threshold may fall to either side of it.
    EXPECT_LE(report->mispronunciations.size(), whole.mispronunciations.size() + 1);
    ASSERT_EQ(report->words.size(), rest.size());
    for (std::size_t w = 0; w < rest.size(); ++w) {
      EXPECT_NEAR(report->words[w].accuracy, rest[w].accuracy, 0.1) << rest[w].word;
    }
    EXPECT_TRUE(whole.added_speech.empty());
  }
}

TEST_F(ExamplesTest, SameBytesOnEveryRunAndFromEveryThread) {
  std::vector<std::string> first;
  for (const Example& example : examples_) first.push_back(ToJson(reports_.at(example.name)));
  constexpr int kThreads = 4;
  std::vector<std::vector<std::string>> others(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&others, t] {
      for (const Example& example : examples_) {
        auto report = assessor_->Assess(example.audio, example.text);
        others[t].push_back(report ? ToJson(*report) : report.error().message);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& other : others) EXPECT_EQ(other, first);

  auto again = Assessor::Open(SourceDir() / "packs" / "en-us");
  ASSERT_TRUE(again) << again.error().message;
  auto report = again->Assess(examples_.front().audio, examples_.front().text);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(ToJson(*report), first.front());
}

// "My own WAV should just work": the same recording in other containers, rates and channel counts gives
// nearly the same.
TEST_F(ExamplesTest, FormatOfTheRecordingHardlyMatters) {
  if (std::system("ffmpeg -version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "needs ffmpeg to make the variants";
  const std::filesystem::path folder = std::filesystem::path(HIGGINS_BINARY_DIR) / "end_to_end_formats";
  std::filesystem::create_directories(folder);
  const Example& example = examples_.front();
  const double expected = reports_.at(example.name).utterance.total;
  const std::filesystem::path source = SourceDir() / "examples" / (example.name + ".flac");
  const std::map<std::string, std::string> variants = {{"stereo_44100.wav", "-ac 2 -ar 44100 -c:a pcm_s24le"},
                                                       {"float_48000.wav", "-ar 48000 -c:a pcm_f32le"},
                                                       {"voice.mp3", "-b:a 96k"},
                                                       {"voice.ogg", "-c:a libvorbis -q:a 5"},
                                                       {"voice.opus", "-c:a libopus -b:a 48k"},
                                                       {"voice.webm", "-c:a libopus -b:a 48k"},
                                                       {"voice.m4a", "-c:a aac -b:a 96k"}};
  for (const auto& [name, options] : variants) {
    const std::string command = "ffmpeg -nostdin -v error -y -i '" + source.string() + "' " + options + " '" +
                                (folder / name).string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    auto report = assessor_->Assess(ReadBytes(folder / name), example.text);
    ASSERT_TRUE(report) << name << ": " << report.error().message;
    EXPECT_NEAR(report->utterance.total, expected, 0.1) << name;
  }
}

TEST_F(ExamplesTest, ScoresAreThoseOfTheGoldenFile) {
  const std::filesystem::path path = SourceDir() / "tests" / "end_to_end" / "golden" / "scores.json";
  nlohmann::json now;
  now["pack_version"] = assessor_->pack().version;
  for (const auto& [name, report] : reports_) {
    nlohmann::json& scores = now["scores"][name];
    const auto rounded = [](double score) { return std::round(score * 1000) / 1000; };
    scores["utterance"] = {rounded(report.utterance.accuracy), rounded(report.utterance.fluency),
                           rounded(report.utterance.prosody), rounded(report.utterance.completeness),
                           rounded(report.utterance.total)};
    for (const WordReport& word : report.words) scores["words"].push_back(rounded(word.total));
  }
  if (std::getenv("HIGGINS_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << now.dump(1) << "\n";
    return;
  }
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "no golden file: HIGGINS_UPDATE_GOLDEN=1 writes it";
  const nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden.at("pack_version"), now.at("pack_version")) << "another pack: write the golden file again";
  for (const auto& [name, scores] : golden.at("scores").items()) {
    for (const auto& [level, tolerance] :
         {std::pair("utterance", kUtteranceTolerance), std::pair("words", kWordTolerance)}) {
      const nlohmann::json& before = scores.at(level);
      const nlohmann::json& after = now.at("scores").at(name).at(level);
      ASSERT_EQ(before.size(), after.size()) << name << " " << level;
      for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_NEAR(before[i].get<double>(), after[i].get<double>(), tolerance)
            << name << " " << level << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace higgins::testing
