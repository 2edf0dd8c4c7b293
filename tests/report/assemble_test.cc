#include "report/assemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "report/timing.h"

namespace higgins {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "We call it" read from "We call -- it" (labels 1 W, 2 IY, 3 K, 4 AO, 5 L, 6 IH, 7 T, 8 V, 9 AH), 2 s long.
class AssembleTest : public ::testing::Test {
 protected:
  AssembleTest() {
    prompt_.text = "We call -- it";
    prompt_.words = {{"we", 0, 2, {Weak({{1, -1}}), Of({{1, -1}, {2, 1}})}},
                     {"call", 3, 7, {Of({{3, -1}, {4, 1}, {5, -1}}, PronunciationSource::kG2p)}},
                     {"it", 11, 13, {Of({{6, 0}, {7, -1}})}}};
    canonical_ = Flatten(prompt_, chosen_);
    alignment_.phones = {{10, 12}, {16, 17}, {19, 20}, {22, 25}, {25, 26}, {50, 52}, {54, 55}};
    gop_.gop_sd = {-0.5F, -0.1F, -0.1F, -0.1F, -0.1F, -0.1F, -0.2F};
    scores_.phone = {0.4F, 1, 1, 1, 1, 1, 0.9F};
    scores_.error_probability = {0.9F, 0.01F, 0.01F, 0.01F, 0.01F, 0.01F, 0.02F};
    scores_.word_accuracy = {0.5F, 0.9F, 1.0F};
    scores_.word_stress = {0.6F, 1.0F, 1.0F};
    scores_.word_total = {0.55F, 0.95F, 1.0F};
    scores_.accuracy = 0.1F;
    scores_.fluency = 0.2F;
    scores_.prosody = 0.3F;
    scores_.completeness = 0.4F;
    scores_.total = 0.5F;
    reading_.omission_probability = {0.0, 0.0, 0.0};
    findings_.canonical_probability = {0.1, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94};
    quality_.figures.duration_ms = 2000.0;
    quality_.warnings = {{"low_snr", "noisy"}};
  }

  static Pronunciation Of(std::vector<Phone> phones,
                          PronunciationSource source = PronunciationSource::kDictionary) {
    return {std::move(phones), source};
  }
  static Pronunciation Weak(std::vector<Phone> phones) {
    return Of(std::move(phones), PronunciationSource::kWeakForm);
  }

  Finding Add(int phone_index, PhoneErrorKind kind, int heard, int word_index) {
    findings_.items.push_back({phone_index, kind, heard, 0.75, 0.9, "Do this.", word_index});
    return findings_.items.back();
  }

  Report Run() const {
    const auto ipa = [&](const Phone& phone) {
      return "/" + phones_.name(phone.label) + std::to_string(phone.stress);
    };
    return Assemble({prompt_, chosen_, canonical_, alignment_, gop_, scores_, reading_, findings_, pauses_,
                     quality_, phones_, ipa, 20.0, "en-US", "0.1.0", "pack-7"});
  }

  PhoneSet phones_{{"", "W", "IY", "K", "AO", "L", "IH", "T", "V", "AH"}, 0};
  Prompt prompt_;
  std::vector<int> chosen_{1, 0, 0};
  CanonicalPhones canonical_;
  Alignment alignment_;
  GopScores gop_;
  Scores scores_;
  Reading reading_;
  Findings findings_;
  std::vector<JudgedPause> pauses_;
  Quality quality_;
};

std::vector<std::string> Names(const WordReport& word) {
  std::vector<std::string> out;
  for (const PhoneReport& phone : word.phonemes) out.push_back(phone.phone);
  return out;
}

TEST_F(AssembleTest, AGoodReading) {
  const Report report = Run();
  EXPECT_EQ(report.text, "We call -- it");
  EXPECT_EQ(report.language, "en-US");
  EXPECT_EQ(report.engine_version, "0.1.0");
  EXPECT_EQ(report.pack_version, "pack-7");
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.accuracy), 0.1F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.fluency), 0.2F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.prosody), 0.3F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.completeness), 0.4F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.total), 0.5F);
  ASSERT_THAT(report.warnings, SizeIs(1));
  EXPECT_THAT(report.mispronunciations, IsEmpty());
  ASSERT_THAT(report.words, SizeIs(3));
  EXPECT_THAT(Names(report.words[0]), ElementsAre("W", "IY"));
  EXPECT_THAT(Names(report.words[1]), ElementsAre("K", "AO", "L"));
  EXPECT_THAT(Names(report.words[2]), ElementsAre("IH", "T"));
  EXPECT_EQ(report.words[0].source, PronunciationSource::kDictionary)
      << "of the chosen variant, not of the first";
  EXPECT_EQ(report.words[1].source, PronunciationSource::kG2p);
  EXPECT_EQ(report.words[2].char_begin, 11);
  EXPECT_EQ(report.words[2].char_end, 13);
  EXPECT_FLOAT_EQ(static_cast<float>(report.words[1].total), 0.95F);
  const PhoneReport& vowel = report.words[1].phonemes[1];
  EXPECT_EQ(vowel.expected, "AO");
  EXPECT_EQ(vowel.actual, "AO");
  EXPECT_EQ(vowel.actual_probability, 0.97);
  EXPECT_EQ(vowel.stress, 1);
  EXPECT_EQ(vowel.ipa, "/AO1");
  EXPECT_FLOAT_EQ(static_cast<float>(vowel.gop_nats), -0.1F);
}

TEST_F(AssembleTest, ATextThatWasNotReadHasLowScoresAndNothingToWorkOn) {
  Add(0, PhoneErrorKind::kSubstitution, 8, 0);
  findings_.text_match = 0.25;
  const Report report = Run();
  EXPECT_EQ(report.text_match, 0.25);
  // Half way between a half, which costs nothing, and none, which leaves a quarter.
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.accuracy), 0.625F * 0.1F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.fluency), 0.625F * 0.2F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.prosody), 0.625F * 0.3F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.completeness), 0.625F * 0.4F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.total), 0.625F * 0.5F);
  ASSERT_THAT(report.warnings, SizeIs(2));
  EXPECT_EQ(report.warnings[0].code, "low_snr");
  EXPECT_EQ(report.warnings[1].code, "text_mismatch");
  EXPECT_THAT(report.mispronunciations, IsEmpty());
  EXPECT_EQ(report.words[0].phonemes[0].error, PhoneErrorKind::kSubstitution) << "what was heard stays";
}

// "We" of 0.5 accuracy, with two of the seven phones.
TEST_F(AssembleTest, OfAWordThatWasLeftOutThereIsNothingToWorkOnAndTheTextIsLessComplete) {
  Add(0, PhoneErrorKind::kSubstitution, 8, 0);
  Add(4, PhoneErrorKind::kSubstitution, 8, 1);
  scores_.completeness = 0.98F;
  reading_.omission_probability = {0.9, 0.2, 0.49};
  const Report report = Run();
  EXPECT_EQ(report.words[0].omission_probability, 0.9);
  EXPECT_EQ(report.words[2].omission_probability, 0.49);
  ASSERT_THAT(report.mispronunciations, SizeIs(1));
  EXPECT_EQ(report.mispronunciations[0].word_index, 1);
  EXPECT_NEAR(report.utterance.completeness, 5.0 / 7.0, 1e-9);
  EXPECT_EQ(report.words[0].phonemes[0].error, PhoneErrorKind::kSubstitution) << "what was heard stays";
  EXPECT_EQ(report.words[0].start_ms, report.words[0].end_ms) << "it takes no time";
  // "call" and "it", from the beginning of the one to the end of the other.
  EXPECT_NEAR(report.words_per_minute, 2 * 60000.0 / (report.words[2].end_ms - report.words[1].start_ms),
              1e-9);
}

TEST_F(AssembleTest, WhatWasNotHeardIsNoGoodWord) {
  reading_.omission_probability = {0.2, 0.5, 0.2};
  const Report report = Run();
  EXPECT_LT(report.words[1].accuracy, 0.6);
  EXPECT_LT(report.words[1].total, 0.6);
  EXPECT_FLOAT_EQ(static_cast<float>(report.words[0].accuracy), 0.5F);
  EXPECT_FLOAT_EQ(static_cast<float>(report.words[2].accuracy), 1.0F);
}

// The phones of "call" end at frame 26, "it" begins at 50.
TEST_F(AssembleTest, AddedSpeechStandsBetweenTheWordsBesideIt) {
  reading_.additions = {{2, {30, 46}, 0.9, {3, 4}, 1, 2}, {3, {60, 70}, 0.8, {8, 9}}};
  const Report report = Run();
  ASSERT_THAT(report.added_speech, SizeIs(2));
  const AddedSpeech& again = report.added_speech[0];
  EXPECT_EQ(again.before_word, 2);
  EXPECT_EQ(again.probability, 0.9);
  EXPECT_THAT(again.phones, ElementsAre("K", "AO"));
  EXPECT_EQ(again.repeats_begin, 1);
  EXPECT_EQ(again.repeats_end, 2);
  EXPECT_EQ(again.start_ms, (26 + 30) / 2 * 20);
  EXPECT_EQ(again.end_ms, (46 + 50) / 2 * 20);
  EXPECT_EQ(report.words[1].end_ms, again.start_ms);
  EXPECT_EQ(report.words[2].start_ms, again.end_ms);
  EXPECT_THAT(report.added_speech[1].phones, ElementsAre("V", "AH"));
  EXPECT_EQ(report.added_speech[1].before_word, 3);
  EXPECT_GE(report.added_speech[1].start_ms, report.words[2].end_ms);
  EXPECT_EQ(again.after_word, 1);
  EXPECT_EQ(report.added_speech[1].after_word, 2);
}

TEST_F(AssembleTest, AddedSpeechComesAfterAWordThatWasSaid) {
  reading_.additions = {{1, {14, 18}, 0.9, {3, 4}}, {2, {30, 46}, 0.9, {3, 4}}};
  reading_.omission_probability = {0.9, 0.2, 0.2};
  Report report = Run();
  ASSERT_THAT(report.added_speech, SizeIs(2));
  EXPECT_EQ(report.added_speech[0].after_word, std::nullopt);
  EXPECT_EQ(report.added_speech[0].before_word, 1);
  EXPECT_EQ(report.added_speech[1].after_word, 1);

  reading_.omission_probability = {0.2, 0.9, 0.2};
  report = Run();
  EXPECT_EQ(report.added_speech[1].after_word, 0);
  EXPECT_EQ(report.added_speech[1].before_word, 2);
}

// Where the words are judged with it, their path runs through it.
TEST_F(AssembleTest, AddedSpeechTakesNoTimeFromThePhones) {
  const Report alone = Run();
  reading_.additions = {{1, {18, 24}, 0.9, {3, 4}}};  // "we" ends at 17, "call" begins at 19
  const Report report = Run();
  ASSERT_THAT(report.added_speech, SizeIs(1));
  EXPECT_LE(report.added_speech[0].start_ms, 18 * 20);
  EXPECT_GE(report.added_speech[0].end_ms, 24 * 20);
  for (std::size_t w = 0; w < report.words.size(); ++w) {
    EXPECT_EQ(report.words[w].start_ms, alone.words[w].start_ms);
    EXPECT_EQ(report.words[w].end_ms, alone.words[w].end_ms);
  }
}

TEST_F(AssembleTest, PausesHaveTimesAndAreNoneOfATextThatWasNotRead) {
  pauses_ = {{1, 2, {28, 48}, false, 0.75}};
  const Report report = Run();
  ASSERT_THAT(report.pauses, SizeIs(1));
  EXPECT_EQ(report.pauses[0].after_word, 1);
  EXPECT_EQ(report.pauses[0].before_word, 2);
  EXPECT_EQ(report.pauses[0].start_ms, 560);
  EXPECT_EQ(report.pauses[0].end_ms, 960);
  EXPECT_FALSE(report.pauses[0].at_mark);
  EXPECT_TRUE(IsNoticed(report.pauses[0]));
  findings_.text_match = 0.2;
  EXPECT_THAT(Run().pauses, IsEmpty());
}

TEST_F(AssembleTest, BesideATextThatWasNotReadNothingIsAdded) {
  reading_.additions = {{2, {30, 46}, 0.9, {3, 4}}};
  findings_.text_match = 0.25;
  EXPECT_THAT(Run().added_speech, IsEmpty());
}

TEST_F(AssembleTest, AnIncompleteReadingStaysAsIncompleteAsTheScorerHasIt) {
  reading_.omission_probability = {0.9, 0.2, 0.0};
  EXPECT_FLOAT_EQ(static_cast<float>(Run().utterance.completeness), 0.4F);
}

TEST_F(AssembleTest, ATextThatWasProbablyReadHasItsErrors) {
  Add(0, PhoneErrorKind::kSubstitution, 8, 0);
  findings_.text_match = kTextMismatchBelow;
  const Report report = Run();
  EXPECT_THAT(report.warnings, SizeIs(1));
  EXPECT_THAT(report.mispronunciations, SizeIs(1));
  EXPECT_FLOAT_EQ(static_cast<float>(report.utterance.total), 0.5F);
}

TEST_F(AssembleTest, TimesAreInOrderAndWithinTheRecording) {
  const Report report = Run();
  int last_ms = 0;
  for (const WordReport& word : report.words) {
    EXPECT_EQ(word.start_ms, word.phonemes.front().start_ms);
    EXPECT_EQ(word.end_ms, word.phonemes.back().end_ms);
    for (const PhoneReport& phone : word.phonemes) {
      EXPECT_GE(phone.start_ms, last_ms);
      EXPECT_GT(phone.end_ms, phone.start_ms);
      last_ms = phone.end_ms;
    }
  }
  EXPECT_LE(last_ms, 2000);
  // Frames 10-12 at 20 ms, reaching 6 frames into the silence before and to the middle of the gap after.
  EXPECT_EQ(report.words[0].phonemes[0].start_ms, 80);
  EXPECT_EQ(report.words[0].phonemes[0].end_ms, 280);
  // A pause of 24 frames belongs to nobody.
  EXPECT_EQ(report.words[1].end_ms, (26 + 6) * 20);
  EXPECT_EQ(report.words[2].start_ms, (50 - 6) * 20);
  // Three words in the 1140 ms from 80 to 1220.
  EXPECT_NEAR(report.words_per_minute, 3 * 60000.0 / 1140.0, 1e-9);
}

TEST_F(AssembleTest, ASubstitution) {
  Add(0, PhoneErrorKind::kSubstitution, 8, 0);
  const Report report = Run();
  const PhoneReport& phone = report.words[0].phonemes[0];
  EXPECT_EQ(phone.phone, "W");
  EXPECT_EQ(phone.expected, "W");
  EXPECT_EQ(phone.actual, "V");
  EXPECT_EQ(phone.error, PhoneErrorKind::kSubstitution);
  EXPECT_EQ(phone.actual_probability, 0.75);
  EXPECT_FLOAT_EQ(static_cast<float>(phone.error_probability), 0.9F);
  ASSERT_THAT(report.mispronunciations, SizeIs(1));
  const Mispronunciation& error = report.mispronunciations[0];
  EXPECT_EQ(error.word, "we");
  EXPECT_EQ(error.word_index, 0);
  EXPECT_EQ(error.phone_index, 0);
  EXPECT_EQ(error.expected, "W");
  EXPECT_EQ(error.actual, "V");
  EXPECT_EQ(error.type, PhoneErrorKind::kSubstitution);
  EXPECT_EQ(error.probability, 0.75);
  EXPECT_EQ(error.suggestion, "Do this.");
}

TEST_F(AssembleTest, ADeletionAndAWordThatWasNotSaid) {
  Add(5, PhoneErrorKind::kDeletion, 0, 2);
  const double all_words = Run().words_per_minute;
  EXPECT_EQ(Run().words[2].phonemes[0].actual, std::nullopt);
  EXPECT_EQ(Run().words[2].phonemes[0].expected, "IH");
  Add(6, PhoneErrorKind::kDeletion, 0, 2);
  const Report report = Run();
  ASSERT_THAT(report.mispronunciations, SizeIs(2));
  EXPECT_EQ(report.mispronunciations[1].phone_index, 1);
  EXPECT_EQ(report.mispronunciations[1].actual, std::nullopt);
  EXPECT_NEAR(report.words_per_minute, all_words * 2 / 3, 1e-9);
}

TEST_F(AssembleTest, AnInsertionIsAnEntryOfItsWord) {
  Add(5, PhoneErrorKind::kInsertion, 9, 1);
  const Report report = Run();
  EXPECT_THAT(Names(report.words[1]), ElementsAre("K", "AO", "L", "AH"));
  EXPECT_THAT(Names(report.words[2]), ElementsAre("IH", "T"));
  const PhoneReport& phone = report.words[1].phonemes[3];
  EXPECT_EQ(phone.expected, std::nullopt);
  EXPECT_EQ(phone.actual, "AH");
  EXPECT_EQ(phone.error, PhoneErrorKind::kInsertion);
  EXPECT_EQ(phone.stress, -1);
  EXPECT_EQ(phone.gop_nats, 0.0);
  EXPECT_EQ(report.mispronunciations[0].phone_index, 3);
  EXPECT_EQ(report.mispronunciations[0].expected, std::nullopt);
  EXPECT_GE(phone.start_ms, report.words[1].phonemes[2].end_ms);
  EXPECT_GT(phone.end_ms, phone.start_ms);
  EXPECT_LE(phone.end_ms, report.words[2].start_ms);
}

TEST_F(AssembleTest, InsertionsAtTheEndsAndBesideASubstitution) {
  Add(0, PhoneErrorKind::kInsertion, 9, 0);
  Add(1, PhoneErrorKind::kInsertion, 8, 0);
  Add(1, PhoneErrorKind::kSubstitution, 6, 0);
  Add(7, PhoneErrorKind::kInsertion, 9, 2);
  const Report report = Run();
  EXPECT_THAT(Names(report.words[0]), ElementsAre("AH", "W", "V", "IY"));
  EXPECT_THAT(Names(report.words[2]), ElementsAre("IH", "T", "AH"));
  ASSERT_THAT(report.mispronunciations, SizeIs(4));
  EXPECT_EQ(report.mispronunciations[0].phone_index, 0);
  EXPECT_EQ(report.mispronunciations[1].phone_index, 2);
  EXPECT_EQ(report.mispronunciations[2].phone_index, 3);
  EXPECT_EQ(report.mispronunciations[2].actual, "IH");
  EXPECT_EQ(report.mispronunciations[3].phone_index, 2);
  int last_ms = 0;
  for (const WordReport& word : report.words) {
    for (const PhoneReport& phone : word.phonemes) {
      EXPECT_GE(phone.start_ms, last_ms);
      last_ms = phone.end_ms;
    }
  }
}

TEST(Timing, SharesTheBlankAndStaysInOrder) {
  const std::vector<TimeSpan> times = TimesOf({{1, 2}, {2, 3}, {6, 7}, {7, 7}, {40, 41}}, 20.0, 825.0);
  EXPECT_EQ(times[0].start_ms, 0);
  EXPECT_EQ(times[0].end_ms, 40);
  EXPECT_EQ(times[1].start_ms, 40);
  EXPECT_EQ(times[1].end_ms, 90);  // the middle of frames 3 to 6
  EXPECT_EQ(times[2].start_ms, 90);
  EXPECT_EQ(times[3].start_ms, 140);
  EXPECT_EQ(times[4].start_ms, (40 - kMaxReachFrames) * 20);
  EXPECT_EQ(times[4].end_ms, 825) << "not beyond the recording";
}

TEST(Timing, MiddleFrame) {
  EXPECT_EQ(MiddleFrame(4, 4).begin, 4);
  EXPECT_EQ(MiddleFrame(4, 4).end, 4);
  EXPECT_EQ(MiddleFrame(4, 5).begin, 4);
  EXPECT_EQ(MiddleFrame(4, 5).end, 5);
  EXPECT_EQ(MiddleFrame(4, 9).begin, 6);
}

}  // namespace
}  // namespace higgins
