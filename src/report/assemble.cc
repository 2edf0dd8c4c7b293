#include "report/assemble.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "report/timing.h"

namespace higgins {
namespace {

std::size_t Index(int value) { return static_cast<std::size_t>(value); }

// What was said, in order, before it is written out: a canonical phone, an inserted sound, or speech that was
// added between two words.
struct Entry {
  std::optional<int> phone_index;    // none: an insertion or an addition
  const Finding* finding = nullptr;  // none: correct
  int word_index = 0;
  FrameSpan frames;
  const Addition* addition = nullptr;
};

FrameSpan FramesOfInsertion(int slot, const Alignment& alignment) {
  const std::vector<FrameSpan>& path = alignment.phones;
  if (path.empty()) return {};
  if (slot == 0)
    return MiddleFrame(std::max(0, path.front().begin - 2 * kMaxReachFrames), path.front().begin);
  const int begin = path[Index(slot) - 1].end;
  if (slot == static_cast<int>(path.size())) return MiddleFrame(begin, begin + kMaxReachFrames);
  return MiddleFrame(begin, path[Index(slot)].begin);
}

// The phones of the text, with what was inserted before each and what was added before each word.
std::vector<Entry> LayOut(const AssembleInputs& in) {
  std::vector<Entry> entries;
  auto finding = in.findings.items.begin();
  const auto end = in.findings.items.end();
  auto addition = in.reading.additions.begin();
  for (int i = 0; i <= in.canonical.num_phones(); ++i) {
    const bool is_phone = i < in.canonical.num_phones();
    const int word = is_phone ? in.canonical.word_of_phone[Index(i)] : in.canonical.num_words;
    for (; finding != end && finding->phone_index == i && finding->kind == PhoneErrorKind::kInsertion;
         ++finding) {
      entries.push_back({{}, &*finding, finding->word_index, FramesOfInsertion(i, in.alignment)});
    }
    for (; addition != in.reading.additions.end() && addition->before_word <= word; ++addition) {
      entries.push_back({{}, nullptr, word, addition->frames, &*addition});
    }
    if (!is_phone) break;
    Entry entry{i, nullptr, word, in.alignment.phones[Index(i)]};
    if (finding != end && finding->phone_index == i) entry.finding = &*finding++;
    entries.push_back(entry);
  }
  return entries;
}

// Whether an addition lies between the sounds beside it. Where it could not be told apart from the words
// (engine/what_was_said.h), their path runs through it.
bool LiesBetween(const std::vector<Entry>& entries, std::size_t addition,
                 const std::vector<WordReport>& words) {
  const FrameSpan& frames = entries[addition].frames;
  const auto is_nowhere = [&](const Entry& entry) {
    return entry.addition == nullptr && WasOmitted(words[Index(entry.word_index)]);
  };
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(addition);
  return std::all_of(
             entries.begin(), end,
             [&](const Entry& before) { return is_nowhere(before) || before.frames.end <= frames.begin; }) &&
         std::all_of(end + 1, entries.end(), [&](const Entry& after) {
           return is_nowhere(after) || after.frames.begin >= frames.end;
         });
}

// What was left out takes no time, and none from its neighbours.
std::vector<TimeSpan> TimesOfEntries(const std::vector<Entry>& entries, const std::vector<WordReport>& words,
                                     const AssembleInputs& in) {
  std::vector<FrameSpan> path;
  std::vector<char> is_on_path;
  for (std::size_t e = 0; e < entries.size(); ++e) {
    const bool takes_time = entries[e].addition != nullptr ? LiesBetween(entries, e, words)
                                                           : !WasOmitted(words[Index(entries[e].word_index)]);
    is_on_path.push_back(takes_time ? 1 : 0);
    if (takes_time) path.push_back(entries[e].frames);
  }
  const double duration_ms = in.quality.figures.duration_ms;
  const std::vector<TimeSpan> timed = TimesOf(path, in.frame_shift_ms, duration_ms);
  std::vector<TimeSpan> times;
  auto next = timed.begin();
  int before_ms = 0;
  for (std::size_t e = 0; e < entries.size(); ++e) {
    if (is_on_path[e] != 0) {
      times.push_back(*next++);
      if (entries[e].addition == nullptr) before_ms = times.back().end_ms;
    } else if (entries[e].addition != nullptr) {
      times.push_back(TimesOf({entries[e].frames}, in.frame_shift_ms, duration_ms)[0]);
    } else {
      times.push_back({before_ms, before_ms});
    }
  }
  return times;
}

AddedSpeech ToAddedSpeech(const Addition& addition, TimeSpan times, const PhoneSet& phones,
                          const std::vector<WordReport>& words) {
  AddedSpeech out;
  for (int word = addition.before_word - 1; word >= 0 && !out.after_word; --word) {
    if (!WasOmitted(words[Index(word)])) out.after_word = word;
  }
  out.before_word = addition.before_word;
  out.start_ms = times.start_ms;
  out.end_ms = times.end_ms;
  out.probability = addition.probability;
  for (const int label : addition.heard) out.phones.push_back(phones.name(label));
  out.repeats_begin = addition.repeats_begin;
  out.repeats_end = addition.repeats_end;
  return out;
}

std::vector<PauseReport> PausesOf(const std::vector<JudgedPause>& pauses, double frame_shift_ms) {
  const auto ms = [&](int frame) { return static_cast<int>(std::lround(frame * frame_shift_ms)); };
  std::vector<PauseReport> out;
  for (const JudgedPause& pause : pauses) {
    out.push_back({pause.after_word, pause.before_word, ms(pause.frames.begin), ms(pause.frames.end),
                   pause.at_mark, pause.noticed_probability});
  }
  return out;
}

PhoneReport InsertedPhone(const Finding& finding, const AssembleInputs& in) {
  PhoneReport out;
  out.phone = in.phones.name(finding.heard);
  out.ipa = in.ipa(Phone{finding.heard, -1});
  out.actual = out.phone;
  out.actual_probability = finding.probability;
  out.error_probability = finding.error_probability;
  out.error = PhoneErrorKind::kInsertion;
  return out;
}

PhoneReport CanonicalPhone(int phone_index, const Finding* finding, const AssembleInputs& in) {
  const std::size_t i = Index(phone_index);
  const Phone& phone = in.canonical.phones[i];
  PhoneReport out;
  out.phone = in.phones.name(phone.label);
  out.ipa = in.ipa(phone);
  out.stress = phone.stress;
  out.score = in.scores.phone[i];
  out.expected = out.phone;
  out.error_probability = in.scores.error_probability[i];
  out.gop_nats = in.gop.gop_sd[i];
  if (i < in.findings.ranked.size()) {
    for (const RankedPhone& ranked : in.findings.ranked[i]) {
      // In the expected place the expected phone keeps its reduced form; any other is written in full.
      const Phone as{ranked.label, ranked.label == phone.label ? phone.stress : -1};
      out.alternatives.push_back({in.phones.name(ranked.label), in.ipa(as), ranked.probability});
    }
  }
  if (finding == nullptr) {
    out.actual = out.phone;
    if (i < in.findings.canonical_probability.size())
      out.actual_probability = in.findings.canonical_probability[i];
    return out;
  }
  out.error = finding->kind;
  out.actual_probability = finding->probability;
  if (finding->kind == PhoneErrorKind::kSubstitution) out.actual = in.phones.name(finding->heard);
  return out;
}

Mispronunciation ToMispronunciation(const Finding& finding, const PhoneReport& phone,
                                    const WordReport& word) {
  Mispronunciation out;
  out.word = word.word;
  out.word_index = finding.word_index;
  out.phone_index = static_cast<int>(word.phonemes.size()) - 1;
  out.expected = phone.expected;
  out.actual = phone.actual;
  out.type = finding.kind;
  out.probability = finding.probability;
  out.suggestion = finding.suggestion;
  return out;
}

// Of what was not heard no scorer knows that it was said well: a poor word, as experts' scores have it.
constexpr double kMostOfAnOmittedWord = 0.59;

std::vector<WordReport> WordsWithoutPhones(const AssembleInputs& in) {
  std::vector<WordReport> words;
  for (std::size_t w = 0; w < in.prompt.words.size(); ++w) {
    const PromptWord& prompt_word = in.prompt.words[w];
    WordReport word;
    word.word = prompt_word.text;
    word.char_begin = prompt_word.char_begin;
    word.char_end = prompt_word.char_end;
    word.accuracy = in.scores.word_accuracy[w];
    word.stress = in.scores.word_stress[w];
    word.total = in.scores.word_total[w];
    word.omission_probability = in.reading.omission_probability[w];
    if (WasOmitted(word)) {
      word.accuracy = std::min(word.accuracy, kMostOfAnOmittedWord);
      word.total = std::min(word.total, kMostOfAnOmittedWord);
    }
    word.source = prompt_word.pronunciations[Index(in.chosen[w])].source;
    words.push_back(std::move(word));
  }
  return words;
}

Warning TextMismatch() {
  return {"text_mismatch",
          "the recording does not sound like this text: something else was read, or other voices cover it"};
}

// A text that was certainly not read keeps this share of its scores: then they are where the corpus's rubric
// has what cannot be understood, 0 to 2 of 10.
constexpr double kLeastShare = 0.25;

UtteranceReport UtteranceScores(const Scores& scores, double text_match) {
  const double share = std::min(1.0, kLeastShare + (1.0 - kLeastShare) * text_match / kTextMismatchBelow);
  return {share * scores.accuracy, share * scores.fluency, share * scores.prosody,
          share * scores.completeness, share * scores.total};
}

// Of the expected phones, those of words that were said.
double ShareSaid(const std::vector<WordReport>& words, const CanonicalPhones& canonical) {
  const auto num_said = std::ranges::count_if(canonical.word_of_phone,
                                              [&](int word) { return !WasOmitted(words[Index(word)]); });
  return canonical.num_phones() == 0
             ? 1.0
             : static_cast<double>(num_said) / static_cast<double>(canonical.num_phones());
}

// Words that were said at all, over the time from the first of them to the last.
double WordsPerMinute(const std::vector<WordReport>& words) {
  int num_said = 0;
  std::optional<int> start_ms;
  int end_ms = 0;
  for (const WordReport& word : words) {
    if (WasOmitted(word)) continue;
    num_said += std::any_of(word.phonemes.begin(), word.phonemes.end(),
                            [](const PhoneReport& phone) { return phone.actual.has_value(); });
    start_ms = start_ms.value_or(word.start_ms);
    end_ms = word.end_ms;
  }
  const int speaking_ms = end_ms - start_ms.value_or(end_ms);
  return speaking_ms > 0 ? num_said * 60000.0 / speaking_ms : 0.0;
}

}  // namespace

Report Assemble(const AssembleInputs& in) {
  Report report;
  report.text = in.prompt.text;
  report.language = in.language;
  report.engine_version = in.engine_version;
  report.pack_version = in.pack_version;
  report.quality = in.quality.figures;
  report.warnings = in.quality.warnings;
  report.text_match = in.findings.text_match;
  const bool was_read = report.text_match >= kTextMismatchBelow;
  if (!was_read) report.warnings.push_back(TextMismatch());
  report.words = WordsWithoutPhones(in);
  report.utterance = UtteranceScores(in.scores, report.text_match);
  report.utterance.completeness =
      std::min(report.utterance.completeness, ShareSaid(report.words, in.canonical));

  const std::vector<Entry> entries = LayOut(in);
  const std::vector<TimeSpan> times = TimesOfEntries(entries, report.words, in);

  for (std::size_t e = 0; e < entries.size(); ++e) {
    const Entry& entry = entries[e];
    if (entry.addition != nullptr) {
      if (was_read)
        report.added_speech.push_back(ToAddedSpeech(*entry.addition, times[e], in.phones, report.words));
      continue;
    }
    PhoneReport phone = entry.phone_index ? CanonicalPhone(*entry.phone_index, entry.finding, in)
                                          : InsertedPhone(*entry.finding, in);
    phone.start_ms = times[e].start_ms;
    phone.end_ms = times[e].end_ms;
    WordReport& word = report.words[Index(entry.word_index)];
    if (word.phonemes.empty()) word.start_ms = phone.start_ms;
    word.end_ms = phone.end_ms;
    word.phonemes.push_back(std::move(phone));
    if (entry.finding != nullptr && was_read && !WasOmitted(word)) {
      report.mispronunciations.push_back(ToMispronunciation(*entry.finding, word.phonemes.back(), word));
    }
  }
  if (was_read) report.pauses = PausesOf(in.pauses, in.frame_shift_ms);
  report.words_per_minute = WordsPerMinute(report.words);
  return report;
}

}  // namespace higgins
