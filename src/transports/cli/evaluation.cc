#include "transports/cli/evaluation.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "transports/cli/metrics.h"

namespace higgins::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kPhoneScale = 2.0;  // labels of phones are 0-2, reports 0-1

double PearsonOf(const Pairs& pairs) { return Pearson(pairs.predictions, pairs.labels); }

std::size_t NumEdits(const LabelledUtterance& labels, const std::vector<std::string>& heard) {
  std::vector<std::string> expected;
  for (const std::string& phone : labels.phones) expected.push_back(WithoutStress(phone));
  return static_cast<std::size_t>(EditDistance(expected, heard));
}

std::vector<double> ThresholdGrid() {
  std::vector<double> grid;
  for (int percent = 5; percent <= 95; percent += 5) grid.push_back(percent / 100.0);
  return grid;
}

Json ToJson(const OperatingPoint& point) {
  return {{"threshold", point.threshold},
          {"precision", point.precision},
          {"recall", point.recall},
          {"f1", point.f1},
          {"flagged_share", point.flagged_share},
          {"false_alarm_share", point.false_alarm_share}};
}

void AddTiming(const std::vector<double>& latency_ms, double audio_seconds, Json* out) {
  const double total_ms = std::accumulate(latency_ms.begin(), latency_ms.end(), 0.0);
  (*out)["audio_seconds"] = audio_seconds;
  (*out)["latency_ms_p50"] = Percentile(latency_ms, 50.0);
  (*out)["latency_ms_p95"] = Percentile(latency_ms, 95.0);
  (*out)["latency_ms_p99"] = Percentile(latency_ms, 99.0);
  (*out)["real_time_factor"] = audio_seconds > 0.0 ? total_ms / 1000.0 / audio_seconds : 0.0;
}

double Mean(const std::vector<double>& values) {
  return values.empty()
             ? 0.0
             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<const PhoneReport*> ExpectedPhones(const WordReport& word) {
  std::vector<const PhoneReport*> phones;
  for (const PhoneReport& phone : word.phonemes) {
    if (phone.expected) phones.push_back(&phone);
  }
  return phones;
}

std::string WithoutStress(const std::string& phone) { return phone.substr(0, phone.find_first_of("012")); }

void Evaluation::AddWord(const LabelledWord& labels, const WordReport* report) {
  const std::vector<const PhoneReport*> phones =
      report ? ExpectedPhones(*report) : std::vector<const PhoneReport*>();
  for (std::size_t i = 0; i < labels.phone_scores.size(); ++i) {
    const PhoneReport* phone = i < phones.size() ? phones[i] : nullptr;
    phone_.Add(phone ? kPhoneScale * phone->score : 0.0, labels.phone_scores[i]);
    error_probability_.push_back(phone ? phone->error_probability : 1.0);
    mispronounced_.push_back(labels.phone_scores[i] < kMispronouncedBelow);
  }
  word_accuracy_.Add(report ? report->accuracy : 0.0, labels.accuracy);
  word_stress_.Add(report ? report->stress : 0.0, labels.stress);
  word_total_.Add(report ? report->total : 0.0, labels.total);
}

void Evaluation::Add(const LabelledUtterance& labels, const Outcome& outcome) {
  ++num_utterances_;
  num_label_phones_ += labels.phones.size();
  const Report empty;
  const bool failed = outcome.error.has_value();
  const Report& report = failed ? empty : outcome.measurement.report;
  num_edits_ += failed ? labels.phones.size() : NumEdits(labels, outcome.measurement.heard);
  for (std::size_t w = 0; w < labels.words.size(); ++w) {
    AddWord(labels.words[w], w < report.words.size() ? &report.words[w] : nullptr);
  }
  accuracy_.Add(report.utterance.accuracy, labels.accuracy);
  fluency_.Add(report.utterance.fluency, labels.fluency);
  prosody_.Add(report.utterance.prosody, labels.prosody);
  completeness_.Add(report.utterance.completeness, labels.completeness);
  total_.Add(report.utterance.total, labels.total);
  if (failed) {
    ++num_failed_;
    return;
  }
  latency_ms_.push_back(outcome.latency_ms);
  audio_seconds_ += report.quality.duration_ms / 1000.0;
}

Json Evaluation::Summarise(double detection_threshold, const std::string& pack_version) const {
  const OperatingPoint point = DetectionAt(detection_threshold, error_probability_, mispronounced_);
  Json out = {{"num_utterances", num_utterances_},
              {"num_words", word_total_.labels.size()},
              {"num_phones", phone_.labels.size()},
              {"num_failed", num_failed_},
              {"phone_pcc", PearsonOf(phone_)},
              {"phone_mse", MeanSquaredError(phone_.predictions, phone_.labels)},
              {"word_accuracy_pcc", PearsonOf(word_accuracy_)},
              {"word_stress_pcc", PearsonOf(word_stress_)},
              {"word_total_pcc", PearsonOf(word_total_)},
              {"utterance_accuracy_pcc", PearsonOf(accuracy_)},
              {"utterance_fluency_pcc", PearsonOf(fluency_)},
              {"utterance_prosody_pcc", PearsonOf(prosody_)},
              {"utterance_completeness_pcc", PearsonOf(completeness_)},
              {"utterance_total_pcc", PearsonOf(total_)},
              {"mdd_auc", AreaUnderRoc(error_probability_, mispronounced_)},
              {"mdd_f1", point.f1},
              {"mdd_precision", point.precision},
              {"mdd_recall", point.recall},
              {"mdd_threshold", detection_threshold},
              {"phone_error_rate", Share(num_edits_, num_label_phones_)}};
  AddTiming(latency_ms_, audio_seconds_, &out);
  out["pack_version"] = pack_version;
  out["engine_version"] = EngineVersion();
  return out;
}

Json Evaluation::OperatingPoints() const {
  Json rows = Json::array();
  for (const double threshold : ThresholdGrid()) {
    rows.push_back(ToJson(DetectionAt(threshold, error_probability_, mispronounced_)));
  }
  return {{"best_f1", ToJson(BestF1(error_probability_, mispronounced_))}, {"operating_points", rows}};
}

void NativeEvaluation::Add(const LabelledUtterance& labels, const Outcome& outcome) {
  ++num_utterances_;
  if (outcome.error) {
    ++num_failed_;
    return;
  }
  const Report& report = outcome.measurement.report;
  for (const WordReport& word : report.words) {
    ++num_words_;
    bool any_reported = false;
    for (const PhoneReport& phone : word.phonemes) {
      any_reported = any_reported || phone.error != PhoneErrorKind::kNone;
      ++num_reported_[static_cast<std::size_t>(phone.error)];
    }
    num_reported_words_ += any_reported ? 1 : 0;
    for (const PhoneReport* phone : ExpectedPhones(word)) {
      error_probability_.push_back(phone->error_probability);
      phone_score_.push_back(phone->score);
    }
  }
  utterance_total_.push_back(report.utterance.total);
  num_edits_ += NumEdits(labels, outcome.measurement.heard);
  num_label_phones_ += labels.phones.size();
  latency_ms_.push_back(outcome.latency_ms);
  audio_seconds_ += report.quality.duration_ms / 1000.0;
}

double NativeEvaluation::FlaggedShare(double threshold) const {
  const auto num_flagged = std::count_if(error_probability_.begin(), error_probability_.end(),
                                         [&](double probability) { return probability >= threshold; });
  return Share(static_cast<std::size_t>(num_flagged), error_probability_.size());
}

Json NativeEvaluation::Summarise(double detection_threshold, const std::string& pack_version) const {
  const auto reported = [this](PhoneErrorKind kind) { return num_reported_[static_cast<std::size_t>(kind)]; };
  const std::size_t num_wrong = reported(PhoneErrorKind::kSubstitution) + reported(PhoneErrorKind::kDeletion);
  Json out = {{"num_utterances", num_utterances_},
              {"num_words", num_words_},
              {"num_phones", error_probability_.size()},
              {"num_failed", num_failed_},
              {"phones_flagged_share", FlaggedShare(detection_threshold)},
              {"phones_reported_share", Share(num_wrong, error_probability_.size())},
              {"words_reported_share", Share(num_reported_words_, num_words_)},
              {"substitutions", reported(PhoneErrorKind::kSubstitution)},
              {"deletions", reported(PhoneErrorKind::kDeletion)},
              {"insertions", reported(PhoneErrorKind::kInsertion)},
              {"mdd_threshold", detection_threshold},
              {"mean_phone_score", Mean(phone_score_)},
              {"mean_utterance_total", Mean(utterance_total_)},
              {"phone_error_rate", Share(num_edits_, num_label_phones_)}};
  AddTiming(latency_ms_, audio_seconds_, &out);
  out["pack_version"] = pack_version;
  out["engine_version"] = EngineVersion();
  return out;
}

Json NativeEvaluation::OperatingPoints() const {
  Json rows = Json::array();
  for (const double threshold : ThresholdGrid()) {
    rows.push_back({{"threshold", threshold}, {"flagged_share", FlaggedShare(threshold)}});
  }
  return {{"operating_points", rows}};
}

void OtherTextEvaluation::Add(const LabelledUtterance& labels, const Outcome& outcome) {
  Side& side = labels.is_of_another ? other_ : own_;
  const Report& report = outcome.measurement.report;
  const bool is_mismatch =
      outcome.error || std::any_of(report.warnings.begin(), report.warnings.end(),
                                   [](const Warning& warning) { return warning.code == "text_mismatch"; });
  side.num_mismatches += is_mismatch ? 1 : 0;
  side.total.push_back(outcome.error ? 0.0 : report.utterance.total);
  num_failed_ += outcome.error && !labels.is_of_another ? 1 : 0;
}

Json OtherTextEvaluation::Summarise(double /*detection_threshold*/, const std::string& pack_version) const {
  std::vector<double> totals = own_.total;
  totals.insert(totals.end(), other_.total.begin(), other_.total.end());
  std::vector<bool> is_own(totals.size(), false);
  std::fill_n(is_own.begin(), own_.total.size(), true);
  return {{"num_utterances", own_.total.size()},
          {"num_failed", num_failed_},
          {"own_text_mismatches", own_.num_mismatches},
          {"own_text_mismatch_share", Share(own_.num_mismatches, own_.total.size())},
          {"own_text_mean_total", Mean(own_.total)},
          {"num_other_texts", other_.total.size()},
          {"other_text_noticed_share", Share(other_.num_mismatches, other_.total.size())},
          {"other_text_mean_total", Mean(other_.total)},
          {"other_text_p99_total", Percentile(other_.total, 99.0)},
          {"total_auc", AreaUnderRoc(totals, is_own)},
          {"pack_version", pack_version},
          {"engine_version", EngineVersion()}};
}

}  // namespace higgins::cli
