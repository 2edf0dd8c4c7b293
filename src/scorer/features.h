// What the scorer graph reads, computed from the evidence of one recording. Training calls the same code
// through the Python binding. The order of the columns is part of a pack's format: append only, and only with
// a new format version.
#pragma once

#include <vector>

#include "higgins/result.h"
#include "types/gop_scores.h"
#include "types/posteriors.h"
#include "types/prompt.h"
#include "types/prosody.h"
#include "types/scorer_input.h"

namespace higgins {

/// Columns of ScorerInput::phone_features for V labels. "clip a / b": clipped to [-a, a], then divided by b.
struct PhoneColumns {
  explicit constexpr PhoneColumns(int v) : num_labels(v) {}
  int num_labels;

  /// [V] GopScores::substitution_ratio (the blank's column: deletion), clip 30 / 10.
  constexpr int substitution_ratio() const { return 0; }
  /// Mean log posterior of the canonical phone, weighted by its occupancy, clip 20 / 5.
  constexpr int log_posterior() const { return num_labels; }
  constexpr int gop_sd() const { return num_labels + 1; }   ///< clip 30 / 10
  constexpr int gop_s() const { return num_labels + 2; }    ///< clip 30 / 10
  constexpr int gop_sdi() const { return num_labels + 3; }  ///< clip 30 / 10
  constexpr int log_occupancy() const {
    return num_labels + 4;
  }                                                        ///< log of expected frames, floored at log 1e-3
  constexpr int gop_sa() const { return num_labels + 5; }  ///< clip 20 / 10
  /// log(1 + frames) between this phone's Viterbi span and the neighbour's (or the clip's edge).
  constexpr int gap_before() const { return num_labels + 6; }
  constexpr int gap_after() const { return num_labels + 7; }
  constexpr int log_segment_length() const { return num_labels + 8; }  ///< log of frames
  /// [V] mean over the segment of each label's log posterior, clip 12 / 6.
  constexpr int mean_log_posteriors() const { return num_labels + 9; }
  /// [V] the same with the maximum.
  constexpr int max_log_posteriors() const { return 2 * num_labels + 9; }
  /// Of the utterance, the same for all its phones: log p(canonical) / phones, clip 20 / 5.
  constexpr int log_likelihood_per_phone() const { return 3 * num_labels + 9; }
  constexpr int log_frames_per_phone() const { return 3 * num_labels + 10; }
  /// Smallest GopScores::insertion_ratio over the labels before and after the phone, clip 30 / 10.
  constexpr int insertion_before() const { return 3 * num_labels + 11; }
  constexpr int insertion_after() const { return 3 * num_labels + 12; }
  /// Energy over the segment minus the utterance's 90th percentile, dB / 20.
  constexpr int mean_energy() const { return 3 * num_labels + 13; }
  constexpr int max_energy() const { return 3 * num_labels + 14; }
  constexpr int voiced_fraction() const { return 3 * num_labels + 15; }  ///< of the segment, 0-1
  /// Mean of log2 f0 minus log2 of the utterance's median f0; 0 when the segment is unvoiced.
  constexpr int relative_pitch() const { return 3 * num_labels + 16; }
  /// Least-squares slope of log2 f0 over the segment's voiced frames, octaves per 100 ms, clip 2 / 1.
  constexpr int pitch_slope() const { return 3 * num_labels + 17; }
  /// log(segment length / mean segment length of the utterance).
  constexpr int relative_length() const { return 3 * num_labels + 18; }
  constexpr int size() const { return 3 * num_labels + 19; }
};

/// Columns of ScorerInput::utterance_features.
namespace utterance_column {
enum Column : int {
  kLogPhones,
  kLogWords,
  kLogDuration,       ///< log of seconds
  kPhonesPerSecond,   ///< over the whole clip
  kArticulationRate,  ///< phones per second from first to last phone, pauses left out
  kPausesPerWord,
  kPauseFraction,    ///< pause time / time from first to last phone, 0-1
  kMeanPause,        ///< seconds
  kLongestPause,     ///< seconds
  kLeadingSilence,   ///< seconds before the first phone, at most 3
  kTrailingSilence,  ///< seconds after the last phone, at most 3
  kPitchDeviation,   ///< standard deviation of log2 f0 over voiced frames, octaves
  kPitchRange,       ///< 90th - 10th percentile of log2 f0, octaves
  kVoicedFraction,   ///< of all frames, 0-1
  kEnergyDeviation,  ///< standard deviation of frame energy, dB / 20
  kEnergySlope,      ///< least-squares slope of energy from first to last phone, dB per second / 20, clip 2
  kLogLikelihoodPerPhone,  ///< clip 20 / 5
  kMeanGopSd,              ///< clip 30 / 10
  kFractionGopBelow1,      ///< of the phones with gop_sd < -1
  kFractionGopBelow3,
  kFractionGopBelow6,
  kLengthDeviation,   ///< standard deviation of log segment lengths
  kVowelVariability,  ///< mean over the words with two vowels or more of the nPVI (Grabe & Low 2002) / 100
  kSize,
};
}  // namespace utterance_column

/// The stretch of the clip that is read as belonging to each phone: the Viterbi span widened to the middle of
/// the blank gaps around it, at most 6 frames a side. Segments do not overlap.
std::vector<FrameSpan> PhoneSegments(const Alignment& alignment, int num_frames);

/// Builds the graph's input. Every value is finite. Vowels are the phones with stress >= 0. Pure and
/// deterministic. Errors: kInvalidArgument when there is no phone or the shapes of the arguments do not fit
/// each other, with the expected and the actual one; kInternal when the encoder's states are not finite.
Result<ScorerInput> BuildScorerInput(const CanonicalPhones& phones, const Posteriors& posteriors,
                                     const Alignment& alignment, const GopScores& gop, const Prosody& prosody,
                                     const std::vector<Pause>& pauses, int blank = 0);

}  // namespace higgins
