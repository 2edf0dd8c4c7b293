// The messages of /v1/stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "transports/server/stream/events.h"
#include "transports/server/stream/start_message.h"

namespace higgins::server::stream {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

Result<StartMessage> Parse(const std::string& json) { return ParseStartMessage(json, 60.0, 1000); }

TEST(StartMessage, ReadsEveryField) {
  const auto start = Parse(
      R"({"type":"start","text":"hi","language":"en-GB","pack":"mine","detail_level":"word","strictness":-1,
          "pronunciations":["hi=HH AY1"],"max_duration_s":20,"end_silence_ms":900,"initial_silence_ms":2000,
          "progress_interval_ms":250,"end_on_silence":true,
          "audio":{"format":"pcm_s16le","sample_rate_hz":48000,"channels":2}})");
  ASSERT_TRUE(start) << start.error().message;
  EXPECT_EQ(start->text, "hi");
  EXPECT_EQ(start->language, "en-GB");
  EXPECT_EQ(start->pack, "mine");
  EXPECT_EQ(start->detail, Detail::kWord);
  EXPECT_EQ(start->end_of_turn, EndOfTurn::kOnSilence);
  EXPECT_EQ(start->session.encoding, StreamEncoding::kPcmS16Le);
  EXPECT_EQ(start->session.sample_rate_hz, 48000);
  EXPECT_EQ(start->session.num_channels, 2);
  EXPECT_EQ(start->session.end_silence_ms, 900);
  EXPECT_EQ(start->session.initial_silence_ms, 2000);
  EXPECT_EQ(start->session.progress_interval_ms, 250);
  EXPECT_EQ(start->session.max_bytes, 1000U);
  EXPECT_DOUBLE_EQ(start->session.assess.strictness, -1.0);
  EXPECT_DOUBLE_EQ(start->session.assess.audio.max_duration_s, 20.0);
  ASSERT_EQ(start->session.assess.pronunciations.size(), 1U);
  EXPECT_EQ(start->session.assess.pronunciations[0].phones, "HH AY1");
}

TEST(StartMessage, NeedsTheTextOnly) {
  const auto start = Parse(R"({"text":"hi"})");
  ASSERT_TRUE(start) << start.error().message;
  EXPECT_EQ(start->session.encoding, StreamEncoding::kContainer);
  EXPECT_EQ(start->detail, Detail::kFull);
  EXPECT_EQ(start->session.end_silence_ms, 700);
  EXPECT_DOUBLE_EQ(start->session.assess.audio.max_duration_s, 60.0);
}

TEST(StartMessage, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "JSON object"},
      {"[]", "JSON object"},
      {R"({"audio":{"format":"wav"}})", "\"text\""},
      {R"({"text":"hi","audio":{}})", "audio: expected"},
      {R"({"text":"hi","audio":{"format":"gsm"}})", "audio.format"},
      {R"({"text":"hi","audio":{"format":"wav","rate":1}})", "unknown field \"rate\""},
      {R"({"text":"hi","audio":{"format":"wav"},"detail_level":"phone"})", "detail_level"},
      {R"({"text":"hi","audio":{"format":"wav"},"end_silence_ms":1e300})", "end_silence_ms"},
      {R"({"text":"hi","audio":{"format":"wav"},"max_duration_s":61})", "max_duration_s"},
      {R"({"text":"hi","audio":{"format":"wav"},"pronunciations":["x"]})", "WORD=PHONES"},
      {R"({"text":"hi","audio":{"format":"wav"},"typo":1})", "unknown field \"typo\""},
      {R"({"type":"end","text":"hi","audio":{"format":"wav"}})", "type"}};
  for (const auto& [json, expected] : cases) {
    const auto start = Parse(json);
    ASSERT_FALSE(start) << json;
    EXPECT_THAT(start.error().message, HasSubstr(expected));
  }
}

TEST(EndMessage, IsThatAndNothingElse) {
  EXPECT_TRUE(IsEndMessage(R"({"type":"end"})"));
  EXPECT_TRUE(IsEndMessage(R"( { "type" : "end" } )"));
  EXPECT_FALSE(IsEndMessage(R"({"type":"end","x":1})"));
  EXPECT_FALSE(IsEndMessage("end"));
  EXPECT_FALSE(IsEndMessage(""));
}

TEST(Events, AreOneJsonObjectEach) {
  EXPECT_EQ(Json::parse(ReadyEvent("ab12", 4))["num_words"], 4);
  EXPECT_EQ(Json::parse(SpeechEvent({SessionEvent::Kind::kSpeechEnded, 1200}))["type"], "speech_ended");
  SessionProgress progress;
  progress.audio_ms = 900;
  progress.words.resize(1);
  progress.words[0].word = "we";
  progress.words[0].total = 0.87654321;
  const Json event = Json::parse(ProgressEvent(progress));
  EXPECT_EQ(event["words"][0]["word"], "we");
  EXPECT_EQ(event["words"][0]["total"], 0.8765);
  Report report;
  report.text = "we";
  const std::string sent = ReportEvent(report, Detail::kFull);
  EXPECT_THAT(sent, HasSubstr(ToJson(report)));  // the very bytes
  EXPECT_EQ(Json::parse(sent)["report"]["text"], "we");
  const Json error =
      Json::parse(ErrorEvent({.kind = http::ProblemKind::kNoSpeech, .detail = "nothing"}, "ab12"));
  EXPECT_EQ(error["problem"]["type"], "urn:higgins:problem:no-speech");
  EXPECT_EQ(error["problem"]["detail"], "nothing");
}

}  // namespace
}  // namespace higgins::server::stream
