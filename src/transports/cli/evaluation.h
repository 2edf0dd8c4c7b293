// From the engine's reports and the experts' labels to the figures of `higgins eval`.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/dataset.h"

namespace higgins::cli {

/// A phone is mispronounced when its experts' mean is below this (accuracy conventions of the corpus; scale
/// 0-2).
inline constexpr double kMispronouncedBelow = 0.5;

/// What became of one utterance.
struct Outcome {
  std::optional<Error> error;
  Measurement measurement;  ///< when there is no error
  double latency_ms = 0.0;  ///< of the whole call, encoded bytes to report
};

/// Predictions beside their labels. Scores are on the labels' scale for phones (0-2) and as reported (0-1)
/// otherwise: a correlation does not care.
struct Pairs {
  std::vector<double> predictions;
  std::vector<double> labels;
  void Add(double prediction, double label) {
    predictions.push_back(prediction);
    labels.push_back(label);
  }
};

/// Collects utterances. One that failed counts with score 0 and error probability 1 for everything in it.
class Evaluation {
 public:
  void Add(const LabelledUtterance& labels, const Outcome& outcome);

  /// The keys are a contract (see README). `detection_threshold` is the pack's.
  nlohmann::ordered_json Summarise(double detection_threshold, const std::string& pack_version) const;
  /// Detection at a row of thresholds and at the one of the best F1.
  nlohmann::ordered_json OperatingPoints() const;

 private:
  void AddWord(const LabelledWord& labels, const WordReport* report);

  Pairs phone_, word_accuracy_, word_stress_, word_total_;
  Pairs accuracy_, fluency_, prosody_, completeness_, total_;
  std::vector<double> error_probability_;
  std::vector<bool> mispronounced_;
  std::vector<double> latency_ms_;
  double audio_seconds_ = 0.0;
  std::size_t num_utterances_ = 0;
  std::size_t num_failed_ = 0;
  std::size_t num_edits_ = 0;
  std::size_t num_label_phones_ = 0;
};

/// Correct speech: every phone that is flagged is a false alarm.
class NativeEvaluation {
 public:
  void Add(const LabelledUtterance& labels, const Outcome& outcome);
  nlohmann::ordered_json Summarise(double detection_threshold, const std::string& pack_version) const;
  /// The share of phones flagged at a row of thresholds.
  nlohmann::ordered_json OperatingPoints() const;

 private:
  double FlaggedShare(double threshold) const;

  std::vector<double> error_probability_;
  std::vector<double> latency_ms_;
  std::vector<double> phone_score_;
  std::vector<double> utterance_total_;
  double audio_seconds_ = 0.0;
  std::size_t num_utterances_ = 0;
  std::size_t num_failed_ = 0;
  std::size_t num_words_ = 0;
  std::size_t num_reported_words_ = 0;
  std::size_t num_reported_[4] = {};  ///< by PhoneErrorKind
  std::size_t num_edits_ = 0;
  std::size_t num_label_phones_ = 0;
};

/// Recordings beside their own text and beside another's: what was not read must not score. A recording that
/// was refused counts as one whose text was noticed not to be read, with a total of 0.
class OtherTextEvaluation {
 public:
  void Add(const LabelledUtterance& labels, const Outcome& outcome);
  nlohmann::ordered_json Summarise(double detection_threshold, const std::string& pack_version) const;

 private:
  struct Side {
    std::vector<double> total;
    std::size_t num_mismatches = 0;
  };
  Side own_, other_;
  std::size_t num_failed_ = 0;
};

/// The phones of a word that were expected: without what was inserted.
std::vector<const PhoneReport*> ExpectedPhones(const WordReport& word);

/// ARPAbet without the stress digit.
std::string WithoutStress(const std::string& phone);

/// One line of --dump: predictions and labels of an utterance, phone by phone.
nlohmann::ordered_json DumpLine(const LabelledUtterance& labels, const Outcome& outcome);

}  // namespace higgins::cli
