// Start here. An Assessor is a loaded pack; Assess() takes a recording and the text that was read and gives a
// Report.
//
//   auto assessor = higgins::Assessor::Open("packs/en-us");
//   if (!assessor) return Fail(assessor.error().message);
//   auto report = assessor->Assess(file_bytes, "We call it bear");
//   if (report) std::puts(higgins::ToJson(*report).c_str());
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/audio.h"
#include "higgins/report.h"
#include "higgins/result.h"

namespace higgins {

struct AssessorOptions {
  int threads_per_request = 1;  ///< 1 to 64; one is fastest per core at this model's size
  int concurrent_requests = 1;  ///< inference streams, 1 to 64; further callers of Assess() wait for one
  /// An ONNX file to run instead of the pack's acoustic graph, to compare the two; empty: the pack's own.
  std::filesystem::path acoustic_graph;
  /// Where compiled graphs are kept, some 30 MB for a pack and each pair of the numbers above, so that the
  /// next process starts twice as fast; the scores are the same. Made when missing; without rights to it
  /// everything works as without a cache, and so it does with a folder that other users may write to. Empty:
  /// none.
  std::filesystem::path cache_directory;
};

/// The caller's own pronunciation of one word, ARPAbet with optional stress digits: {"higgins", "HH IH1 G IH0
/// N Z"}.
struct WordPhones {
  std::string word;
  std::string phones;
};

enum class Detail { kFull, kWord, kSentence };

struct AssessOptions {
  AudioOptions audio;
  std::vector<WordPhones> pronunciations;  ///< replace the lexicon's for these words
  /// Moves the pack's detection thresholds: 0 is the pack's own, +1 flags twice as readily (in odds), -1
  /// half. -5 to 5.
  double strictness = 0.0;
  int num_alternatives = 0;  ///< PhoneReport::alternatives, 0 to 100
};

/// What `higgins phones` prints: one entry a spoken word.
struct WordPronunciations {
  std::string word;
  int char_begin = 0;
  int char_end = 0;
  struct Variant {
    std::string arpabet;  ///< "HH AH0 L OW1"
    std::string ipa;
    PronunciationSource source = PronunciationSource::kDictionary;
  };
  std::vector<Variant> variants;  ///< the first is the citation form
};

struct PackInfo {
  std::string name, language, version, directory;
  std::string calibration_version;
  int num_phones = 0;
  std::size_t size_bytes = 0;
  double detection_threshold =
      0.5;  ///< a phone is flagged when its error_probability reaches this, at strictness 0
};

/// The wall-clock time of one stage of the main path: "decode", "lexicon", "quality", "acoustic", "prosody",
/// "lattice", "scorer", "reading", "diagnosis", "report".
struct StageTime {
  std::string stage;
  double ms = 0.0;
};

/// What evaluation and benchmarks look at beside the report. None of it is part of the JSON contract.
struct Measurement {
  Report report;
  std::vector<StageTime> stages;  ///< in the order of the path
  std::vector<std::string>
      heard;  ///< free phone decode: what the acoustic model hears without knowing the text
};

/// Thread-safe: any number of threads may call the const members of one Assessor. For audio that is still
/// being recorded see session.h.
class Assessor {
 public:
  /// Loads and checks a pack folder. Errors: kBadPack (with the file and what did not match), kNotFound.
  static Result<Assessor> Open(const std::filesystem::path& pack_directory,
                               const AssessorOptions& options = {});

  /// Assesses an encoded recording (wav, flac, ogg, mp3, webm; m4a with ffmpeg) against `text` (UTF-8).
  /// Poor quality that still allows a score is a warning in the report; silence or no speech is an error.
  Result<Report> Assess(std::span<const std::byte> audio, std::string_view text,
                        const AssessOptions& options = {}) const;
  Result<Report> Assess(const PcmView& pcm, std::string_view text, const AssessOptions& options = {}) const;

  /// Assess() with the words and phones of a corpus's labels as the canonical ones
  /// (PronunciationSource::kLabels), one entry a spoken word, in order; with no labels, the lexicon's as in
  /// Assess(). A vowel without a stress digit counts as unstressed. Errors: as Assess(); kInvalidArgument for
  /// a label that is not in the pack's phone set.
  Result<Measurement> Measure(std::span<const std::byte> audio, std::string_view text,
                              std::span<const WordPhones> labels, const AssessOptions& options = {}) const;

  /// How the engine would expect `text` to be said.
  Result<std::vector<WordPronunciations>> Phones(std::string_view text,
                                                 const AssessOptions& options = {}) const;

  const PackInfo& pack() const;

  Assessor(Assessor&&) noexcept;
  Assessor& operator=(Assessor&&) noexcept;
  ~Assessor();

 private:
  friend class Session;
  struct Impl;
  explicit Assessor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The JSON of the public contract (see README); deterministic: the same report gives the same bytes.
std::string ToJson(const Report& report, Detail detail = Detail::kFull);
std::string ToJson(
    const std::vector<WordPronunciations>& words);  ///< {"words": [...]}, what `higgins phones --json` prints
std::string ToTextGrid(const Report& report);       ///< Praat long TextGrid, tiers "words", "phones", "added"
std::string ToCtm(const Report& report);            ///< NIST CTM, a line a phone, seconds
std::string ToCsv(const Report& report);            ///< RFC 4180, a row a phone, with a header

const char* EngineVersion();
/// The library that runs the models, with its version, for diagnostics.
const char* InferenceRuntime();

}  // namespace higgins
