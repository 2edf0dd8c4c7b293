#include "transports/server/azure/phrase.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace higgins::server::azure {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMispronouncedBelow = 0.6;  // of a word's accuracy

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

double OneDecimal(double value) { return std::round(value * 10.0) / 10.0; }

/// Writes a report in one set of parameters.
class Writer {
 public:
  Writer(const Report& report, const AssessmentParameters& parameters)
      : report_(report), parameters_(parameters) {}

  Json NBest() const {
    Json best;
    best["Confidence"] = Confidence();
    best["Lexical"] = Lexical();
    best["ITN"] = Lexical();
    best["MaskedITN"] = Lexical();
    best["Display"] = report_.text;
    AddScores(best, UtteranceScores());
    if (parameters_.granularity != Granularity::kFullText) {
      best["Words"] = Json::array();
      for (const auto& [word, again] : InOrder()) {
        best["Words"].push_back(again == nullptr ? Word(*word) : Insertion(*again));
      }
    }
    return Json::array({std::move(best)});
  }

 private:
  double Graded(double score) const {
    return OneDecimal(std::clamp(score, 0.0, 1.0) *
                      (parameters_.grading == Grading::kFivePoint ? 5.0 : 100.0));
  }
  bool is_comprehensive() const { return parameters_.dimension == Dimension::kComprehensive; }
  bool IsOmission(const WordReport& word) const {
    return parameters_.miscue == Miscue::kOn && WasOmitted(word);
  }

  /// What the text says again; other speech that is not in the text has no spelling.
  bool IsInsertion(const AddedSpeech& added) const {
    return parameters_.miscue == Miscue::kOn && added.repeats_begin < added.repeats_end;
  }

  /// The words of the text, and those that were said again, in order: one of the two, the other is null.
  struct Spoken {
    const WordReport* word;
    const AddedSpeech* again;
  };
  std::vector<Spoken> InOrder() const {
    std::vector<Spoken> spoken;
    auto added = report_.added_speech.begin();
    const auto append_added = [&](std::size_t before_word) {
      for (; added != report_.added_speech.end(); ++added) {
        if (static_cast<std::size_t>(added->before_word) > before_word) break;
        if (IsInsertion(*added)) spoken.push_back({nullptr, &*added});
      }
    };
    for (std::size_t w = 0; w < report_.words.size(); ++w) {
      append_added(w);
      spoken.push_back({&report_.words[w], nullptr});
    }
    append_added(report_.words.size());
    return spoken;
  }

  /// One entry for all words of the stretch: what is known is its time, not theirs.
  Json Insertion(const AddedSpeech& again) const {
    Json out = {{"Word", RepeatedWords(report_, again)}};
    AddTimes(out, again.start_ms, again.end_ms);
    AddScores(out, {{"ErrorType", "Insertion"}});
    return out;
  }

  static void AddScores(Json& to, const Json& scores) {
    to["PronunciationAssessment"] = scores;
    for (const auto& [name, value] : scores.items()) to[name] = value;
  }

  Json UtteranceScores() const {
    const UtteranceReport& utterance = report_.utterance;
    Json scores = {{"AccuracyScore", Graded(utterance.accuracy)}};
    if (!is_comprehensive()) return scores;
    scores["FluencyScore"] = Graded(utterance.fluency);
    if (parameters_.prosody == ProsodyScore::kOn) scores["ProsodyScore"] = Graded(utterance.prosody);
    scores["CompletenessScore"] = Graded(utterance.completeness);
    scores["PronScore"] = Graded(PronScore(utterance, parameters_.prosody) / 100.0);
    return scores;
  }

  std::string Lexical() const {
    std::string out;
    for (const auto& [word, again] : InOrder()) {
      if (again == nullptr && IsOmission(*word)) continue;
      out += (out.empty() ? "" : " ") + (again == nullptr ? word->word : RepeatedWords(report_, *again));
    }
    return out;
  }

  /// How sure the engine is that what it reports was said: the mean posterior of the phones.
  static double ConfidenceOf(const WordReport& word) {
    double sum = 0.0;
    for (const PhoneReport& phone : word.phonemes) sum += phone.actual_probability;
    return word.phonemes.empty() ? 0.0 : sum / static_cast<double>(word.phonemes.size());
  }
  double Confidence() const {
    double sum = 0.0;
    for (const WordReport& word : report_.words) sum += ConfidenceOf(word);
    return report_.words.empty() ? 0.0
                                 : std::round(1e4 * sum / static_cast<double>(report_.words.size())) / 1e4;
  }

  static void AddTimes(Json& to, int start_ms, int end_ms) {
    to["Offset"] = start_ms * kTicksPerMs;
    to["Duration"] = (end_ms - start_ms) * kTicksPerMs;
  }

  Json Word(const WordReport& word) const {
    const bool omitted = IsOmission(word);
    Json out = {{"Word", word.word}};
    AddTimes(out, word.start_ms, omitted ? word.start_ms : word.end_ms);
    if (!omitted) out["Confidence"] = std::round(1e4 * ConfidenceOf(word)) / 1e4;
    Json scores = {{"AccuracyScore", Graded(omitted ? 0.0 : word.accuracy)}};
    if (is_comprehensive() || omitted) {
      scores["ErrorType"] = omitted                               ? "Omission"
                            : word.accuracy < kMispronouncedBelow ? "Mispronunciation"
                                                                  : "None";
    }
    AddScores(out, scores);
    if (is_comprehensive() && !omitted && parameters_.prosody == ProsodyScore::kOn) {
      out["PronunciationAssessment"]["Feedback"]["Prosody"]["Break"] = Break(word);
    }
    if (omitted || parameters_.granularity != Granularity::kPhoneme) return out;
    out["Syllables"] = Json::array();
    for (const Syllable& syllable : Syllables(word)) out["Syllables"].push_back(SyllableJson(word, syllable));
    out["Phonemes"] = Json::array();
    for (const PhoneReport& phone : word.phonemes) {
      if (phone.expected) out["Phonemes"].push_back(Phoneme(phone));
    }
    return out;
  }

  /// The silence before the word; of several, around speech that was added, the one that is noticed most. The
  /// first word has none, and every other one a confidence.
  Json Break(const WordReport& word) const {
    const auto index = static_cast<int>(&word - report_.words.data());
    PauseReport found;
    for (const PauseReport& pause : report_.pauses) {
      if (pause.before_word != index) continue;
      const auto rank = [](const PauseReport& p) {
        return std::pair(p.noticed_probability, p.end_ms - p.start_ms);
      };
      if (rank(pause) > rank(found)) found = pause;
    }
    Json out = {{"ErrorTypes", {IsNoticed(found) ? "UnexpectedBreak" : "None"}}};
    if (index > 0) {
      out["UnexpectedBreak"]["Confidence"] = std::round(1e4 * found.noticed_probability) / 1e4;
    }
    out["BreakLength"] = (found.end_ms - found.start_ms) * kTicksPerMs;
    return out;
  }

  std::string Name(const PhoneReport& phone) const {
    return parameters_.alphabet == Alphabet::kIpa ? phone.ipa : SapiPhone(phone.phone, phone.stress);
  }

  Json SyllableJson(const WordReport& word, const Syllable& syllable) const {
    std::string name;
    for (int i = syllable.phone_begin; i < syllable.phone_end; ++i) {
      const PhoneReport& phone = word.phonemes[static_cast<std::size_t>(i)];
      if (phone.expected) name += Name(phone);
    }
    Json out = {{"Syllable", name}};
    AddTimes(out, syllable.start_ms, syllable.end_ms);
    AddScores(out, {{"AccuracyScore", Graded(syllable.accuracy)}});
    return out;
  }

  Json Phoneme(const PhoneReport& phone) const {
    Json out = {{"Phoneme", Name(phone)}};
    AddTimes(out, phone.start_ms, phone.end_ms);
    Json scores = {{"AccuracyScore", Graded(phone.score)}};
    if (!phone.alternatives.empty()) {
      scores["NBestPhonemes"] = Json::array();
      for (const PhoneAlternative& alternative : phone.alternatives) {
        const int stress = alternative.phone == phone.phone ? phone.stress : -1;
        const std::string name =
            parameters_.alphabet == Alphabet::kIpa ? alternative.ipa : SapiPhone(alternative.phone, stress);
        scores["NBestPhonemes"].push_back({{"Phoneme", name}, {"Score", Graded(alternative.probability)}});
      }
    }
    AddScores(out, scores);
    return out;
  }

  const Report& report_;
  const AssessmentParameters& parameters_;
};

}  // namespace

double PronScore(const UtteranceReport& utterance, ProsodyScore prosody) {
  std::vector<double> scores{utterance.accuracy, utterance.fluency, utterance.completeness};
  if (prosody == ProsodyScore::kOn) scores.push_back(utterance.prosody);
  std::sort(scores.begin(), scores.end());
  double total = (prosody == ProsodyScore::kOn ? 0.4 : 0.6) * scores[0];
  for (std::size_t i = 1; i < scores.size(); ++i) total += 0.2 * scores[i];
  return 100.0 * total;
}

std::string SapiPhone(const std::string& arpabet, int stress) {
  if (arpabet == "HH") return "h";
  if (arpabet == "AH" && stress == 0) return "ax";
  std::string out = arpabet;
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string SuccessPhrase(const Report& report, const AssessmentParameters& parameters, OutputFormat format) {
  const int start_ms = report.words.empty() ? 0 : report.words.front().start_ms;
  const int end_ms = report.words.empty() ? 0 : report.words.back().end_ms;
  Json phrase = {{"RecognitionStatus", "Success"},
                 {"Offset", start_ms * kTicksPerMs},
                 {"Duration", (end_ms - start_ms) * kTicksPerMs},
                 {"DisplayText", report.text}};
  if (format == OutputFormat::kDetailed) {
    phrase["SNR"] = OneDecimal(report.quality.snr_db);
    phrase["NBest"] = Writer(report, parameters).NBest();
  }
  return Dump(phrase);
}

std::string FailurePhrase(const std::string& status, int audio_ms) {
  return Dump({{"RecognitionStatus", status},
               {"Offset", 0},
               {"Duration", audio_ms * kTicksPerMs},
               {"DisplayText", ""}});
}

}  // namespace higgins::server::azure
