#include "transports/cli/assess_table.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace higgins::cli {
namespace {

constexpr int kScoreWidth = -6;

std::string Percent(double score) { return std::to_string(std::lround(score * 100.0)); }

std::string PaintedScore(double score, const Painter& paint) {
  return paint(StyleOfScore(score), Pad(Percent(score), kScoreWidth));
}

std::string UtteranceLine(const UtteranceReport& utterance, const Painter& paint) {
  const std::pair<const char*, double> scores[] = {{"accuracy", utterance.accuracy},
                                                   {"fluency", utterance.fluency},
                                                   {"prosody", utterance.prosody},
                                                   {"completeness", utterance.completeness}};
  std::string line =
      paint(Style::kBold, "total ") + paint(StyleOfScore(utterance.total), Percent(utterance.total)) + " ";
  for (const auto& [name, score] : scores) {
    line += "  " + std::string(name) + " " + paint(StyleOfScore(score), Percent(score));
  }
  return line + "\n";
}

// "EH 45", "EH>AE 45" for a substitution, "(EH) 45" for a deletion, "+L" for an insertion.
std::string PhoneCell(const PhoneReport& phone, const Painter& paint) {
  const std::string score = " " + Percent(phone.score);
  switch (phone.error) {
    case PhoneErrorKind::kNone:
      return phone.phone + paint(StyleOfScore(phone.score), score);
    case PhoneErrorKind::kSubstitution:
      return paint(Style::kPoor, phone.phone + ">" + phone.actual.value_or("?") + score);
    case PhoneErrorKind::kDeletion:
      return paint(Style::kPoor, "(" + phone.phone + ")" + score);
    case PhoneErrorKind::kInsertion:
      return paint(Style::kPoor, "+" + phone.actual.value_or(phone.phone));
  }
  return phone.phone;
}

std::string WordLine(const WordReport& word, int word_width, Detail detail, const Painter& paint) {
  std::string line =
      "  " + Pad(word.word, word_width) + PaintedScore(word.total, paint) +
      PaintedScore(word.accuracy, paint) + PaintedScore(word.stress, paint) +
      paint(Style::kDim, Pad(std::to_string(word.start_ms), -8) + Pad(std::to_string(word.end_ms), -7));
  if (detail == Detail::kFull && WasOmitted(word)) {
    line += "   " + paint(Style::kPoor, "not heard");
  } else if (detail == Detail::kFull) {
    line += "  ";
    for (const PhoneReport& phone : word.phonemes) line += " " + PhoneCell(phone, paint);
  }
  return line + "\n";
}

std::string WordTable(const Report& report, Detail detail, const Painter& paint) {
  int word_width = 6;
  for (const WordReport& word : report.words) word_width = std::max(word_width, DisplayWidth(word.word) + 1);
  std::string out = "\n" +
                    paint(Style::kDim, "  " + Pad("word", word_width) + " total  acc. stress    from     to" +
                                           (detail == Detail::kFull ? "   phones" : "")) +
                    "\n";
  for (const WordReport& word : report.words) out += WordLine(word, word_width, detail, paint);
  return out;
}

std::string After(const Report& report, int word) {
  return "after \"" + report.words[static_cast<std::size_t>(word)].word + "\"";
}

std::string PlaceOf(const Report& report, const AddedSpeech& added) {
  return added.after_word ? After(report, *added.after_word) : "before the first word";
}

// after "of": "of the" once more (1200 to 1640 ms)
std::string AddedList(const Report& report, const Painter& paint) {
  if (report.added_speech.empty()) return "";
  std::string out = "\n" + paint(Style::kBold, "not in the text") + "\n";
  for (const AddedSpeech& added : report.added_speech) {
    std::string what;
    for (const std::string& phone : added.phones) what += (what.empty() ? "" : " ") + phone;
    const std::string again = RepeatedWords(report, added);
    if (!again.empty()) what = "\"" + again + "\" once more";
    out += "  " + PlaceOf(report, added) + ": " + paint(Style::kPoor, what) +
           paint(Style::kDim,
                 " (" + std::to_string(added.start_ms) + " to " + std::to_string(added.end_ms) + " ms)") +
           "\n";
  }
  return out;
}

// after "the": 640 ms (1200 to 1840 ms, 82 %)
std::string NoticedPauses(const Report& report, const Painter& paint) {
  std::string out;
  for (const PauseReport& pause : report.pauses) {
    if (!IsNoticed(pause)) continue;
    out += "  " + After(report, pause.after_word) + ": " +
           paint(Style::kFair, std::to_string(pause.end_ms - pause.start_ms) + " ms") +
           paint(Style::kDim, " (" + std::to_string(pause.start_ms) + " to " + std::to_string(pause.end_ms) +
                                  " ms, " + Percent(pause.noticed_probability) + " %)") +
           "\n";
  }
  return out.empty() ? out : "\n" + paint(Style::kBold, "pauses that are noticed") + "\n" + out;
}

std::string Describe(const Mispronunciation& error) {
  std::string expected = error.expected.value_or("");
  const std::string actual = error.actual.value_or("");
  switch (error.type) {
    case PhoneErrorKind::kSubstitution:
      return "expected " + expected + (actual.empty() ? "" : ", heard " + actual);
    case PhoneErrorKind::kDeletion:
      return expected + " was left out";
    case PhoneErrorKind::kInsertion:
      return actual + " was added";
    case PhoneErrorKind::kNone:
      break;
  }
  return expected;
}

std::string ErrorList(const Report& report, const Painter& paint) {
  if (report.mispronunciations.empty()) return "";
  std::string out = "\n" + paint(Style::kBold, "mispronunciations") + "\n";
  for (const Mispronunciation& error : report.mispronunciations) {
    out += "  " + paint(Style::kPoor, error.word) + ": " + Describe(error) + " (" +
           Percent(error.probability) + " %)\n";
    if (!error.suggestion.empty()) out += "      " + error.suggestion + "\n";
  }
  return out;
}

}  // namespace

std::string AssessTable(const Report& report, Detail detail, const Painter& paint) {
  std::string out = paint(Style::kBold, report.text) + "\n" + UtteranceLine(report.utterance, paint);
  if (detail != Detail::kSentence)
    out += WordTable(report, detail, paint) + AddedList(report, paint) + NoticedPauses(report, paint) +
           ErrorList(report, paint);
  for (const Warning& warning : report.warnings) {
    out += paint(Style::kFair, "warning") + ": " + warning.message + "\n";
  }
  return out;
}

}  // namespace higgins::cli
