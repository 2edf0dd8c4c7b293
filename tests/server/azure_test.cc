// The pure parts of the Azure drop-in: frames, parameters, the layout of a report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "transports/server/azure/parameters.h"
#include "transports/server/azure/phrase.h"
#include "transports/server/azure/usp_frame.h"

namespace higgins::server::azure {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// ---- frames

std::string Binary(const std::string& headers, const std::string& body) {
  std::string out;
  out += static_cast<char>(headers.size() >> 8U);
  out += static_cast<char>(headers.size() & 0xFFU);
  return out + headers + body;
}
Result<UspMessage> ParseBinary(const std::string& message) {
  return ParseUspBinary(std::as_bytes(std::span(message)));
}

TEST(UspFrame, ReadsTextWhateverTheSpellingOfItsNames) {
  const std::string message =
      "PATH: Speech.Context\r\nx-requestid:AB12\r\nX-Timestamp: 2026-11-24T10:00:00.000Z\r\n"
      "Content-Type: application/json\r\n\r\n{\"a\":1}";
  const Result<UspMessage> parsed = ParseUspText(message);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->path, "speech.context");
  EXPECT_EQ(parsed->request_id, "AB12");
  EXPECT_EQ(parsed->content_type, "application/json");
  EXPECT_EQ(parsed->body, "{\"a\":1}");
}

TEST(UspFrame, ReadsAudioAndItsEnd) {
  const std::string message =
      Binary("Path: audio\r\nX-RequestId: AB12\r\nContent-Type: audio/x-wav\r\n", "RIFF");
  const Result<UspMessage> parsed = ParseBinary(message);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->path, "audio");
  EXPECT_EQ(parsed->content_type, "audio/x-wav");
  EXPECT_EQ(parsed->body, "RIFF");
  const std::string end = Binary("Path: audio\r\nX-RequestId: AB12\r\n", "");
  EXPECT_TRUE(ParseBinary(end)->body.empty());
}

TEST(UspFrame, RefusesWhatIsNone) {
  for (const std::string& message :
       {std::string(), std::string("hello"), std::string("X-RequestId:AB\r\n\r\n{}"),
        std::string("Path:audio\r\nX-RequestId:a b\r\n\r\n"),
        "Path:audio\r\nX-RequestId:" + std::string(65, 'a') + "\r\n\r\n",
        "Path:" + std::string(5000, 'a') + "\r\n\r\n"}) {
    const Result<UspMessage> parsed = ParseUspText(message);
    ASSERT_FALSE(parsed) << message;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  }
  for (const std::string& message :
       {std::string(), std::string("\0", 1), std::string("\xFF\xFFx", 3),
        Binary("Path: audio\r\nX-RequestId: AB\r\n", "").substr(0, 20), Binary("Path: audio\r\n", "x")}) {
    EXPECT_FALSE(ParseBinary(message));
  }
}

RC_GTEST_PROP(UspFrameProperty, WhatIsWrittenIsRead, (const std::string& body)) {
  const std::string message = WriteUspText("speech.phrase", "0123ABCD", "2026-11-24T10:00:00.000Z", body);
  const Result<UspMessage> parsed = ParseUspText(message);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->path == "speech.phrase");
  RC_ASSERT(parsed->request_id == "0123ABCD");
  RC_ASSERT(parsed->body == body);
}

// ---- parameters

TEST(AssessmentParameters, ReadsTheHeader) {
  // {"ReferenceText":"Good morning.","GradingSystem":"HundredMark","Granularity":"FullText",
  //  "Dimension":"Comprehensive","EnableMiscue":"True"}
  const auto parsed = ParseAssessmentHeader(
      "eyJSZWZlcmVuY2VUZXh0IjoiR29vZCBtb3JuaW5nLiIsIkdyYWRpbmdTeXN0ZW0iOiJIdW5kcmVkTWFyayIsIkdyYW51bGFyaXR5Ij"
      "oiRnVs"
      "bFRleHQiLCJEaW1lbnNpb24iOiJDb21wcmVoZW5zaXZlIiwiRW5hYmxlTWlzY3VlIjoiVHJ1ZSJ9");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->reference_text, "Good morning.");
  EXPECT_EQ(parsed->grading, Grading::kHundredMark);
  EXPECT_EQ(parsed->granularity, Granularity::kFullText);
  EXPECT_EQ(parsed->dimension, Dimension::kComprehensive);
  EXPECT_EQ(parsed->miscue, Miscue::kOn);
}

TEST(AssessmentParameters, HasTheDefaultsOfTheService) {
  const auto parsed = ParseAssessmentJson(R"({"ReferenceText":"hi"})");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->grading, Grading::kFivePoint);
  EXPECT_EQ(parsed->granularity, Granularity::kPhoneme);
  EXPECT_EQ(parsed->dimension, Dimension::kBasic);
  EXPECT_EQ(parsed->alphabet, Alphabet::kSapi);
  EXPECT_EQ(parsed->miscue, Miscue::kOff);
  EXPECT_EQ(parsed->prosody, ProsodyScore::kOff);
  EXPECT_EQ(parsed->num_nbest_phonemes, 0);
}

TEST(AssessmentParameters, TakesAnySpellingAndStringsForNumbers) {
  const auto parsed = ParseAssessmentJson(
      R"({"referencetext":"hi","GRADINGSYSTEM":"hundredmark","phonemeAlphabet":"ipa","nbestPhonemeCount":"5",
          "enableProsodyAssessment":true,"enableMiscue":"false","unknown":[1,{"a":null}]})");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->alphabet, Alphabet::kIpa);
  EXPECT_EQ(parsed->num_nbest_phonemes, 5);
  EXPECT_EQ(parsed->prosody, ProsodyScore::kOn);
  EXPECT_EQ(parsed->miscue, Miscue::kOff);
}

TEST(AssessmentParameters, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[]", "JSON object"},
      {"{", "JSON object"},
      {R"({"ReferenceText":""})", "ReferenceText"},
      {R"({"ReferenceText":7})", "ReferenceText"},
      {R"({"ReferenceText":"a","GradingSystem":"Stars"})", "FivePoint or HundredMark"},
      {R"({"ReferenceText":"a","EnableMiscue":"maybe"})", "EnableMiscue"},
      {R"({"ReferenceText":"a","NBestPhonemeCount":-1})", "NBestPhonemeCount"},
      {R"({"ReferenceText":"a","NBestPhonemeCount":1e30})", "NBestPhonemeCount"}};
  for (const auto& [json, expected] : cases) {
    const auto parsed = ParseAssessmentJson(json);
    ASSERT_FALSE(parsed) << json;
    EXPECT_THAT(parsed.error().message, HasSubstr(expected));
  }
  for (const char* header : {"", "a", "====", "!!!!", "e30"})
    EXPECT_FALSE(ParseAssessmentHeader(header)) << header;
  EXPECT_THAT(ParseAssessmentHeader("e30=").error().message, HasSubstr("ReferenceText"));  // {}
}

TEST(SpeechContext, ReadsWhatTheSdkSends) {
  const auto context = ParseSpeechContext(
      R"({"phraseDetection":{"enrichment":{"pronunciationAssessment":{"referenceText":"hi","dimension":"Comprehensive"}},
          "mode":"Interactive","initialSilenceTimeout":3000,
          "interactive":{"segmentation":{"mode":"Custom","segmentationSilenceTimeoutMs":900}}},
          "phraseOutput":{"format":"Detailed","detailed":{"options":["PronunciationAssessment","SNR"]}}})");
  ASSERT_TRUE(context) << context.error().message;
  EXPECT_EQ(context->assessment.reference_text, "hi");
  EXPECT_EQ(context->mode, RecognitionMode::kOnce);
  EXPECT_EQ(context->initial_silence_ms, 3000);
  EXPECT_EQ(context->end_silence_ms, 900);
  EXPECT_TRUE(context->wants_detail);
}

TEST(SpeechContext, KnowsThatItOffersAssessmentOnly) {
  const auto context = ParseSpeechContext(R"({"phraseDetection":{"mode":"Conversation"}})");
  ASSERT_FALSE(context);
  EXPECT_THAT(context.error().message, HasSubstr("only pronunciation assessment"));
  const auto minimal = ParseSpeechContext(
      R"({"PhraseDetection":{"Enrichment":{"PronunciationAssessment":{"ReferenceText":"hi"}},"Mode":"Conversation"}})");
  ASSERT_TRUE(minimal);
  EXPECT_EQ(minimal->mode, RecognitionMode::kContinuous);
  EXPECT_FALSE(minimal->initial_silence_ms.has_value());
  EXPECT_FALSE(minimal->wants_detail);
}

// ---- phrases

PhoneReport Phone(const std::string& name, const std::string& ipa, int stress, double score,
                  bool said = true) {
  PhoneReport phone;
  phone.phone = name;
  phone.ipa = ipa;
  phone.stress = stress;
  phone.score = score;
  phone.expected = name;
  if (said) phone.actual = name;
  phone.actual_probability = 0.5;
  phone.start_ms = 100;
  phone.end_ms = 180;
  return phone;
}

/// "hello there": the second word was not said.
Report Sample() {
  Report report;
  report.text = "Hello there!";
  report.utterance = {0.9, 0.8, 0.5, 0.7, 0.85};
  report.quality.snr_db = 31.26;
  WordReport hello;
  hello.word = "hello";
  hello.accuracy = 0.55;
  hello.start_ms = 100;
  hello.end_ms = 400;
  hello.phonemes = {Phone("HH", "h", -1, 0.25), Phone("AH", "ə", 0, 1.0), Phone("L", "l", -1, 0.5),
                    Phone("OW", "oʊ", 1, 1.0)};
  hello.phonemes[2].alternatives = {{"R", "ɹ", 0.7}, {"L", "l", 0.2}};
  WordReport there;
  there.word = "there";
  there.accuracy = 0.02;
  there.start_ms = 400;
  there.end_ms = 450;
  there.omission_probability = 0.99;
  there.phonemes = {Phone("DH", "ð", -1, 0.0, false), Phone("EH", "ɛ", 1, 0.0, false),
                    Phone("R", "ɹ", -1, 0.0, false)};
  report.words = {hello, there};
  return report;
}

AssessmentParameters Comprehensive() {
  AssessmentParameters parameters;
  parameters.grading = Grading::kHundredMark;
  parameters.dimension = Dimension::kComprehensive;
  return parameters;
}

TEST(Phrase, HasTheScoresFlatAndNested) {
  const Json phrase = Json::parse(SuccessPhrase(Sample(), Comprehensive(), OutputFormat::kDetailed));
  EXPECT_EQ(phrase["RecognitionStatus"], "Success");
  EXPECT_EQ(phrase["DisplayText"], "Hello there!");
  EXPECT_EQ(phrase["Offset"], 1000000);
  EXPECT_EQ(phrase["SNR"], 31.3);
  const Json& best = phrase["NBest"][0];
  EXPECT_EQ(best["Display"], "Hello there!");
  EXPECT_EQ(best["Lexical"], "hello there");
  for (const Json& scores : {best, best["PronunciationAssessment"]}) {
    EXPECT_EQ(scores["AccuracyScore"], 90.0);
    EXPECT_EQ(scores["FluencyScore"], 80.0);
    EXPECT_EQ(scores["CompletenessScore"], 70.0);
    EXPECT_EQ(scores["PronScore"], 76.0);  // .6 x 70 + .2 x 80 + .2 x 90
    EXPECT_FALSE(scores.contains("ProsodyScore"));
  }
  const Json& word = best["Words"][0];
  EXPECT_EQ(word["Word"], "hello");
  EXPECT_EQ(word["Offset"], 1000000);
  EXPECT_EQ(word["Duration"], 3000000);
  EXPECT_EQ(word["AccuracyScore"], 55.0);
  EXPECT_EQ(word["PronunciationAssessment"]["ErrorType"], "Mispronunciation");
  EXPECT_EQ(word["Phonemes"][0]["Phoneme"], "h");
  EXPECT_EQ(word["Phonemes"][1]["Phoneme"], "ax");
  EXPECT_EQ(word["Phonemes"][0]["PronunciationAssessment"]["AccuracyScore"], 25.0);
  EXPECT_EQ(word["Phonemes"][2]["PronunciationAssessment"]["NBestPhonemes"][0]["Phoneme"], "r");
  EXPECT_EQ(word["Phonemes"][2]["PronunciationAssessment"]["NBestPhonemes"][0]["Score"], 70.0);
  EXPECT_FALSE(word["Phonemes"][0]["PronunciationAssessment"].contains("NBestPhonemes"));
  ASSERT_EQ(word["Syllables"].size(), 2U);
  EXPECT_EQ(word["Syllables"][0]["Syllable"], "hax");
  EXPECT_EQ(word["Syllables"][1]["Syllable"], "low");
  EXPECT_EQ(word["Syllables"][1]["PronunciationAssessment"]["AccuracyScore"], 75.0);
  EXPECT_FALSE(word["PronunciationAssessment"].contains("Feedback")) << "prosody was not asked for";
}

TEST(Phrase, GivesProsodyAFifthOfAnOrderedMean) {
  AssessmentParameters parameters = Comprehensive();
  parameters.prosody = ProsodyScore::kOn;
  const Json phrase = Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kDetailed));
  EXPECT_EQ(phrase["NBest"][0]["ProsodyScore"], 50.0);
  EXPECT_EQ(phrase["NBest"][0]["PronScore"], 68.0);  // .4 x 50 + .2 x (70 + 80 + 90)
}

TEST(Phrase, OmissionsNeedMiscue) {
  AssessmentParameters parameters = Comprehensive();
  const Json plain = Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kDetailed));
  EXPECT_EQ(plain["NBest"][0]["Words"][1]["PronunciationAssessment"]["ErrorType"], "Mispronunciation");
  parameters.miscue = Miscue::kOn;
  const Json phrase = Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kDetailed));
  const Json& word = phrase["NBest"][0]["Words"][1];
  EXPECT_EQ(word["PronunciationAssessment"]["ErrorType"], "Omission");
  EXPECT_EQ(word["AccuracyScore"], 0.0);
  EXPECT_EQ(word["Duration"], 0);
  EXPECT_FALSE(word.contains("Phonemes"));
  EXPECT_EQ(phrase["NBest"][0]["Lexical"], "hello");
}

TEST(Phrase, AWordThatWasProbablySaidIsNoOmission) {
  AssessmentParameters parameters = Comprehensive();
  parameters.miscue = Miscue::kOn;
  Report report = Sample();
  report.words[1].omission_probability = 0.49;  // said badly
  const Json phrase = Json::parse(SuccessPhrase(report, parameters, OutputFormat::kDetailed));
  EXPECT_EQ(phrase["NBest"][0]["Words"][1]["PronunciationAssessment"]["ErrorType"], "Mispronunciation");
  EXPECT_EQ(phrase["NBest"][0]["Lexical"], "hello there");
}

TEST(Phrase, WordsThatWereSaidAgainAreInsertions) {
  AssessmentParameters parameters = Comprehensive();
  Report report = Sample();
  report.added_speech = {{0, 1, 400, 700, 0.9, {"HH", "AH"}, 0, 1}, {1, 2, 800, 900, 0.9, {"AH", "M"}, 0, 0}};
  const Json plain = Json::parse(SuccessPhrase(report, parameters, OutputFormat::kDetailed));
  EXPECT_EQ(plain["NBest"][0]["Words"].size(), 2U);
  parameters.miscue = Miscue::kOn;
  const Json phrase = Json::parse(SuccessPhrase(report, parameters, OutputFormat::kDetailed));
  const Json& words = phrase["NBest"][0]["Words"];
  ASSERT_EQ(words.size(), 3U) << "what is no word of the text cannot be spelled";
  EXPECT_EQ(words[1]["Word"], "hello");
  EXPECT_EQ(words[1]["PronunciationAssessment"]["ErrorType"], "Insertion");
  EXPECT_EQ(words[1]["Offset"], 4000000);
  EXPECT_EQ(words[1]["Duration"], 3000000);
  EXPECT_FALSE(words[1].contains("Phonemes"));
  EXPECT_EQ(phrase["NBest"][0]["Lexical"], "hello hello");
}

TEST(Phrase, BreaksStandBeforeTheWordAfterThem) {
  AssessmentParameters parameters = Comprehensive();
  parameters.prosody = ProsodyScore::kOff;
  Report report = Sample();
  report.pauses = {{0, 1, 400, 600, false, 0.3}, {0, 1, 700, 1340, false, 0.71239}};
  const auto feedback_of = [&](std::size_t word) {
    const Json phrase = Json::parse(SuccessPhrase(report, parameters, OutputFormat::kDetailed));
    return phrase["NBest"][0]["Words"][word]["PronunciationAssessment"].value("Feedback", Json());
  };
  EXPECT_TRUE(feedback_of(1).is_null()) << "prosody was not asked for";
  parameters.prosody = ProsodyScore::kOn;
  EXPECT_EQ(feedback_of(0),
            Json::parse(R"({"Prosody": {"Break": {"ErrorTypes": ["None"], "BreakLength": 0}}})"));
  EXPECT_EQ(feedback_of(1), Json::parse(R"({"Prosody": {"Break": {"ErrorTypes": ["UnexpectedBreak"],
                                            "UnexpectedBreak": {"Confidence": 0.7124}, "BreakLength": 6400000}}})"));
  const auto none = Json::parse(R"({"Prosody": {"Break": {"ErrorTypes": ["None"],
                                    "UnexpectedBreak": {"Confidence": 0.0}, "BreakLength": 5000000}}})");
  report.pauses = {{0, 1, 100, 300, true, 0.0}, {0, 1, 400, 900, true, 0.0}};
  EXPECT_EQ(feedback_of(1), none) << "the longer one, and at a mark both belong";
  report.pauses.clear();
  EXPECT_EQ(feedback_of(1)["Prosody"]["Break"]["UnexpectedBreak"]["Confidence"], 0.0);
}

TEST(Phrase, FollowsGradingGranularityDimensionAndAlphabet) {
  AssessmentParameters parameters;  // five points, basic
  parameters.alphabet = Alphabet::kIpa;
  const Json phonemes = Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kDetailed));
  EXPECT_EQ(phonemes["NBest"][0]["AccuracyScore"], 4.5);
  EXPECT_FALSE(phonemes["NBest"][0].contains("PronScore"));
  EXPECT_FALSE(phonemes["NBest"][0]["Words"][0].contains("ErrorType"));
  EXPECT_EQ(phonemes["NBest"][0]["Words"][0]["Phonemes"][1]["Phoneme"], "ə");
  EXPECT_EQ(phonemes["NBest"][0]["Words"][0]["Syllables"][1]["Syllable"], "loʊ");
  parameters.granularity = Granularity::kWord;
  EXPECT_FALSE(
      Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kDetailed))["NBest"][0]["Words"][0]
          .contains("Phonemes"));
  parameters.granularity = Granularity::kFullText;
  EXPECT_FALSE(Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kDetailed))["NBest"][0].contains(
      "Words"));
  EXPECT_FALSE(Json::parse(SuccessPhrase(Sample(), parameters, OutputFormat::kSimple)).contains("NBest"));
}

TEST(Phrase, HasNoBlankLineWhateverTheTextHolds) {
  Report report = Sample();
  report.text = "a\r\n\r\nb";
  const std::string phrase = SuccessPhrase(report, Comprehensive(), OutputFormat::kDetailed);
  EXPECT_EQ(phrase.find('\r'), std::string::npos);
  EXPECT_EQ(Json::parse(phrase)["DisplayText"], "a\r\n\r\nb");
}

TEST(Phrase, NamesFailures) {
  const Json phrase = Json::parse(FailurePhrase("NoMatch", 1500));
  EXPECT_EQ(phrase["RecognitionStatus"], "NoMatch");
  EXPECT_EQ(phrase["Duration"], 15000000);
  EXPECT_FALSE(phrase.contains("NBest"));
}

TEST(SapiPhone, IsTheSetOfUsEnglish) {
  EXPECT_EQ(SapiPhone("HH", -1), "h");
  EXPECT_EQ(SapiPhone("AH", 0), "ax");
  EXPECT_EQ(SapiPhone("AH", 1), "ah");
  EXPECT_EQ(SapiPhone("ER", 0), "er");
  EXPECT_EQ(SapiPhone("ZH", -1), "zh");
}

}  // namespace
}  // namespace higgins::server::azure
