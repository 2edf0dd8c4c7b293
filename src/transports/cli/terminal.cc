#include "transports/cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace higgins::cli {
namespace {

constexpr int kBarWidth = 30;
constexpr std::chrono::milliseconds kRedrawInterval{100};

bool WantsColor(ColorMode mode) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): before any thread
  if (no_color != nullptr && *no_color != '\0') return false;
  return isatty(STDOUT_FILENO) != 0;
}

const char* Code(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kBold:
      return "\033[1m";
    case Style::kDim:
      return "\033[2m";
    case Style::kGood:
      return "\033[32m";
    case Style::kFair:
      return "\033[33m";
    case Style::kPoor:
      return "\033[1;31m";
  }
  return "";
}

bool IsCombining(char32_t c) { return c >= 0x300 && c <= 0x36F; }

}  // namespace

Painter::Painter(ColorMode mode) : enabled_(WantsColor(mode)) {}

std::string Painter::operator()(Style style, std::string_view text) const {
  if (!enabled_ || style == Style::kPlain || text.empty()) return std::string(text);
  return std::string(Code(style)) + std::string(text) + "\033[0m";
}

Style StyleOfScore(double score) {
  if (score >= 0.8) return Style::kGood;
  return score >= 0.6 ? Style::kFair : Style::kPoor;
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if ((lead & 0xC0) == 0x80) continue;  // continuation byte
    // Combining marks, U+0300 to U+036F, are two bytes long.
    const char32_t two_byte = i + 1 < text.size() && (lead & 0xE0) == 0xC0
                                  ? static_cast<char32_t>((lead & 0x1F) << 6 | (text[i + 1] & 0x3F))
                                  : 0;
    if (!IsCombining(two_byte)) ++width;
  }
  return width;
}

std::string Pad(std::string_view text, int width) {
  const auto missing = static_cast<std::size_t>(std::max(0, std::abs(width) - DisplayWidth(text)));
  const std::string spaces(missing, ' ');
  return width < 0 ? spaces + std::string(text) : std::string(text) + spaces;
}

ProgressBar::ProgressBar(std::string title, std::size_t total)
    : title_(std::move(title)),
      total_(total),
      enabled_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      drawn_(start_) {
  if (enabled_) Draw();
}

ProgressBar::~ProgressBar() {
  if (!enabled_) return;
  Draw();
  std::fputc('\n', stderr);
}

void ProgressBar::Advance(std::size_t count) {
  done_ += count;
  if (!enabled_ || Clock::now() - drawn_ < kRedrawInterval) return;
  drawn_ = Clock::now();
  Draw();
}

void ProgressBar::Draw() const {
  const double fraction = total_ == 0 ? 1.0 : static_cast<double>(done_) / static_cast<double>(total_);
  const int filled = static_cast<int>(fraction * kBarWidth);
  const double elapsed_s = std::chrono::duration<double>(Clock::now() - start_).count();
  const double left_s =
      done_ == 0 ? 0.0 : elapsed_s / static_cast<double>(done_) * static_cast<double>(total_ - done_);
  std::fprintf(stderr, "\r%s [%s%s] %zu/%zu  %.0f s, %.0f s left \033[K", title_.c_str(),
               std::string(static_cast<std::size_t>(filled), '#').c_str(),
               std::string(static_cast<std::size_t>(kBarWidth - filled), '.').c_str(), done_, total_,
               elapsed_s, left_s);
  std::fflush(stderr);
}

}  // namespace higgins::cli
