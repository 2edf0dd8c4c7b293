// The whole path on the tiny pack, through the public API.
#include "higgins/assessor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/tiny_speech.h"

namespace higgins {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kTinyPack = HIGGINS_SOURCE_DIR "/tests/data/tiny_pack";

class AssessorTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    AssessorOptions options;
    options.concurrent_requests = 2;
    Result<Assessor> opened = Assessor::Open(kTinyPack, options);
    ASSERT_TRUE(opened) << opened.error().message;
    assessor_ = std::make_unique<Assessor>(*std::move(opened));
  }
  static void TearDownTestSuite() { assessor_.reset(); }

  static std::vector<std::byte> Say(const std::string& phones) {
    return testing::ToBytes(testing::ToWav(testing::SpeakTiny(phones)));
  }

  static Report Assess(const std::string& phones, const std::string& text,
                       const AssessOptions& options = {}) {
    Result<Report> report = assessor_->Assess(Say(phones), text, options);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *std::move(report) : Report{};
  }

  static std::unique_ptr<Assessor> assessor_;
};

std::unique_ptr<Assessor> AssessorTest::assessor_;

TEST_F(AssessorTest, FindsNothingWrongInWhatWasSaidRight) {
  const Report report = Assess("W IY K AO L IH T B EH R", "We call it bear");
  EXPECT_TRUE(report.mispronunciations.empty());
  ASSERT_EQ(report.words.size(), 4U);
  EXPECT_EQ(report.words[3].word, "bear");
  EXPECT_EQ(report.words[3].char_begin, 11);
  EXPECT_EQ(report.words[3].char_end, 15);
  EXPECT_GT(report.utterance.total, 0.9);
  EXPECT_EQ(report.pack_version, "0.0.1");
  EXPECT_EQ(report.engine_version, EngineVersion());
  EXPECT_EQ(report.language, "en-US");
  // 300 ms of silence, then phones of 100 ms every 140 ms.
  EXPECT_NEAR(report.words[0].phonemes[0].start_ms, 300, 130);
  EXPECT_NEAR(report.words[3].phonemes[2].end_ms, 300 + 9 * 140 + 100, 130);
}

TEST_F(AssessorTest, NamesASubstitution) {
  const Report report = Assess("W IY K AO L IH T B AE R", "We call it bear");
  ASSERT_EQ(report.mispronunciations.size(), 1U);
  const Mispronunciation& error = report.mispronunciations[0];
  EXPECT_EQ(error.word, "bear");
  EXPECT_EQ(error.word_index, 3);
  EXPECT_EQ(error.phone_index, 1);
  EXPECT_EQ(error.expected, "EH");
  EXPECT_EQ(error.actual, "AE");
  EXPECT_EQ(error.type, PhoneErrorKind::kSubstitution);
  EXPECT_GT(error.probability, 0.9);
  EXPECT_FALSE(error.suggestion.empty());
  EXPECT_LT(report.words[3].phonemes[1].score, 0.5);
  EXPECT_GT(report.words[3].phonemes[0].score, 0.9);  // one bad phone does not drag its neighbours down
  EXPECT_GT(report.words[3].phonemes[2].score, 0.9);
}

TEST_F(AssessorTest, NamesADeletion) {
  const Report report = Assess("W IY K AO IH T B EH R", "We call it bear");
  ASSERT_EQ(report.mispronunciations.size(), 1U);
  EXPECT_EQ(report.mispronunciations[0].type, PhoneErrorKind::kDeletion);
  EXPECT_EQ(report.mispronunciations[0].expected, "L");
}

TEST_F(AssessorTest, NamesAnInsertion) {
  const Report report = Assess("W IY K AO L IH T B EH UH R", "We call it bear");
  ASSERT_EQ(report.mispronunciations.size(), 1U);
  EXPECT_EQ(report.mispronunciations[0].type, PhoneErrorKind::kInsertion);
  EXPECT_EQ(report.mispronunciations[0].actual, "UH");
}

TEST_F(AssessorTest, WordsThatAreSaidAgainAreNamedAndSpoilNothing) {
  const Report report = Assess("W IY K AO L K AO L IH T B EH R", "We call it bear");
  ASSERT_EQ(report.added_speech.size(), 1U);
  const AddedSpeech& again = report.added_speech[0];
  EXPECT_EQ(again.before_word, 1);
  EXPECT_EQ(again.repeats_begin, 1);
  EXPECT_EQ(again.repeats_end, 2);
  EXPECT_THAT(again.phones, ElementsAre("K", "AO", "L"));
  EXPECT_GT(again.probability, 0.9);
  EXPECT_NEAR(again.start_ms, 300 + 2 * 140, 130);
  EXPECT_NEAR(again.end_ms, 300 + 5 * 140, 130);
  EXPECT_TRUE(report.mispronunciations.empty());
  for (const WordReport& word : report.words) {
    EXPECT_FALSE(WasOmitted(word)) << word.word;
    EXPECT_GT(word.accuracy, 0.9) << word.word;
  }
  EXPECT_GE(report.words[1].start_ms, again.end_ms);
}

// "We call", 700 ms of nothing but the room, and the rest: `rest` says from where.
std::vector<std::byte> SayWithPause(const std::string& rest) {
  std::vector<float> samples = testing::SpeakTiny("W IY K AO L " + rest);
  const auto at = samples.begin() + (300 + 5 * 140) * testing::kTinyRateHz / 1000;
  const std::vector<float> room(samples.begin(), samples.begin() + 250 * testing::kTinyRateHz / 1000);
  std::vector<float> paused(samples.begin(), at);
  while (paused.size() < static_cast<std::size_t>(at - samples.begin()) + 700 * testing::kTinyRateHz / 1000) {
    paused.insert(paused.end(), room.begin(), room.begin() + 50 * testing::kTinyRateHz / 1000);
  }
  paused.insert(paused.end(), at, samples.end());
  return testing::ToBytes(testing::ToWav(paused));
}

TEST_F(AssessorTest, APauseWithinAPhraseIsNoticedAndOneAtAMarkBelongs) {
  EXPECT_TRUE(Assess("W IY K AO L IH T B EH R", "We call it bear").pauses.empty());
  const std::vector<std::byte> said = SayWithPause("IH T B EH R");
  for (const char* text : {"We call it bear", "We call, it bear"}) {
    const Result<Report> report = assessor_->Assess(said, text);
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->pauses.size(), 1U) << text;
    const PauseReport& pause = report->pauses[0];
    EXPECT_EQ(pause.before_word, 2);
    EXPECT_NEAR(pause.start_ms, 1000, 80);
    EXPECT_NEAR(pause.end_ms - pause.start_ms, 740, 80);
    EXPECT_EQ(pause.at_mark, std::string(text) == "We call, it bear");
    EXPECT_EQ(IsNoticed(pause), !pause.at_mark);
    EXPECT_TRUE(report->mispronunciations.empty());
  }
}

// "bear" was left out, in the pause or elsewhere.
TEST_F(AssessorTest, APauseIsBetweenTheWordsThatWereSaid) {
  for (const char* text : {"We call bear it", "We bear call it"}) {
    const Result<Report> report = assessor_->Assess(SayWithPause("IH T"), text);
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->pauses.size(), 1U) << text;
    const auto name = [&](int word) { return report->words[static_cast<std::size_t>(word)].word; };
    EXPECT_EQ(name(report->pauses[0].after_word), "call") << text;
    EXPECT_EQ(name(report->pauses[0].before_word), "it") << text;
    EXPECT_NEAR(report->pauses[0].end_ms - report->pauses[0].start_ms, 740, 80) << text;
  }
}

TEST_F(AssessorTest, TheSilenceBehindTheLastWordThatWasSaidIsNoPause) {
  for (const char* text : {"We call", "We call bear"}) {
    const Result<Report> report = assessor_->Assess(SayWithPause(""), text);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->pauses.empty()) << text;
  }
}

TEST_F(AssessorTest, APauseBeforeWordsThatAreSaidAgainIsAsLongAsItIs) {
  const Result<Report> report = assessor_->Assess(SayWithPause("K AO L IH T B EH R"), "We call it bear");
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->added_speech.size(), 1U);
  ASSERT_EQ(report->pauses.size(), 1U);
  EXPECT_NEAR(report->pauses[0].end_ms - report->pauses[0].start_ms, 740, 160);
  const AddedSpeech& again = report->added_speech[0];
  EXPECT_NEAR(again.start_ms, 300 + 2 * 140, 130);
  EXPECT_NEAR(again.end_ms, 300 + 5 * 140, 130) << "the pause is no part of it";
}

// The reader goes back two words.
TEST_F(AssessorTest, NamesAllOfTheWordsThatAreSaidAgain) {
  const Report report = Assess("W IY K AO L W IY K AO L IH T B EH R", "We call it bear");
  ASSERT_EQ(report.added_speech.size(), 1U);
  EXPECT_EQ(report.added_speech[0].repeats_begin, 0);
  EXPECT_EQ(report.added_speech[0].repeats_end, 2);
  EXPECT_TRUE(report.mispronunciations.empty());
}

TEST_F(AssessorTest, SpeechThatIsNotInTheTextIsHeardAndSpoilsNothing) {
  const Report report = Assess("W IY K AO L D AO G Z IH T B EH R", "We call it bear");
  ASSERT_EQ(report.added_speech.size(), 1U);
  EXPECT_EQ(report.added_speech[0].before_word, 2);
  EXPECT_EQ(report.added_speech[0].repeats_begin, report.added_speech[0].repeats_end);
  EXPECT_THAT(report.added_speech[0].phones, ElementsAre("D", "AO", "G", "Z"));
  EXPECT_TRUE(report.mispronunciations.empty());
  EXPECT_TRUE(report.warnings.empty());
  EXPECT_GT(report.utterance.accuracy, 0.9);
}

TEST_F(AssessorTest, AWordThatWasLeftOutSpoilsNoOther) {
  const Report report = Assess("W IY IH T B EH R", "We call it bear");
  EXPECT_TRUE(WasOmitted(report.words[1]));
  EXPECT_LT(report.words[1].accuracy, 0.6);
  EXPECT_EQ(report.words[1].start_ms, report.words[1].end_ms);
  for (const std::size_t said : {0U, 2U, 3U}) {
    EXPECT_FALSE(WasOmitted(report.words[said])) << said;
    EXPECT_GT(report.words[said].accuracy, 0.9) << said;
  }
  EXPECT_TRUE(report.mispronunciations.empty());
  EXPECT_TRUE(report.added_speech.empty());
  EXPECT_LE(report.utterance.completeness, 0.7);
  EXPECT_GT(report.utterance.accuracy, 0.9);
}

// The same word twice in the text, said once: which of them it was, nobody can tell.
TEST_F(AssessorTest, OfTwoWordsThatAreTheSameOneIsLeftOut) {
  const Report report = Assess("W IY K AO L IH T B EH R", "We call call it bear");
  int num_omitted = 0;
  for (const WordReport& word : report.words) {
    num_omitted += WasOmitted(word) ? 1 : 0;
    EXPECT_TRUE(WasOmitted(word) || word.accuracy > 0.9) << word.word;
  }
  EXPECT_EQ(num_omitted, 1);
}

TEST_F(AssessorTest, SeveralAdditionsAreInOrderAndApart) {
  const Report report = Assess("W IY D AO G Z K AO L IH T Z UW M IY B EH R", "We call it bear");
  ASSERT_EQ(report.added_speech.size(), 2U);
  EXPECT_EQ(report.added_speech[0].before_word, 1);
  EXPECT_EQ(report.added_speech[1].before_word, 3);
  int end_ms = 0;
  std::size_t next = 0;
  for (std::size_t w = 0; w <= report.words.size(); ++w) {
    if (next < 2 && report.added_speech[next].before_word == static_cast<int>(w)) {
      EXPECT_GE(report.added_speech[next].start_ms, end_ms);
      end_ms = report.added_speech[next++].end_ms;
    }
    if (w == report.words.size()) break;
    EXPECT_GE(report.words[w].start_ms, end_ms) << w;
    end_ms = report.words[w].end_ms;
  }
  EXPECT_TRUE(report.mispronunciations.empty()) << "an added sound is no insertion";
}

TEST_F(AssessorTest, TakesThePronunciationThatWasSaid) {
  EXPECT_TRUE(Assess("DH IY K AE T", "the cat").mispronunciations.empty());
  EXPECT_TRUE(Assess("DH AH K AE T", "the cat").mispronunciations.empty());
}

TEST_F(AssessorTest, TakesTheCallersPronunciation) {
  AssessOptions options;
  options.pronunciations = {{"cat", "D AO1 G"}};
  const Report report = Assess("DH AH D AO G", "the cat", options);
  EXPECT_TRUE(report.mispronunciations.empty());
  EXPECT_EQ(report.words[1].source, PronunciationSource::kCaller);
  options.pronunciations = {{"cat", "Q Q"}};
  const Result<Report> bad = assessor_->Assess(Say("K AE T"), "cat", options);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(AssessorTest, GivesTheSameBytesEveryTimeAndOnEveryThread) {
  const std::vector<std::byte> audio = Say("W IY K AO L IH T B AE R");
  const std::string expected = ToJson(*assessor_->Assess(audio, "We call it bear"));
  std::vector<std::thread> threads;
  std::vector<int> num_equal(4, 0);
  for (std::size_t i = 0; i < num_equal.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int run = 0; run < 5; ++run) {
        num_equal[i] += ToJson(*assessor_->Assess(audio, "We call it bear")) == expected ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(num_equal, ::testing::Each(5));
}

TEST_F(AssessorTest, TakesSamplesAsWellAsFiles) {
  const std::vector<float> samples = testing::SpeakTiny("K AE T");
  const PcmView pcm{samples, 16000, 1};
  const Result<Report> report = assessor_->Assess(pcm, "cat");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->mispronunciations.empty());
}

TEST_F(AssessorTest, MeasuresWithTheLabelsOfACorpus) {
  const std::vector<WordPhones> labels = {{"THE", "DH AH0"}, {"CAT", "D AO G"}};
  const Result<Measurement> measured = assessor_->Measure(Say("DH AH D AO G"), "THE CAT", labels);
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_TRUE(measured->report.mispronunciations.empty());
  EXPECT_EQ(measured->report.words[1].source, PronunciationSource::kLabels);
  EXPECT_EQ(measured->report.words[1].word, "cat");
  EXPECT_EQ(measured->report.words[1].char_begin, 4);
  EXPECT_THAT(measured->heard, ElementsAre("DH", "AH", "D", "AO", "G"));
  std::vector<std::string> stages;
  for (const StageTime& stage : measured->stages) {
    stages.push_back(stage.stage);
    EXPECT_GE(stage.ms, 0.0);
  }
  EXPECT_THAT(stages, ::testing::UnorderedElementsAre("decode", "quality", "lexicon", "acoustic", "prosody",
                                                      "lattice", "scorer", "reading", "diagnosis", "report"));
  const std::vector<WordPhones> unknown = {{"cat", "K AX T"}};
  const Result<Measurement> refused = assessor_->Measure(Say("K AE T"), "cat", unknown);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("AX"));
}

TEST_F(AssessorTest, SaysWhatIsWrongWithTheInput) {
  const auto code_of = [](const std::vector<std::byte>& audio, const std::string& text) {
    const Result<Report> report = assessor_->Assess(audio, text);
    return report ? ErrorCode{} : report.error().code;
  };
  EXPECT_EQ(code_of({}, "cat"), ErrorCode::kBadAudio);
  EXPECT_EQ(code_of(testing::ToBytes("this is a text file, not a recording"), "cat"), ErrorCode::kBadAudio);
  EXPECT_EQ(code_of(Say("K AE T"), ""), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(testing::ToBytes(testing::ToWav(std::vector<float>(32000, 0.0F))), "cat"),
            ErrorCode::kNoSpeech);
  AssessOptions options;
  options.audio.max_duration_s = 0.5;
  EXPECT_EQ(assessor_->Assess(Say("K AE T"), "cat", options).error().code, ErrorCode::kAudioTooLong);
  options = {};
  options.strictness = 6.0;
  EXPECT_EQ(assessor_->Assess(Say("K AE T"), "cat", options).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(AssessorTest, ShowsHowATextIsExpectedToBeSaid) {
  const auto words = assessor_->Phones("The cat");
  ASSERT_TRUE(words) << words.error().message;
  ASSERT_EQ(words->size(), 2U);
  EXPECT_EQ((*words)[1].word, "cat");
  EXPECT_EQ((*words)[1].variants[0].arpabet, "K AE1 T");
  EXPECT_EQ((*words)[1].variants[0].ipa, "kæt");
  EXPECT_GE((*words)[0].variants.size(), 2U);
}

}  // namespace
}  // namespace higgins
