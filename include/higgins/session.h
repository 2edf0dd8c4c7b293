// A recording while it is being made: feed it as it arrives, hear when speech starts and ends and how far the
// reader has come, and get the same report in the end as Assessor::Assess() gives for the whole.
//
//   auto session = higgins::Session::Start(assessor, "We call it bear", options);
//   if (!session) return Fail(session.error().message);
//   while (...) {
//     auto events = session->Feed(bytes);
//     if (!events) break;  // too long, too large, not audio
//     if (session->progress_due()) Show(session->Progress());  // on any thread; expensive, see there
//   }
//   auto report = session->Finish();
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/report.h"
#include "higgins/result.h"

namespace higgins {

/// How the bytes that are fed are to be read.
enum class StreamEncoding {
  kContainer,  ///< a file as Assess() takes it, found out from its first bytes: wav, webm, ogg, flac, mp3,
               ///< ...
  kPcmS16Le,   ///< interleaved 16-bit integers, little endian
  kPcmF32Le,   ///< interleaved 32-bit floats, little endian, nominal range [-1, 1]
};

struct SessionOptions {
  AssessOptions assess;
  StreamEncoding encoding = StreamEncoding::kContainer;
  int sample_rate_hz = 16000;  ///< of PCM, 4000 to 384000
  int num_channels = 1;        ///< of PCM, 1 to 32; channels are averaged
  /// Silence after speech that counts as its end. 100 to 10000.
  int end_silence_ms = 700;
  /// Without any speech for this long from the start, kInitialSilence is reported. 100 to 60000.
  int initial_silence_ms = 5000;
  /// Least new audio between two provisional results. 100 to 60000.
  int progress_interval_ms = 500;
  /// Most that a container may take; PCM is bounded by assess.audio.max_duration_s alone.
  std::size_t max_bytes = std::size_t{25} << 20;
};

/// What was noticed in the audio that has been fed. Times are ms from its beginning.
struct SessionEvent {
  enum class Kind {
    kSpeechStarted,   ///< at `time_ms`
    kSpeechEnded,     ///< last speech at `time_ms`; the silence after it has lasted end_silence_ms
    kInitialSilence,  ///< no speech in the first initial_silence_ms; at most once
  };
  Kind kind = Kind::kSpeechStarted;
  int time_ms = 0;
};

/// The words that have been said completely so far, in order, with scores that may still change.
struct SessionProgress {
  std::vector<WordReport> words;
  int audio_ms = 0;  ///< how much audio this is about
};

/// One recording. Feed() and Finish() belong to one thread at a time; Progress() may run beside them on
/// another.
///
/// Live events need a format that can be decoded as it comes: PCM, wav with PCM, webm and ogg with opus. Any
/// other is collected, gives no events and no progress, and its report at the end.
///
/// Memory: at most max_duration_s of samples at 16 kHz and, for a container, max_bytes. Nothing is reserved
/// for what a header promises.
class Session {
 public:
  /// `assessor` must outlive the session. Errors: kInvalidArgument (text without words, an option out of its
  /// range).
  static Result<Session> Start(const Assessor& assessor, std::string_view text,
                               const SessionOptions& options = {});

  /// The next bytes, cut anywhere, any number. Costs about 1 ms a second of audio. Errors: kAudioTooLong
  /// (duration or bytes), kBadAudio (samples that are not numbers, or far out of range), kInternal; after an
  /// error only the destructor may follow. Damage inside a container shows in Finish().
  Result<std::vector<SessionEvent>> Feed(std::span<const std::byte> bytes);

  /// Whether enough audio with speech in it has come since the last Progress(). The interval grows with the
  /// length: all provisional results together cost at most about six times what the report costs.
  bool progress_due() const;

  /// Runs the models on what has come so far: as expensive as a report on it. Without words
  /// before the first one. Errors: kInternal.
  Result<SessionProgress> Progress();

  /// The report on everything, the same bytes of JSON as Assess() gives, however the stream was cut: for a
  /// container, of the bytes; for PCM, of the PcmView of the samples (16-bit ones divided by 32768), or of a
  /// wav file with them. Errors: as Assess(); kBadAudio when PCM ends within a sample. Nothing may follow it.
  Result<Report> Finish();
  /// Finish() with the times of the stages, as Assessor::Measure().
  Result<Measurement> FinishMeasured();

  int audio_ms() const;  ///< decoded so far; 0 for a format without live decoding
  bool is_live() const;  ///< whether events and progress can still come
  /// How many words the text has.
  int num_words() const;

  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace higgins
