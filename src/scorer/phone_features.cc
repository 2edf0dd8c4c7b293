#include <algorithm>
#include <cmath>
#include <limits>

#include "scorer/evidence.h"
#include "scorer/features.h"
#include "scorer/statistics.h"

namespace higgins::scorer {
namespace {

constexpr double kGopClip = 30.0, kGopScale = 10.0;
constexpr double kLikelihoodClip = 20.0, kLikelihoodScale = 5.0;
constexpr double kFrameClip = 12.0, kFrameScale = 6.0;
constexpr double kMinOccupancyFrames = 1e-3;
constexpr double kEnergyScaleDb = 20.0;

int Length(FrameSpan span) { return span.end - span.begin; }

/// Under its occupancy the phone's own frames count and the blank around them does not.
double WeightedLogPosterior(const Evidence& evidence, int phone) {
  const auto index = static_cast<std::size_t>(phone);
  const int label = evidence.phones.phones[index].label;
  const std::span<const float> weights = evidence.gop.occupancy.row(phone);
  const MatrixView<const float> log_posteriors = evidence.posteriors.log_posteriors.view();
  double sum = 0.0, total = 0.0;
  for (int t = 0; t < evidence.num_frames(); ++t) {
    const double weight = weights[static_cast<std::size_t>(t)];
    if (weight <= 0.0) continue;  // also keeps 0 * -inf out
    sum += weight * std::max<double>(log_posteriors(t, label), -kLikelihoodClip);
    total += weight;
  }
  if (total >= kMinOccupancyFrames) return sum / total;
  const FrameSpan segment = evidence.segments[index];
  for (int t = segment.begin; t < segment.end; ++t) {
    sum += std::max<double>(log_posteriors(t, label), -kLikelihoodClip);
  }
  return sum / Length(segment);
}

/// The cheapest extra phone at one place. The blank's column is unused.
double BestInsertion(const Evidence& evidence, int place) {
  const std::span<const float> ratios = evidence.gop.insertion_ratio.row(place);
  double best = kGopClip;
  for (int label = 0; label < evidence.num_labels(); ++label) {
    if (label != evidence.blank) best = std::min<double>(best, ratios[static_cast<std::size_t>(label)]);
  }
  return best;
}

void FillGop(const Evidence& evidence, int phone, std::span<float> row) {
  const PhoneColumns columns(evidence.num_labels());
  const auto index = static_cast<std::size_t>(phone);
  const GopScores& gop = evidence.gop;
  const std::span<const float> ratios = gop.substitution_ratio.row(phone);
  for (std::size_t q = 0; q < ratios.size(); ++q) row[q] = ClipScale(ratios[q], kGopClip, kGopScale);
  const auto put = [&row](int column, float value) { row[static_cast<std::size_t>(column)] = value; };
  put(columns.log_posterior(),
      ClipScale(WeightedLogPosterior(evidence, phone), kLikelihoodClip, kLikelihoodScale));
  put(columns.gop_sd(), ClipScale(gop.gop_sd[index], kGopClip, kGopScale));
  put(columns.gop_s(), ClipScale(gop.gop_s[index], kGopClip, kGopScale));
  put(columns.gop_sdi(), ClipScale(gop.gop_sdi[index], kGopClip, kGopScale));
  put(columns.gop_sa(), ClipScale(gop.gop_sa[index], 20.0, 10.0));
  const double occupancy = std::max<double>(gop.occupancy_frames[index], kMinOccupancyFrames);
  put(columns.log_occupancy(), ClipScale(std::log(occupancy), 10.0, 1.0));
  put(columns.insertion_before(), ClipScale(BestInsertion(evidence, phone), kGopClip, kGopScale));
  put(columns.insertion_after(), ClipScale(BestInsertion(evidence, phone + 1), kGopClip, kGopScale));
}

void FillTiming(const Evidence& evidence, int phone, double mean_length, std::span<float> row) {
  const PhoneColumns columns(evidence.num_labels());
  const auto index = static_cast<std::size_t>(phone);
  const std::vector<FrameSpan>& spans = evidence.alignment.phones;
  const int before = phone == 0 ? 0 : spans[index - 1].end;
  const int after = phone + 1 == evidence.num_phones() ? evidence.num_frames() : spans[index + 1].begin;
  const double length = Length(evidence.segments[index]);
  const double phones = evidence.num_phones();
  const auto put = [&row](int column, double value) {
    row[static_cast<std::size_t>(column)] = static_cast<float>(value);
  };
  put(columns.gap_before(), std::log1p(spans[index].begin - before));
  put(columns.gap_after(), std::log1p(after - spans[index].end));
  put(columns.log_segment_length(), std::log(length));
  put(columns.relative_length(), std::log(length / mean_length));
  put(columns.log_likelihood_per_phone(),
      ClipScale(evidence.gop.log_likelihood / phones, kLikelihoodClip, kLikelihoodScale));
  put(columns.log_frames_per_phone(), std::log(evidence.num_frames() / phones));
}

void FillPosteriorStatistics(const Evidence& evidence, int phone, std::span<float> row) {
  const PhoneColumns columns(evidence.num_labels());
  const auto num_labels = static_cast<std::size_t>(evidence.num_labels());
  const FrameSpan segment = evidence.segments[static_cast<std::size_t>(phone)];
  const std::span<float> mean =
      row.subspan(static_cast<std::size_t>(columns.mean_log_posteriors()), num_labels);
  const std::span<float> highest =
      row.subspan(static_cast<std::size_t>(columns.max_log_posteriors()), num_labels);
  std::fill(mean.begin(), mean.end(), 0.0F);
  std::fill(highest.begin(), highest.end(), static_cast<float>(-kFrameClip));
  for (int t = segment.begin; t < segment.end; ++t) {
    const std::span<const float> frame = evidence.posteriors.log_posteriors.row(t);
    for (std::size_t q = 0; q < num_labels; ++q) {
      // Clipped frame by frame: one impossible frame must not decide the mean.
      const float value = std::max(frame[q], static_cast<float>(-kFrameClip));
      mean[q] += value;
      highest[q] = std::max(highest[q], value);
    }
  }
  for (std::size_t q = 0; q < num_labels; ++q) {
    mean[q] = ClipScale(mean[q] / Length(segment), kFrameClip, kFrameScale);
    highest[q] = ClipScale(highest[q], kFrameClip, kFrameScale);
  }
}

void FillProsody(const Evidence& evidence, int phone, std::span<float> row) {
  const PhoneColumns columns(evidence.num_labels());
  const FrameSpan segment = evidence.segments[static_cast<std::size_t>(phone)];
  double energy = 0.0, pitch = 0.0;
  float highest_db = -std::numeric_limits<float>::infinity();
  int num_voiced = 0;
  SlopeFit slope;
  for (int t = segment.begin; t < segment.end; ++t) {
    const auto frame = static_cast<std::size_t>(t);
    energy += evidence.prosody.energy_db[frame];
    highest_db = std::max(highest_db, evidence.prosody.energy_db[frame]);
    if (evidence.log2_f0[frame] <= 0.0F) continue;
    ++num_voiced;
    pitch += evidence.log2_f0[frame];
    slope.Add((t - segment.begin) * evidence.posteriors.frame_shift_ms / 100.0, evidence.log2_f0[frame]);
  }
  const double length = Length(segment);
  const auto put = [&row](int column, double value) {
    row[static_cast<std::size_t>(column)] = static_cast<float>(value);
  };
  put(columns.mean_energy(), ClipScale(energy / length - evidence.loud_db, 100.0, kEnergyScaleDb));
  put(columns.max_energy(), ClipScale(highest_db - evidence.loud_db, 100.0, kEnergyScaleDb));
  put(columns.voiced_fraction(), num_voiced / length);
  put(columns.relative_pitch(), num_voiced == 0 ? 0.0 : pitch / num_voiced - evidence.median_log2_f0);
  put(columns.pitch_slope(), ClipScale(slope.Slope(), 2.0, 1.0));
}

}  // namespace

void FillPhoneFeatures(const Evidence& evidence, Matrix& features) {
  double total_length = 0.0;
  for (const FrameSpan segment : evidence.segments) total_length += Length(segment);
  const double mean_length = total_length / evidence.num_phones();
  for (int phone = 0; phone < evidence.num_phones(); ++phone) {
    const std::span<float> row = features.row(phone);
    FillGop(evidence, phone, row);
    FillTiming(evidence, phone, mean_length, row);
    FillPosteriorStatistics(evidence, phone, row);
    FillProsody(evidence, phone, row);
  }
}

void FillInsertionFeatures(const Evidence& evidence, Matrix& features) {
  for (int phone = 0; phone < evidence.num_phones(); ++phone) {
    const std::span<const float> ratios = evidence.gop.insertion_ratio.row(phone + 1);
    const std::span<float> row = features.row(phone);
    for (std::size_t q = 0; q < ratios.size(); ++q) row[q] = ClipScale(ratios[q], kGopClip, kGopScale);
  }
}

}  // namespace higgins::scorer
