#include "diagnosis/pauses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace higgins {
namespace {

constexpr double kIntercept = 2.041;  // a
constexpr double kSlope = 2.015;      // b

// Frames beside the phones of added speech that may still be sound.
constexpr int kReachFrames = 6;

constexpr std::string_view kMarks = ".,;:!?()[]\"\n";
// En and em dash, ellipsis, quotation marks, in UTF-8; a hyphen with spaces around it is a dash.
constexpr std::array<std::string_view, 6> kLongMarks = {"\u2013", "\u2014", "\u2026",
                                                        "\u201c", "\u201d", " - "};

bool HasMark(std::string_view between) {
  return between.find_first_of(kMarks) != std::string_view::npos ||
         std::ranges::any_of(
             kLongMarks, [&](std::string_view mark) { return between.find(mark) != std::string_view::npos; });
}

// Two words of one token ("nineteen ninety") have nothing between them.
std::string_view Between(const Prompt& prompt, int word_before, int word_after) {
  const auto begin = static_cast<std::size_t>(prompt.words[static_cast<std::size_t>(word_before)].char_end);
  const auto end = static_cast<std::size_t>(prompt.words[static_cast<std::size_t>(word_after)].char_begin);
  const std::string_view text = prompt.text;
  return begin < end && end <= text.size() ? text.substr(begin, end - begin) : std::string_view();
}

std::vector<FrameSpan> WithoutAdditions(FrameSpan pause, const Reading& reading) {
  std::vector<FrameSpan> parts;
  for (const Addition& addition : reading.additions) {
    if (addition.frames.begin >= pause.end || addition.frames.end <= pause.begin) continue;
    parts.push_back({pause.begin, addition.frames.begin - kReachFrames});
    pause.begin = addition.frames.end + kReachFrames;
  }
  parts.push_back(pause);
  return parts;
}

}  // namespace

double NoticedProbability(double seconds) {
  return 1.0 / (1.0 + std::exp(-(kIntercept + kSlope * std::log(seconds))));
}

std::vector<JudgedPause> JudgePauses(const std::vector<Pause>& pauses, const CanonicalPhones& canonical,
                                     const Prompt& prompt, const Reading& reading, double frame_shift_ms) {
  const auto word_of = [&](int phone) { return canonical.word_of_phone[static_cast<std::size_t>(phone)]; };
  std::vector<JudgedPause> judged;
  for (const Pause& pause : pauses) {
    const int word_after = word_of(pause.phone_after);
    const bool at_mark = HasMark(Between(prompt, word_of(pause.phone_before), word_after));
    for (const FrameSpan& part : WithoutAdditions(pause.frames, reading)) {
      const double ms = (part.end - part.begin) * frame_shift_ms;
      if (ms < kMinPauseMs - 1e-6) continue;
      judged.push_back({word_after, part, at_mark, at_mark ? 0.0 : NoticedProbability(ms / 1000.0)});
    }
  }
  return judged;
}

}  // namespace higgins
