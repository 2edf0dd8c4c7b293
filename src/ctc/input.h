// What every function of this room asks of its input, checked in one place.
#pragma once

#include <span>

#include "base/matrix.h"
#include "higgins/result.h"

namespace higgins::ctc {

/// Log posteriors below this count as this (-inf too), so that no likelihood is zero merely because a model
/// was sure. A softmax in float cannot express less than e^-104.
inline constexpr float kMinLogPosterior = -300.0F;

inline float Floored(float log_posterior) {
  return log_posterior < kMinLogPosterior ? kMinLogPosterior : log_posterior;
}

/// The fewest frames that can emit `labels`: one each, and a blank between equal neighbours (Graves et al.
/// 2006).
int MinFrames(std::span<const int> labels);

/// kInvalidArgument: `log_posteriors` [frames x labels] is empty, holds a NaN or a value above 0 (rounding
/// apart), or `blank` is not one of its columns.
Result<void> CheckPosteriors(MatrixView<const float> log_posteriors, int blank);

/// As CheckPosteriors, and `labels` is not empty, every one is a column other than the blank, and the frames
/// suffice (kAudioTooShort).
Result<void> CheckInput(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank);

}  // namespace higgins::ctc
