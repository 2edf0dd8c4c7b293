#include <algorithm>
#include <cmath>

#include "scorer/evidence.h"

namespace higgins::scorer {
namespace {

// A weight this small adds nothing in float and would cost a pass over the state.
constexpr float kNegligibleWeight = 1e-5F;
constexpr double kMinOccupancyFrames = 1e-3;

void AddScaled(std::span<const float> values, float weight, std::span<float> sum) {
  for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += weight * values[d];
}

void Scale(std::span<float> values, float factor) {
  for (float& value : values) value *= factor;
}

}  // namespace

void FillPhoneStates(const Evidence& evidence, Matrix& states) {
  const Matrix& frames = evidence.posteriors.states;
  const auto dimension = static_cast<std::size_t>(frames.columns());
  for (int phone = 0; phone < evidence.num_phones(); ++phone) {
    const std::span<float> segment_mean = states.row(phone).first(dimension);
    const std::span<float> occupancy_mean = states.row(phone).last(dimension);
    const FrameSpan segment = evidence.segments[static_cast<std::size_t>(phone)];
    for (int t = segment.begin; t < segment.end; ++t) AddScaled(frames.row(t), 1.0F, segment_mean);
    Scale(segment_mean, 1.0F / static_cast<float>(segment.end - segment.begin));

    const std::span<const float> weights = evidence.gop.occupancy.row(phone);
    double total = 0.0;
    for (int t = 0; t < evidence.num_frames(); ++t) {
      const float weight = weights[static_cast<std::size_t>(t)];
      if (!(weight >= kNegligibleWeight)) continue;
      AddScaled(frames.row(t), weight, occupancy_mean);
      total += weight;
    }
    if (total >= kMinOccupancyFrames) {
      Scale(occupancy_mean, static_cast<float>(1.0 / total));
    } else {
      std::copy(segment_mean.begin(), segment_mean.end(), occupancy_mean.begin());
    }
  }
}

void FillUtteranceStates(const Evidence& evidence, Matrix& states) {
  const Matrix& frames = evidence.posteriors.states;
  const auto dimension = static_cast<std::size_t>(frames.columns());
  const std::span<float> mean = states.row(0).first(dimension);
  const std::span<float> deviation = states.row(0).last(dimension);
  const float share = 1.0F / static_cast<float>(evidence.num_frames());
  for (int t = 0; t < evidence.num_frames(); ++t) AddScaled(frames.row(t), share, mean);
  for (int t = 0; t < evidence.num_frames(); ++t) {
    const std::span<const float> frame = frames.row(t);
    for (std::size_t d = 0; d < dimension; ++d) {
      const float delta = frame[d] - mean[d];
      deviation[d] += share * delta * delta;
    }
  }
  for (float& value : deviation) value = std::sqrt(value);
}

}  // namespace higgins::scorer
