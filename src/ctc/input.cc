#include "ctc/input.h"

#include <cstddef>
#include <string>

namespace higgins::ctc {

namespace {

// log_softmax in float may round a certain posterior to slightly above 0.
constexpr float kMaxLogPosterior = 1e-2F;

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

}  // namespace

int MinFrames(std::span<const int> labels) {
  int num_frames = static_cast<int>(labels.size());
  for (std::size_t i = 1; i < labels.size(); ++i) num_frames += labels[i] == labels[i - 1] ? 1 : 0;
  return num_frames;
}

Result<void> CheckPosteriors(MatrixView<const float> log_posteriors, int blank) {
  if (log_posteriors.empty()) return Invalid("no frames: the posteriors are empty");
  if (blank < 0 || blank >= log_posteriors.columns()) {
    return Invalid("blank " + std::to_string(blank) + " is not one of the " +
                   std::to_string(log_posteriors.columns()) + " labels");
  }
  for (int t = 0; t < log_posteriors.rows(); ++t) {
    for (const float value : log_posteriors.row(t)) {
      if (!(value <= kMaxLogPosterior)) {
        return Invalid("frame " + std::to_string(t) + " holds " + std::to_string(value) +
                       ", which is not a log posterior");
      }
    }
  }
  return {};
}

Result<void> CheckInput(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank) {
  if (Result<void> checked = CheckPosteriors(log_posteriors, blank); !checked) return checked;
  if (labels.empty()) return Invalid("no labels: there is nothing to align");
  for (const int label : labels) {
    if (label < 0 || label >= log_posteriors.columns() || label == blank) {
      return Invalid("label " + std::to_string(label) + " is not a phone: expected 0 to " +
                     std::to_string(log_posteriors.columns() - 1) + ", and not the blank " +
                     std::to_string(blank));
    }
  }
  if (const int needed = MinFrames(labels); log_posteriors.rows() < needed) {
    return Error{ErrorCode::kAudioTooShort,
                 "too short for the text: " + std::to_string(log_posteriors.rows()) + " frames, and its " +
                     std::to_string(labels.size()) + " phones need at least " + std::to_string(needed)};
  }
  return {};
}

}  // namespace higgins::ctc
