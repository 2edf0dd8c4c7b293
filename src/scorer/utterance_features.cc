#include <algorithm>
#include <cmath>

#include "base/percentile.h"
#include "scorer/evidence.h"
#include "scorer/features.h"
#include "scorer/statistics.h"

namespace higgins::scorer {
namespace {

namespace column = utterance_column;

constexpr double kMaxEdgeSilenceS = 3.0;

using Row = std::span<float>;

void Put(Row row, column::Column at, double value) { row[at] = static_cast<float>(value); }

struct Pauses {
  explicit Pauses(const Evidence& evidence) {
    for (const Pause& pause : evidence.pauses) {
      const double seconds = (pause.frames.end - pause.frames.begin) * evidence.frame_shift_s();
      ++count;
      total_s += seconds;
      longest_s = std::max(longest_s, seconds);
    }
  }
  int count = 0;
  double total_s = 0.0;
  double longest_s = 0.0;
};

void FillTime(const Evidence& evidence, Row row) {
  const double num_phones = evidence.num_phones();
  const double num_words = evidence.phones.num_words;
  const double duration_s = evidence.num_frames() * evidence.frame_shift_s();
  const double leading_s = evidence.segments.front().begin * evidence.frame_shift_s();
  const double trailing_s = duration_s - evidence.segments.back().end * evidence.frame_shift_s();
  const double spoken_s = duration_s - leading_s - trailing_s;  // a segment is a frame long at least
  const Pauses pauses(evidence);
  Put(row, column::kLogPhones, std::log(num_phones));
  Put(row, column::kLogWords, std::log(num_words));
  Put(row, column::kLogDuration, std::log(duration_s));
  Put(row, column::kPhonesPerSecond, num_phones / duration_s);
  // Pauses lie strictly between spans, so at least a frame a phone is left.
  Put(row, column::kArticulationRate,
      num_phones / std::max(spoken_s - pauses.total_s, evidence.frame_shift_s()));
  Put(row, column::kPausesPerWord, pauses.count / num_words);
  Put(row, column::kPauseFraction, pauses.total_s / spoken_s);
  Put(row, column::kMeanPause, pauses.count == 0 ? 0.0 : pauses.total_s / pauses.count);
  Put(row, column::kLongestPause, pauses.longest_s);
  Put(row, column::kLeadingSilence, std::min(leading_s, kMaxEdgeSilenceS));
  Put(row, column::kTrailingSilence, std::min(trailing_s, kMaxEdgeSilenceS));
}

void FillMelody(const Evidence& evidence, Row row) {
  std::vector<float> pitch;
  pitch.reserve(evidence.log2_f0.size());
  std::copy_if(evidence.log2_f0.begin(), evidence.log2_f0.end(), std::back_inserter(pitch),
               [](float value) { return value > 0.0F; });
  Put(row, column::kPitchDeviation, Moments(pitch).deviation);
  Put(row, column::kPitchRange, Percentile(pitch, 90.0) - Percentile(pitch, 10.0));
  Put(row, column::kVoicedFraction, static_cast<double>(pitch.size()) / evidence.num_frames());
  Put(row, column::kEnergyDeviation, Moments(evidence.prosody.energy_db).deviation / 20.0);
  SlopeFit slope;
  for (int t = evidence.segments.front().begin; t < evidence.segments.back().end; ++t) {
    slope.Add(t * evidence.frame_shift_s(), evidence.prosody.energy_db[static_cast<std::size_t>(t)]);
  }
  Put(row, column::kEnergySlope, ClipScale(slope.Slope() / 20.0, 2.0, 1.0));
}

void FillGoodness(const Evidence& evidence, Row row) {
  const double num_phones = evidence.num_phones();
  Put(row, column::kLogLikelihoodPerPhone, ClipScale(evidence.gop.log_likelihood / num_phones, 20.0, 5.0));
  double sum = 0.0;
  int below_1 = 0, below_3 = 0, below_6 = 0;
  for (const float gop : evidence.gop.gop_sd) {
    sum += ClipScale(gop, 30.0, 10.0);
    below_1 += gop < -1.0F;
    below_3 += gop < -3.0F;
    below_6 += gop < -6.0F;
  }
  Put(row, column::kMeanGopSd, sum / num_phones);
  Put(row, column::kFractionGopBelow1, below_1 / num_phones);
  Put(row, column::kFractionGopBelow3, below_3 / num_phones);
  Put(row, column::kFractionGopBelow6, below_6 / num_phones);
}

/// nPVI of a word: mean over successive vowels of |a - b| / ((a + b) / 2).
double VowelVariability(const Evidence& evidence) {
  double sum_of_words = 0.0, sum_of_pairs = 0.0, previous = 0.0;
  int num_words = 0, num_pairs = 0, word = -1;
  const auto close_word = [&] {
    if (num_pairs > 0) {
      sum_of_words += sum_of_pairs / num_pairs;
      ++num_words;
    }
    sum_of_pairs = previous = 0.0;
    num_pairs = 0;
  };
  for (std::size_t i = 0; i < evidence.segments.size(); ++i) {
    if (evidence.phones.word_of_phone[i] != word) close_word();
    word = evidence.phones.word_of_phone[i];
    if (evidence.phones.phones[i].stress < 0) continue;
    const double length = evidence.segments[i].end - evidence.segments[i].begin;
    if (previous > 0.0) {
      sum_of_pairs += std::abs(length - previous) / (0.5 * (length + previous));
      ++num_pairs;
    }
    previous = length;
  }
  close_word();
  return num_words == 0 ? 0.0 : sum_of_words / num_words;
}

void FillRhythm(const Evidence& evidence, Row row) {
  std::vector<float> log_lengths;
  log_lengths.reserve(evidence.segments.size());
  for (const FrameSpan segment : evidence.segments) {
    log_lengths.push_back(std::log(static_cast<float>(segment.end - segment.begin)));
  }
  Put(row, column::kLengthDeviation, Moments(log_lengths).deviation);
  Put(row, column::kVowelVariability, VowelVariability(evidence));
}

}  // namespace

void FillUtteranceFeatures(const Evidence& evidence, Matrix& features) {
  const Row row = features.row(0);
  FillTime(evidence, row);
  FillMelody(evidence, row);
  FillGoodness(evidence, row);
  FillRhythm(evidence, row);
}

}  // namespace higgins::scorer
