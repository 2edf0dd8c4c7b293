// CTC forward-backward (Graves et al. 2006, eqs. 6-11), exact in range and precision.
//
// N labels give 2N+1 states: label i (from 0) at state 2i+1, blanks at the even states. Both variables
// include the emission of their frame:
//   alpha_t(s) = y_t(s) ( alpha_{t-1}(s) + alpha_{t-1}(s-1) + [s a label, not that of s-2] alpha_{t-1}(s-2) )
//   p = alpha_{T-1}(2N) + alpha_{T-1}(2N-1)          only these two states accept
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "ctc/wide_double.h"

namespace higgins::ctc {

/// exp(max(log_posteriors, kMinLogPosterior)), [frames x labels].
class LinearPosteriors {
 public:
  explicit LinearPosteriors(MatrixView<const float> log_posteriors);
  int num_frames() const { return num_frames_; }
  int num_labels() const { return num_labels_; }
  double operator()(int frame, int label) const { return row(frame)[static_cast<std::size_t>(label)]; }
  std::span<const double> row(int frame) const {
    return {values_.data() + static_cast<std::size_t>(frame) * num_labels_,
            static_cast<std::size_t>(num_labels_)};
  }

 private:
  std::vector<double> values_;
  int num_frames_;
  int num_labels_;
};

struct ForwardBackward {
  int num_frames = 0;
  int num_states = 0;              ///< 2N + 1
  std::vector<WideDouble> alphas;  ///< [frames x states]
  std::vector<WideDouble> betas;   ///< [frames x states]
  WideDouble likelihood;

  WideDouble alpha(int frame, int state) const { return alphas[Index(frame, state)]; }
  WideDouble beta(int frame, int state) const { return betas[Index(frame, state)]; }
  std::size_t Index(int frame, int state) const {
    return static_cast<std::size_t>(frame) * num_states + static_cast<std::size_t>(state);
  }
  /// Posterior probability of being in `state` at `frame`, given the labels; `emission` is y of the state's
  /// label.
  double Occupancy(int frame, int state, double emission) const;
};

/// Both passes. The input must have passed CheckInput.
ForwardBackward RunForwardBackward(const LinearPosteriors& posteriors, std::span<const int> labels,
                                   int blank);

/// log p(labels), the forward pass alone, nats.
double ForwardLogLikelihood(const LinearPosteriors& posteriors, std::span<const int> labels, int blank);

}  // namespace higgins::ctc
