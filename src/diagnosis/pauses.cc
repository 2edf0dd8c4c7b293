#include "diagnosis/pauses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace higgins {
namespace {

constexpr double kIntercept = 2.056;  // a
constexpr double kSlope = 2.044;      // b

constexpr std::string_view kMarks = ".,;:!?()[]\"\n";
// In UTF-8: dashes, the ellipsis, quotation marks; a hyphen beside a space or another hyphen is a dash.
constexpr std::array<std::string_view, 13> kLongMarks = {"\u2013", "\u2014", "\u2015", "\u2026", "\u201c",
                                                         "\u201d", "\u201e", "\u201f", "\u00ab", "\u00bb",
                                                         " -",     "- ",     "--"};

bool HasMark(std::string_view between) {
  return between.find_first_of(kMarks) != std::string_view::npos ||
         std::ranges::any_of(
             kLongMarks, [&](std::string_view mark) { return between.find(mark) != std::string_view::npos; });
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

// A capital that is no word by itself.
bool IsInitial(std::string_view word) {
  return word.size() == 1 && IsUpper(word[0]) && word[0] != 'A' && word[0] != 'I';
}

bool IsAtMark(const Prompt& prompt, int word_before, int word_after) {
  const PromptWord& before = prompt.words[static_cast<std::size_t>(word_before)];
  const PromptWord& after = prompt.words[static_cast<std::size_t>(word_after)];
  const auto written = [&](int begin, int end) {
    return std::string_view(prompt.text)
        .substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  };
  // Two words of one token ("nineteen ninety") have nothing between them, nor has what is not in the text.
  if (before.char_end <= before.char_begin || after.char_begin < before.char_end) return false;
  const std::string_view token = written(before.char_begin, before.char_end);
  const std::string_view between = written(before.char_end, after.char_begin);
  if (token.ends_with('.') && IsUpper(prompt.text[static_cast<std::size_t>(after.char_begin)])) return true;
  if (IsInitial(token) && between == ". ") return false;
  return HasMark(between);
}

}  // namespace

double NoticedProbability(double seconds) {
  return 1.0 / (1.0 + std::exp(-(kIntercept + kSlope * std::log(seconds))));
}

std::vector<JudgedPause> JudgePauses(const std::vector<Pause>& pauses, const CanonicalPhones& canonical,
                                     const Prompt& prompt, double frame_shift_ms) {
  std::vector<JudgedPause> judged;
  for (const Pause& pause : pauses) {
    const int before = canonical.word_of_phone[static_cast<std::size_t>(pause.phone_before)];
    const int after = canonical.word_of_phone[static_cast<std::size_t>(pause.phone_after)];
    const double seconds = (pause.frames.end - pause.frames.begin) * frame_shift_ms / 1000.0;
    const bool at_mark = IsAtMark(prompt, before, after);
    judged.push_back({before, after, pause.frames, at_mark, at_mark ? 0.0 : NoticedProbability(seconds)});
  }
  return judged;
}

}  // namespace higgins
