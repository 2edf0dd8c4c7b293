#include "engine/omissions.h"

#include <algorithm>

#include "ctc/omission.h"

namespace higgins {
namespace {

constexpr float kSaidFromAccuracy = 0.6F;
// How likely a reader leaves a word out, before anything is heard: e^-10. At e^-7 the completeness of
// learners' readings follows the experts' less.
constexpr double kOmissionCostNats = 10.0;

}  // namespace

Result<std::vector<double>> Omissions(MatrixView<const float> log_posteriors, std::span<const int> labels,
                                      const CanonicalPhones& canonical, const Scores& scores, int blank) {
  if (std::ranges::all_of(scores.word_accuracy,
                          [](float accuracy) { return accuracy >= kSaidFromAccuracy; })) {
    return std::vector<double>();
  }
  return ctc::OmissionProbabilities(log_posteriors, labels, canonical.word_of_phone, canonical.num_words,
                                    blank, kOmissionCostNats);
}

}  // namespace higgins
