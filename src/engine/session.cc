#include "higgins/session.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "audio/clip_builder.h"
#include "audio/live_decoder.h"
#include "audio/pcm_bytes.h"
#include "engine/assess.h"
#include "engine/assessor_impl.h"
#include "engine/guard.h"
#include "engine/progress.h"
#include "engine/prompts.h"
#include "quality/live_speech.h"

namespace higgins {
namespace {

constexpr int kSamplesPerMs = Clip::kSampleRateHz / 1000;
constexpr int kBackOff = 5;     // a result on t ms waits for t / 5 ms more
constexpr int kSettleMs = 300;  // of silence after which the last word counts as said
constexpr double kMinLimitS = 0.1, kMaxLimitS = 3600.0;

Result<void> CheckRange(const char* name, int value, int low, int high) {
  if (value >= low && value <= high) return {};
  return Error{ErrorCode::kInvalidArgument, std::string(name) + ": expected " + std::to_string(low) + " to " +
                                                std::to_string(high) + ", got " + std::to_string(value)};
}

Result<void> CheckSessionOptions(const SessionOptions& options) {
  if (Result<void> checked = CheckOptions(options.assess); !checked) return checked;
  const double max_duration_s = options.assess.audio.max_duration_s;
  if (!(max_duration_s >= kMinLimitS && max_duration_s <= kMaxLimitS)) {
    return Error{ErrorCode::kInvalidArgument, "max_duration_s: expected 0.1 to 3600"};
  }
  for (const Result<void>& checked :
       {CheckRange("end_silence_ms", options.end_silence_ms, 100, 10000),
        CheckRange("initial_silence_ms", options.initial_silence_ms, 100, 60000),
        CheckRange("progress_interval_ms", options.progress_interval_ms, 100, 60000),
        CheckRange("sample_rate_hz", options.sample_rate_hz, 4000, 384000),
        CheckRange("num_channels", options.num_channels, 1, 32)}) {
    if (!checked) return checked;
  }
  return {};
}

/// Raw PCM: what arrives is all there is, so that the clip grows here and is the report's own.
struct PcmStream {
  audio::PcmBytes bytes;
  audio::ClipBuilder builder;
  std::vector<float> block;
};

/// A container: the bytes for the report, and a decoder that follows them for the events.
struct ContainerStream {
  std::vector<std::byte> bytes;
  audio::LiveDecoder live;
};

SessionEvent ToEvent(const quality::SpeechChange& change) {
  using Kind = quality::SpeechChange::Kind;
  switch (change.kind) {
    case Kind::kStarted:
      return {SessionEvent::Kind::kSpeechStarted, change.time_ms};
    case Kind::kEnded:
      return {SessionEvent::Kind::kSpeechEnded, change.time_ms};
    case Kind::kNothingYet:
      break;
  }
  return {SessionEvent::Kind::kInitialSilence, change.time_ms};
}

}  // namespace

struct Session::Impl {
  const Pack* pack = nullptr;
  std::string text;
  SessionOptions options;
  Prompt prompt;
  std::optional<PcmStream> pcm;
  std::optional<ContainerStream> container;
  quality::LiveSpeech speech;

  mutable std::mutex mutex;  // Progress() reads what Feed() makes grow
  int last_progress_ms = 0;

  const std::vector<float>& samples() const {
    return pcm ? pcm->builder.samples() : container->live.samples();
  }
  int audio_ms() const { return static_cast<int>(samples().size()) / kSamplesPerMs; }

  Result<void> Append(std::span<const std::byte> bytes) {
    if (pcm) {
      pcm->bytes.Convert(bytes, pcm->block);
      return pcm->builder.Add(pcm->block);
    }
    if (bytes.size() > options.max_bytes - container->bytes.size()) {
      return Error{ErrorCode::kAudioTooLong, "the recording has more than the limit of " +
                                                 std::to_string(options.max_bytes) + " bytes"};
    }
    container->bytes.insert(container->bytes.end(), bytes.begin(), bytes.end());
    return container->live.Feed(bytes);
  }

  Result<Clip> TakeClip() {
    const std::lock_guard lock(mutex);
    return pcm->builder.Finish();
  }

  bool progress_due() const {
    const int interval_ms = std::max(options.progress_interval_ms, last_progress_ms / kBackOff);
    const bool has_news = speech.is_speaking() || last_progress_ms < speech.last_speech_ms() + kSettleMs;
    return speech.has_started() && has_news && audio_ms() - last_progress_ms >= interval_ms;
  }
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::Start(const Assessor& assessor, std::string_view text,
                               const SessionOptions& options) {
  return Guard([&]() -> Result<Session> {
    if (Result<void> checked = CheckSessionOptions(options); !checked) return checked.error();
    const Pack& pack = assessor.impl_->pack;
    Result<Prompt> prompt = LookupPrompt(pack, text, options.assess.pronunciations);
    if (!prompt) return prompt.error();
    const quality::LiveSpeechOptions speech{options.end_silence_ms, options.initial_silence_ms};
    std::unique_ptr<Impl> impl(new Impl{.pack = &pack,
                                        .text = std::string(text),
                                        .options = options,
                                        .prompt = *std::move(prompt),
                                        .pcm = {},
                                        .container = {},
                                        .speech = quality::LiveSpeech(speech),
                                        .mutex = {},
                                        .last_progress_ms = 0});
    const double max_duration_s = options.assess.audio.max_duration_s;
    if (options.encoding == StreamEncoding::kContainer) {
      impl->container.emplace(ContainerStream{{}, audio::LiveDecoder(max_duration_s)});
      return Session(std::move(impl));
    }
    Result<audio::ClipBuilder> builder =
        audio::ClipBuilder::Create("the PCM", {options.sample_rate_hz, options.num_channels}, max_duration_s);
    if (!builder) return builder.error();
    const audio::SampleType type =
        options.encoding == StreamEncoding::kPcmS16Le ? audio::SampleType::kS16Le : audio::SampleType::kF32Le;
    impl->pcm.emplace(PcmStream{audio::PcmBytes(type, options.num_channels), *std::move(builder), {}});
    return Session(std::move(impl));
  });
}

Result<std::vector<SessionEvent>> Session::Feed(std::span<const std::byte> bytes) {
  return Guard([&]() -> Result<std::vector<SessionEvent>> {
    const std::lock_guard lock(impl_->mutex);
    if (Result<void> appended = impl_->Append(bytes); !appended) return appended.error();
    std::vector<SessionEvent> events;
    for (const quality::SpeechChange& change : impl_->speech.Update(impl_->samples())) {
      events.push_back(ToEvent(change));
    }
    return events;
  });
}

bool Session::progress_due() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->progress_due();
}

Result<SessionProgress> Session::Progress() {
  return Guard([&]() -> Result<SessionProgress> {
    Clip clip;
    {
      const std::lock_guard lock(impl_->mutex);
      clip.samples = impl_->samples();
      impl_->last_progress_ms = impl_->audio_ms();
    }
    return ProgressOf(*impl_->pack, impl_->prompt, clip, impl_->options.assess);
  });
}

Result<Measurement> Session::FinishMeasured() {
  return Guard([&]() -> Result<Measurement> {
    const AssessRequest request{.encoded = impl_->container
                                               ? std::span<const std::byte>(impl_->container->bytes)
                                               : std::span<const std::byte>(),
                                .pcm = nullptr,
                                .clip = nullptr,
                                .text = impl_->text,
                                .labels = {},
                                .options = impl_->options.assess};
    if (impl_->container) return higgins::Assess(*impl_->pack, request);
    if (const std::size_t left_over = impl_->pcm->bytes.num_left_over(); left_over > 0) {
      return Error{ErrorCode::kBadAudio,
                   "the PCM ends within a sample: " + std::to_string(left_over) + " bytes are left over"};
    }
    const Result<Clip> clip = impl_->TakeClip();
    if (!clip) return clip.error();
    AssessRequest of_clip = request;
    of_clip.clip = &*clip;
    return higgins::Assess(*impl_->pack, of_clip);
  });
}

Result<Report> Session::Finish() {
  Result<Measurement> measured = FinishMeasured();
  if (!measured) return measured.error();
  return std::move(measured->report);
}

int Session::audio_ms() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->audio_ms();
}

bool Session::is_live() const { return impl_->pcm.has_value() || !impl_->container->live.is_blind(); }

int Session::num_words() const { return static_cast<int>(impl_->prompt.words.size()); }

}  // namespace higgins
