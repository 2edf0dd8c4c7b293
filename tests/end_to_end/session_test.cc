// Real recordings, streamed in any pieces and in every form that is followed live, give the report of the
// whole file.
#include "higgins/session.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "audio/recordings.h"
#include "end_to_end/examples.h"

namespace higgins::testing {
namespace {

using Kind = SessionEvent::Kind;
using audio::testing::ByteVector;

std::filesystem::path PackFolder() { return SourceDir() / "packs" / "en-us"; }

const Assessor& EnUs() {
  static const Assessor assessor = *Assessor::Open(PackFolder());
  return assessor;
}

/// Of a file that libsndfile reads; mono.
std::vector<float> Samples(const ByteVector& bytes) {
  audio::testing::SndfileSink file{bytes, 0};
  SF_VIRTUAL_IO io = audio::testing::SinkIo();
  SF_INFO info{};
  SNDFILE* opened = sf_open_virtual(&io, SFM_READ, &info, &file);
  std::vector<float> samples(static_cast<std::size_t>(info.frames));
  sf_readf_float(opened, samples.data(), info.frames);
  sf_close(opened);
  return samples;
}

ByteVector ToS16(const std::vector<float>& samples) {
  audio::testing::ByteWriter out;
  for (const float sample : samples) {
    out.Little(static_cast<std::uint16_t>(std::lround(sample * 32768.0F)), 2);  // FLAC of 16 bits: exact
  }
  return out.bytes;
}

/// Three of each, for the opus encoder works at 48 kHz.
std::vector<float> At48k(const std::vector<float>& samples) {
  std::vector<float> out;
  for (const float sample : samples) out.insert(out.end(), 3, sample);
  return out;
}

struct Form {
  std::string name;
  ByteVector streamed;  // what is fed
  ByteVector whole;     // the same as a file
  StreamEncoding encoding = StreamEncoding::kContainer;
};

std::vector<Form> FormsOf(const Example& example) {
  const std::vector<float> samples = Samples(example.audio);
  const ByteVector pcm = ToS16(samples);
  const auto size = static_cast<std::uint32_t>(pcm.size());
  const ByteVector wav = audio::testing::WavBytes({.riff_size = 36 + size, .data_size = size}, pcm);
  const ByteVector webm = audio::testing::EncodeWebm(At48k(samples), 1, audio::testing::WebmSizes::kLive);
  const ByteVector ogg = audio::testing::Encode(At48k(samples), 48000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS);
  return {{"pcm", pcm, wav, StreamEncoding::kPcmS16Le},
          {"wav of unknown length", audio::testing::WavBytes({}, pcm), wav},
          {"webm", webm, webm},
          {"ogg", ogg, ogg},
          {"flac", example.audio, example.audio}};
}

RC_GTEST_PROP(RealSession, AnyCutGivesTheBytesOfTheBatchReport, ()) {
  if (!std::filesystem::exists(PackFolder() / "manifest.json")) return;
  static const std::vector<Example> examples = ReadExamples();
  static std::map<std::string, std::vector<Form>> forms;
  static std::map<std::string, std::string> expected;
  const Example& example = examples[*rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, examples.size()))];
  if (!forms.contains(example.name)) forms[example.name] = FormsOf(example);
  const std::vector<Form>& all = forms[example.name];
  const Form& form = all[*rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, all.size()))];
  std::string& batch = expected[example.name + form.name];
  if (batch.empty()) batch = ToJson(*EnUs().Assess(form.whole, example.text));

  SessionOptions options;
  options.encoding = form.encoding;
  Result<Session> session = Session::Start(EnUs(), example.text, options);
  RC_ASSERT(session.has_value());
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const unsigned largest = *rc::gen::element(300U, 4000U, 60000U);
  std::span<const std::byte> rest = form.streamed;
  while (!rest.empty()) {
    const auto piece = rest.first(std::min<std::size_t>(random() % largest, rest.size()));
    RC_ASSERT(session->Feed(piece).has_value());
    rest = rest.subspan(piece.size());
  }
  const Result<Report> report = session->Finish();
  RC_ASSERT(report.has_value());
  RC_ASSERT(ToJson(*report) == batch);
}

TEST(RealSession, FollowsAReader) {
  if (!std::filesystem::exists(PackFolder() / "manifest.json"))
    GTEST_SKIP() << "packs/en-us has no manifest.json";
  // One in which the engine hears no error: of think_slt_good it doubts the K of "think".
  const Example example = ReadExample(SourceDir() / "examples" / "think_rms_good.json");
  for (const Form& form : FormsOf(example)) {
    if (form.name == "flac") continue;  // not followed live
    SessionOptions options;
    options.encoding = form.encoding;
    options.progress_interval_ms = 1000;
    Result<Session> session = Session::Start(EnUs(), example.text, options);
    ASSERT_TRUE(session);
    std::vector<SessionEvent> events;
    SessionProgress last;
    for (std::size_t at = 0; at < form.streamed.size(); at += 3200) {
      const auto size = std::min<std::size_t>(3200, form.streamed.size() - at);
      const auto fed = session->Feed(std::span(form.streamed).subspan(at, size));
      ASSERT_TRUE(fed) << form.name;
      events.insert(events.end(), fed->begin(), fed->end());
      if (session->progress_due()) {
        const Result<SessionProgress> progress = session->Progress();
        ASSERT_TRUE(progress) << form.name << ": " << progress.error().message;
        EXPECT_GE(progress->words.size(), last.words.size()) << form.name;
        last = *progress;
      }
    }
    ASSERT_FALSE(events.empty()) << form.name;
    EXPECT_EQ(events[0].kind, Kind::kSpeechStarted) << form.name;
    EXPECT_LT(events[0].time_ms, 400) << form.name;
    EXPECT_GE(last.words.size(), 6U) << form.name;
    for (std::size_t w = 0; w + 1 < last.words.size(); ++w) EXPECT_GT(last.words[w].total, 0.5) << form.name;
  }
}

}  // namespace
}  // namespace higgins::testing
