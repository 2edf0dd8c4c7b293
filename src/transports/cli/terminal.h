// Colour and progress, for people only: a pipe gets neither.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace higgins::cli {

enum class ColorMode { kAuto, kAlways, kNever };
enum class Style { kPlain, kBold, kDim, kGood, kFair, kPoor };

/// Decides once whether to colour standard output: --color, else NO_COLOR (no-color.org), else whether it is
/// a terminal.
class Painter {
 public:
  explicit Painter(ColorMode mode);
  std::string operator()(Style style, std::string_view text) const;

 private:
  bool enabled_;
};

/// Green from 0.8, yellow from 0.6, red below.
Style StyleOfScore(double score);

/// Columns that a terminal needs for UTF-8 text: code points, combining marks not counted.
int DisplayWidth(std::string_view text);
/// Padded with spaces to `width` columns; on the left when `width` is negative.
std::string Pad(std::string_view text, int width);

/// A bar on standard error that shows itself only on a terminal. Not thread-safe.
class ProgressBar {
 public:
  ProgressBar(std::string title, std::size_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void Advance(std::size_t count = 1);

 private:
  void Draw() const;

  using Clock = std::chrono::steady_clock;
  std::string title_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool enabled_;
  Clock::time_point start_;
  Clock::time_point drawn_;
};

}  // namespace higgins::cli
