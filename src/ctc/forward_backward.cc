#include "ctc/forward_backward.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ctc/input.h"

namespace higgins::ctc {

namespace {

/// The states of a labelling: what each emits, and whether it may be entered past the blank before it.
struct States {
  States(std::span<const int> labels, int blank)
      : label(2 * labels.size() + 1, blank), skips(2 * labels.size() + 1, 0) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      label[2 * i + 1] = labels[i];
      // A blank between equal labels is mandatory, else they would collapse into one.
      skips[2 * i + 1] = i > 0 && labels[i] != labels[i - 1] ? 1 : 0;
    }
  }
  int size() const { return static_cast<int>(label.size()); }

  std::vector<int> label;
  std::vector<char> skips;
};

void FirstForward(const States& states, std::span<const double> y, WideDouble* row) {
  std::fill(row, row + states.size(), WideDouble());
  row[0] = WideDouble(y[static_cast<std::size_t>(states.label[0])]);
  row[1] = WideDouble(y[static_cast<std::size_t>(states.label[1])]);
}

void StepForward(const States& states, std::span<const double> y, const WideDouble* previous,
                 WideDouble* row) {
  const int num_states = states.size();
  const double blank = y[static_cast<std::size_t>(states.label[0])];
  row[0] = previous[0] * blank;
  row[1] = (previous[1] + previous[0]) * y[static_cast<std::size_t>(states.label[1])];
  for (int s = 2; s < num_states; s += 2) {
    row[s] = (previous[s] + previous[s - 1]) * blank;
    if (s + 1 == num_states) break;
    WideDouble sum = previous[s + 1] + previous[s];
    if (states.skips[static_cast<std::size_t>(s) + 1] != 0) sum += previous[s - 1];
    row[s + 1] = sum * y[static_cast<std::size_t>(states.label[static_cast<std::size_t>(s) + 1])];
  }
}

void StepBackward(const States& states, std::span<const double> y, const WideDouble* next, WideDouble* row) {
  const int last = states.size() - 1;
  const double blank = y[static_cast<std::size_t>(states.label[0])];
  row[last] = next[last] * blank;
  for (int s = last - 1; s > 0; s -= 2) {
    WideDouble sum = next[s] + next[s + 1];
    if (s + 2 < last && states.skips[static_cast<std::size_t>(s) + 2] != 0) sum += next[s + 2];
    row[s] = sum * y[static_cast<std::size_t>(states.label[static_cast<std::size_t>(s)])];
    row[s - 1] = (next[s - 1] + next[s]) * blank;
  }
}

}  // namespace

LinearPosteriors::LinearPosteriors(MatrixView<const float> log_posteriors)
    : values_(static_cast<std::size_t>(log_posteriors.rows()) * log_posteriors.columns()),
      num_frames_(log_posteriors.rows()),
      num_labels_(log_posteriors.columns()) {
  std::transform(log_posteriors.data(), log_posteriors.data() + values_.size(), values_.begin(),
                 [](float value) { return std::exp(static_cast<double>(Floored(value))); });
}

double ForwardBackward::Occupancy(int frame, int state, double emission) const {
  const WideDouble joint = alpha(frame, state) * beta(frame, state);
  const std::int64_t exponent_bits = joint.exponent_bits() - likelihood.exponent_bits();
  if (joint.is_zero() || exponent_bits < -1022) return 0.0;
  // The quotient of mantissas first: each factor then stays in the range of a double.
  return std::min(1.0, joint.mantissa() / likelihood.mantissa() * PowerOfTwo(exponent_bits) / emission);
}

ForwardBackward RunForwardBackward(const LinearPosteriors& posteriors, std::span<const int> labels,
                                   int blank) {
  const States states(labels, blank);
  ForwardBackward result;
  result.num_frames = posteriors.num_frames();
  result.num_states = states.size();
  const auto size = static_cast<std::size_t>(result.num_frames) * result.num_states;
  result.alphas.resize(size);
  result.betas.resize(size);

  const int last_frame = result.num_frames - 1;
  FirstForward(states, posteriors.row(0), result.alphas.data());
  for (int t = 1; t <= last_frame; ++t) {
    StepForward(states, posteriors.row(t), &result.alphas[result.Index(t - 1, 0)],
                &result.alphas[result.Index(t, 0)]);
  }
  const int last_state = result.num_states - 1;
  for (const int s : {last_state - 1, last_state}) {
    result.betas[result.Index(last_frame, s)] =
        WideDouble(posteriors(last_frame, states.label[static_cast<std::size_t>(s)]));
  }
  for (int t = last_frame - 1; t >= 0; --t) {
    StepBackward(states, posteriors.row(t), &result.betas[result.Index(t + 1, 0)],
                 &result.betas[result.Index(t, 0)]);
  }
  result.likelihood = result.alpha(last_frame, last_state) + result.alpha(last_frame, last_state - 1);
  return result;
}

double ForwardLogLikelihood(const LinearPosteriors& posteriors, std::span<const int> labels, int blank) {
  const States states(labels, blank);
  std::vector<WideDouble> previous(static_cast<std::size_t>(states.size()));
  std::vector<WideDouble> row(previous.size());
  FirstForward(states, posteriors.row(0), row.data());
  for (int t = 1; t < posteriors.num_frames(); ++t) {
    previous.swap(row);
    StepForward(states, posteriors.row(t), previous.data(), row.data());
  }
  return (row[row.size() - 1] + row[row.size() - 2]).Log();
}

}  // namespace higgins::ctc
