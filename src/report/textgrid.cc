// Praat TextGrid, long text format (Praat manual, "TextGrid file formats"): three interval tiers, "words",
// "phones" and "added". The intervals of a tier must touch and cover the whole time, so what lies between two
// sounds is an interval without text.
#include <algorithm>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/report.h"
#include "report/text_format.h"

namespace higgins {
namespace {

struct Interval {
  int start_ms = 0;
  int end_ms = 0;
  std::string label;
};

// Sorted intervals without gap or overlap over [0, end_ms]. Sounds of no length have no place in a tier.
std::vector<Interval> Cover(const std::vector<Interval>& intervals, int end_ms) {
  std::vector<Interval> out;
  int at_ms = 0;
  for (const Interval& interval : intervals) {
    const int start_ms = std::max(interval.start_ms, at_ms);
    const int stop_ms = std::min(interval.end_ms, end_ms);
    if (stop_ms <= start_ms) continue;
    if (start_ms > at_ms) out.push_back({at_ms, start_ms, ""});
    out.push_back({start_ms, stop_ms, interval.label});
    at_ms = stop_ms;
  }
  if (at_ms < end_ms) out.push_back({at_ms, end_ms, ""});
  return out;
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : ValidUtf8(text)) {
    if (c == '"') out += '"';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out + '"';
}

void AppendTier(int index, const std::string& name, const std::vector<Interval>& sounds, int end_ms,
                std::string& out) {
  const std::vector<Interval> intervals = Cover(sounds, end_ms);
  out += "    item [" + std::to_string(index) + "]:\n";
  out += "        class = \"IntervalTier\"\n";
  out += "        name = \"" + name + "\"\n";
  out += "        xmin = 0\n";
  out += "        xmax = " + Seconds(end_ms) + "\n";
  out += "        intervals: size = " + std::to_string(intervals.size()) + "\n";
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    out += "        intervals [" + std::to_string(i + 1) + "]:\n";
    out += "            xmin = " + (intervals[i].start_ms == 0 ? "0" : Seconds(intervals[i].start_ms)) + "\n";
    out += "            xmax = " + Seconds(intervals[i].end_ms) + "\n";
    out += "            text = " + Quoted(intervals[i].label) + "\n";
  }
}

}  // namespace

std::string ToTextGrid(const Report& report) {
  std::vector<Interval> words;
  std::vector<Interval> phones;
  // Praat refuses a grid of no length.
  int end_ms = std::max(1, static_cast<int>(Rounded(report.quality.duration_ms)));
  for (const WordReport& word : report.words) {
    if (WasOmitted(word)) continue;  // it has no time in the recording
    words.push_back({word.start_ms, word.end_ms, word.word});
    end_ms = std::max(end_ms, word.end_ms);
    for (const PhoneReport& phone : word.phonemes)
      phones.push_back({phone.start_ms, phone.end_ms, phone.phone});
  }
  std::vector<Interval> added;
  for (const AddedSpeech& stretch : report.added_speech) {
    if (stretch.start_ms == stretch.end_ms) continue;  // Praat knows no such interval
    std::string phones_heard;
    for (const std::string& phone : stretch.phones) phones_heard += (phones_heard.empty() ? "" : " ") + phone;
    added.push_back({stretch.start_ms, stretch.end_ms, phones_heard});
    end_ms = std::max(end_ms, stretch.end_ms);
  }
  std::string out =
      "File type = \"ooTextFile\"\n"
      "Object class = \"TextGrid\"\n"
      "\n"
      "xmin = 0\n";
  out += "xmax = " + Seconds(end_ms) + "\n";
  out +=
      "tiers? <exists>\n"
      "size = 3\n"
      "item []:\n";
  AppendTier(1, "words", words, end_ms, out);
  AppendTier(2, "phones", phones, end_ms, out);
  AppendTier(3, "added", added, end_ms, out);
  return out;
}

}  // namespace higgins
