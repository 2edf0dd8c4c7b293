// A stream on the tiny pack: events, progress, limits, and the same report as the whole recording gives.
#include "higgins/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/tiny_speech.h"

namespace higgins {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = SessionEvent::Kind;
using Bytes = std::span<const std::byte>;

constexpr const char* kText = "We call it bear";
constexpr const char* kPhones = "W IY K AO L IH T B EH R";

const Assessor& Tiny() {
  static const Assessor assessor = [] {
    AssessorOptions options;
    options.concurrent_requests = 2;
    return *Assessor::Open(HIGGINS_SOURCE_DIR "/tests/data/tiny_pack", options);
  }();
  return assessor;
}

std::vector<float> Samples() { return testing::SpeakTiny(kPhones, 1000); }
Bytes AsBytes(const std::vector<float>& samples) { return std::as_bytes(std::span(samples)); }

SessionOptions Pcm() {
  SessionOptions options;
  options.encoding = StreamEncoding::kPcmF32Le;
  return options;
}

Session Start(const SessionOptions& options) {
  Result<Session> session = Session::Start(Tiny(), kText, options);
  EXPECT_TRUE(session) << session.error().message;
  return *std::move(session);
}

std::vector<SessionEvent> FeedAll(Session& session, Bytes bytes, std::size_t piece) {
  std::vector<SessionEvent> events;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto got = session.Feed(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    EXPECT_TRUE(got) << got.error().message;
    if (!got) break;
    events.insert(events.end(), got->begin(), got->end());
  }
  return events;
}

TEST(Session, SaysWhenSpeechStartsAndEnds) {
  Session session = Start(Pcm());
  const std::vector<float> samples = Samples();
  const std::vector<SessionEvent> events = FeedAll(session, AsBytes(samples), 3200);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, Kind::kSpeechStarted);
  EXPECT_NEAR(events[0].time_ms, 1000, 120);
  EXPECT_EQ(events[1].kind, Kind::kSpeechEnded);
  EXPECT_NEAR(events[1].time_ms, 1000 + 10 * 140, 120);
  EXPECT_EQ(session.audio_ms(), static_cast<int>(samples.size()) / 16);
}

TEST(Session, ReportsInitialSilence) {
  SessionOptions options = Pcm();
  options.initial_silence_ms = 1000;
  Session session = Start(options);
  const std::vector<SessionEvent> events = FeedAll(session, AsBytes(std::vector<float>(40000, 0.0F)), 3200);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, Kind::kInitialSilence);
  const Result<Report> report = session.Finish();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNoSpeech);
}

TEST(Session, FollowsTheReaderWordByWord) {
  Session session = Start(Pcm());
  const std::vector<float> samples = Samples();
  std::vector<std::size_t> counts;
  std::vector<std::string> last;
  for (std::size_t at = 0; at < samples.size(); at += 1600) {
    const auto piece = std::span(samples).subspan(at, std::min<std::size_t>(1600, samples.size() - at));
    ASSERT_TRUE(session.Feed(std::as_bytes(piece)));
    if (!session.progress_due()) continue;
    const Result<SessionProgress> progress = session.Progress();
    ASSERT_TRUE(progress) << progress.error().message;
    EXPECT_EQ(progress->audio_ms, session.audio_ms());
    counts.push_back(progress->words.size());
    last.clear();
    for (const WordReport& word : progress->words) {
      last.push_back(word.word);
      EXPECT_GT(word.total, 0.8) << word.word;
    }
  }
  EXPECT_THAT(last, ElementsAre("we", "call", "it", "bear"));
  EXPECT_TRUE(std::is_sorted(counts.begin(), counts.end()));
  EXPECT_GE(std::set<std::size_t>(counts.begin(), counts.end()).size(), 3U);
  EXPECT_EQ(session.num_words(), 4);
}

TEST(Session, ProgressIsDueLessOftenAsTheAudioGrows) {
  SessionOptions options = Pcm();
  options.progress_interval_ms = 500;
  Session session = Start(options);
  double total_ms = 0.0;
  int num_runs = 0;
  const std::vector<float> samples = testing::SpeakTiny(kPhones, 0);
  for (int repeat = 0; repeat < 20; ++repeat) {  // 28 s
    for (std::size_t at = 0; at < samples.size(); at += 1600) {
      const auto piece = std::span(samples).subspan(at, std::min<std::size_t>(1600, samples.size() - at));
      ASSERT_TRUE(session.Feed(std::as_bytes(piece)));
      if (!session.progress_due()) continue;
      total_ms += session.Progress()->audio_ms;
      ++num_runs;
    }
  }
  EXPECT_GE(num_runs, 10);
  EXPECT_LE(total_ms, 7.0 * session.audio_ms());
}

RC_GTEST_PROP(SessionProperty, AnyCutOfAnyStreamGivesTheReportOfTheWhole, ()) {
  const int rate_hz = *rc::gen::element(16000, 8000, 44100, 48000);
  const std::vector<float> said = testing::SpeakTiny(kPhones, 300);
  std::vector<float> samples;  // the nearest sample: what matters is that both see the same
  for (std::size_t i = 0; i < said.size() * static_cast<std::size_t>(rate_hz) / 16000; ++i) {
    samples.push_back(said[std::min(said.size() - 1, i * 16000 / static_cast<std::size_t>(rate_hz))]);
  }
  const std::vector<std::byte> wav = testing::ToBytes(testing::ToWav(samples, rate_hz));
  const bool is_container = *rc::gen::arbitrary<bool>();
  SessionOptions options;
  options.encoding = is_container ? StreamEncoding::kContainer : StreamEncoding::kPcmS16Le;
  options.sample_rate_hz = rate_hz;
  Session session = Start(options);
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const unsigned largest = *rc::gen::element(700U, 5000U, 40000U);
  Bytes rest = Bytes(wav).subspan(is_container ? 0 : 44);
  while (!rest.empty()) {
    const std::size_t size = std::min<std::size_t>(random() % largest, rest.size());
    RC_ASSERT(session.Feed(rest.first(size)).has_value());
    rest = rest.subspan(size);
  }
  const Result<Report> streamed = session.Finish();
  const Result<Report> batch = Tiny().Assess(wav, kText);
  RC_ASSERT(streamed.has_value());
  RC_ASSERT(ToJson(*streamed) == ToJson(*batch));
}

TEST(Session, ProgressMayRunBesideFeed) {
  Session session = Start(Pcm());
  const std::vector<float> samples = Samples();
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(session.Progress());
  });
  FeedAll(session, AsBytes(samples), 1000);
  other.join();
  const Result<Report> report = session.Finish();
  ASSERT_TRUE(report);
  EXPECT_EQ(ToJson(*report), ToJson(*Tiny().Assess(PcmView{samples}, kText)));
}

TEST(Session, StopsAtItsLimitsBeforeTheMemoryIsSpent) {
  SessionOptions options = Pcm();
  options.assess.audio.max_duration_s = 1.0;
  Session of_pcm = Start(options);
  const std::vector<std::byte> second(64000);
  EXPECT_TRUE(of_pcm.Feed(second));
  const auto more = of_pcm.Feed(std::span(second).first(4));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kAudioTooLong);

  SessionOptions small;
  small.max_bytes = 1000;
  Session of_file = Start(small);
  EXPECT_TRUE(of_file.Feed(std::span(second).first(1000)));
  const auto over = of_file.Feed(std::span(second).first(1));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kAudioTooLong);
  EXPECT_THAT(over.error().message, HasSubstr("1000 bytes"));
}

TEST(Session, RefusesWhatCannotBeStarted) {
  EXPECT_EQ(Session::Start(Tiny(), "?!", Pcm()).error().code, ErrorCode::kInvalidArgument);
  SessionOptions options = Pcm();
  options.sample_rate_hz = 100;
  EXPECT_THAT(Session::Start(Tiny(), kText, options).error().message, HasSubstr("sample_rate_hz"));
  options = Pcm();
  options.end_silence_ms = 5;
  EXPECT_THAT(Session::Start(Tiny(), kText, options).error().message, HasSubstr("end_silence_ms"));
  options = Pcm();
  options.num_channels = 0;
  EXPECT_THAT(Session::Start(Tiny(), kText, options).error().message, HasSubstr("num_channels"));
}

TEST(Session, NamesDamage) {
  Session nothing = Start(Pcm());
  EXPECT_EQ(nothing.Finish().error().code, ErrorCode::kBadAudio);

  Session half = Start(Pcm());
  ASSERT_TRUE(half.Feed(std::vector<std::byte>(10)));
  EXPECT_THAT(half.Finish().error().message, HasSubstr("within a sample"));

  SessionOptions file;
  Session text = Start(file);
  ASSERT_TRUE(text.Feed(testing::ToBytes("this is no recording at all, but a text")));
  EXPECT_FALSE(text.is_live());
  EXPECT_THAT(text.Finish().error().message, HasSubstr("is text"));
}

TEST(Session, GivesAlternativesWhenAsked) {
  SessionOptions options = Pcm();
  options.assess.num_alternatives = 5;
  Session session = Start(options);
  FeedAll(session, AsBytes(Samples()), 100000);
  const Result<Report> report = session.Finish();
  ASSERT_TRUE(report);
  for (const PhoneReport& phone : report->words[0].phonemes) {
    ASSERT_EQ(phone.alternatives.size(), 5U);
    EXPECT_EQ(phone.alternatives[0].phone, phone.phone);
    EXPECT_GT(phone.alternatives[0].probability, phone.alternatives[1].probability);
  }
  EXPECT_THAT(Tiny().Assess(PcmView{Samples()}, kText)->words[0].phonemes[0].alternatives, IsEmpty());
}

}  // namespace
}  // namespace higgins
