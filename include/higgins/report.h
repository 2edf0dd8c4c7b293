// The report: everything the engine says about one recording. Its JSON form (report/json.h) is the public
// contract of `higgins assess --json` and of POST /v1/assess: fields may be added, none renamed. Scores are
// 0-1, times in ms from the start of the recording, character offsets are bytes of the UTF-8 text as it was
// given.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace higgins {

enum class PhoneErrorKind { kNone, kSubstitution, kDeletion, kInsertion };

/// Where a pronunciation came from, so that a lexicon's mistake is not read as the learner's.
enum class PronunciationSource { kDictionary, kWeakForm, kSpelledLetters, kG2p, kCaller, kLabels };

/// As every output spells them: "substitution", "deletion", "insertion"; "" for kNone.
const char* PhoneErrorName(PhoneErrorKind kind);
/// "dictionary", "weak_form", "spelled_letters", "g2p", "caller", "labels".
const char* PronunciationSourceName(PronunciationSource source);

/// One phone that may have been said in a place, and how likely that is.
struct PhoneAlternative {
  std::string phone;  ///< ARPAbet without stress
  std::string ipa;
  double probability = 0.0;  ///< posterior among all that may have been said in its place, 0-1
};

/// One phone of a word, in order. An inserted phone is an entry of its own: it has no `expected`.
struct PhoneReport {
  std::string phone;   ///< ARPAbet without stress, e.g. "W"
  std::string ipa;     ///< e.g. "w"
  int stress = -1;     ///< of the expected vowel: 0 none, 1 primary, 2 secondary; -1 for consonants
  double score = 0.0;  ///< 0-1
  std::optional<std::string> expected;  ///< none for an insertion
  std::optional<std::string> actual;    ///< what was heard; none when it was deleted
  double actual_probability = 0.0;      ///< posterior of `actual` among all alternatives, 0-1
  /// Calibrated probability that a human would mark it wrong, 0-1; of an insertion, that it was said.
  double error_probability = 0.0;
  PhoneErrorKind error = PhoneErrorKind::kNone;
  double gop_nats = 0.0;  ///< GOP-SF-SD (arXiv 2507.16838), <= 0; 0 for an insertion
  int start_ms = 0;
  int end_ms = 0;
  /// The likeliest phones in this place, the expected one among them, likeliest first: as many as
  /// AssessOptions::num_alternatives asks for; none for an insertion. Not part of the JSON.
  std::vector<PhoneAlternative> alternatives;
};

/// The probability of omission from which on a word counts as not said.
inline constexpr double kOmittedFrom = 0.5;

struct WordReport {
  std::string word;    ///< as spoken ("nineteen"), lower case
  int char_begin = 0;  ///< the written token it came from, bytes [begin, end) of the text
  int char_end = 0;
  double accuracy = 0.0;
  double stress = 0.0;
  double total = 0.0;
  PronunciationSource source = PronunciationSource::kDictionary;
  int start_ms = 0;
  int end_ms = 0;
  std::vector<PhoneReport> phonemes;
  /// Probability that the word was left out, or said so that nothing of it can be recognised, 0-1. From
  /// kOmittedFrom on its phones are no sounds to work on, and it takes no time: it begins and ends where the
  /// word before it ends (0 before the first).
  double omission_probability = 0.0;
};

inline bool WasOmitted(const WordReport& word) { return word.omission_probability >= kOmittedFrom; }

/// A syllable: phones [phone_begin, phone_end) of WordReport::phonemes.
struct Syllable {
  int phone_begin = 0;
  int phone_end = 0;
  double accuracy = 0.0;  ///< mean score of its expected phones, 0-1
  int start_ms = 0;
  int end_ms = 0;
};

/// The syllables of an English word: one for each vowel, every consonant between two vowels in the later
/// syllable as far as English words begin so (maximal onset). An inserted phone goes with the phone before
/// it. A word without a vowel is one syllable; one without phones has none.
std::vector<Syllable> Syllables(const WordReport& word);

struct UtteranceReport {
  double accuracy = 0.0;
  double fluency = 0.0;
  double prosody = 0.0;
  double completeness = 0.0;  ///< at most the share of the phones whose words were said
  double total = 0.0;
};

/// One error, ready to be shown to a learner.
struct Mispronunciation {
  std::string word;
  int word_index = 0;
  int phone_index = 0;  ///< into WordReport::phonemes
  std::optional<std::string> expected;
  std::optional<std::string> actual;
  PhoneErrorKind type = PhoneErrorKind::kSubstitution;
  double probability = 0.0;
  std::string suggestion;
};

/// Speech that is not in the text, between two of its words, before the first or behind the last: a word that
/// was added, or said again.
struct AddedSpeech {
  /// Index into Report::words, of the last word that was said before it; none: it comes before all of them.
  std::optional<int> after_word;
  int before_word = 0;  ///< where it belongs in the text, as an index; the number of words: behind the last
  int start_ms = 0;
  int end_ms = 0;
  double probability = 0.0;         ///< that there is such speech in this place, 0-1
  std::vector<std::string> phones;  ///< what was heard, ARPAbet without stress
  /// Report::words [begin, end), before, after or around this place, that were said once more; begin = end:
  /// none.
  int repeats_begin = 0;
  int repeats_end = 0;
};

/// The probability from which on a pause counts as noticed.
inline constexpr double kNoticedFrom = 0.5;

/// A silence of 200 ms or more between two words that were said, or between one and added speech: it begins
/// and ends quiet, a breath may lie within. A word's end_ms may reach up to 120 ms into it, and the start_ms
/// of the word after it too.
struct PauseReport {
  int after_word = 0;   ///< index into Report::words, of the last word that was said before it
  int before_word = 0;  ///< of the first one after it; between the two are words that were left out
  int start_ms = 0;
  int end_ms = 0;
  bool at_mark = false;  ///< the text has a punctuation mark there: a pause belongs
  /// That a listener finds the reading less fluent for it, 0-1; 0 at a mark.
  double noticed_probability = 0.0;
};

inline bool IsNoticed(const PauseReport& pause) { return pause.noticed_probability >= kNoticedFrom; }

struct QualityReport {
  double duration_ms = 0.0;
  double speech_ms = 0.0;   ///< within the speech regions
  double level_dbfs = 0.0;  ///< RMS of the speech regions
  double peak_dbfs = 0.0;
  double snr_db = 0.0;            ///< estimate
  double clipped_fraction = 0.0;  ///< of the samples, 0-1
};

struct Warning {
  std::string code;     ///< stable, e.g. "low_snr"
  std::string message;  ///< for people
};

struct Report {
  std::string text;
  std::string language;
  /// Probability that `text` is what was read, 0-1; where at least half of it was said, of that.
  /// Speech that is not in the text lowers it. Below 0.5 there is a warning "text_mismatch", the utterance's
  /// scores are lowered (to a quarter at 0), and `mispronunciations` is empty: what went wrong is no matter
  /// of single sounds.
  double text_match = 1.0;
  UtteranceReport utterance;
  std::vector<WordReport> words;
  std::vector<AddedSpeech> added_speech;  ///< in the order of the text; empty where it was not read
  std::vector<PauseReport> pauses;        ///< in order; empty where the text was not read
  std::vector<Mispronunciation> mispronunciations;
  QualityReport quality;
  std::vector<Warning> warnings;
  double words_per_minute = 0.0;
  std::string engine_version;
  std::string pack_version;
};

/// The words that a stretch of added speech says once more, as the report spells them: "of the"; "" where it
/// says none.
std::string RepeatedWords(const Report& report, const AddedSpeech& added);

}  // namespace higgins
