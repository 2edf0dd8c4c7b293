#include "ctc/align.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/log_math.h"
#include "ctc/input.h"

namespace higgins::ctc {

namespace {

/// Stands among the labels of a trellis for speech that is none of the text's.
constexpr int kAdded = -1;

/// Log probability of any phone in a frame of added speech, its cost included.
double AddedPhone(float log_blank, double cost) {
  const double any_phone = -std::expm1(static_cast<double>(Floored(log_blank)));
  return any_phone > 0.0 ? std::max<double>(kMinLogPosterior, std::log(any_phone) - cost) : kMinLogPosterior;
}

/// Viterbi scores of one frame after another, and how many states each best path advanced to get there.
class Trellis {
 public:
  Trellis(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank,
          double added_frame = 0.0)
      : log_posteriors_(log_posteriors),
        labels_(labels),
        blank_(blank),
        added_frame_(added_frame),
        num_states_(2 * labels.size() + 1),
        scores_(num_states_, kLogZero),
        advances_(static_cast<std::size_t>(log_posteriors.rows()) * num_states_, 0) {
    scores_[0] = Floored(log_posteriors_(0, blank_));
    scores_[1] = LabelScore(log_posteriors_.row(0), labels_[0]);
    for (int t = 1; t < log_posteriors_.rows(); ++t) Step(t);
  }

  Alignment Trace() const {
    std::size_t state = num_states_ - 1;
    if (scores_[state - 1] > scores_[state]) --state;
    return TraceFrom(state);
  }

  Alignment TracePrefix() const {
    // Of equal states the earliest: nothing counts as said without evidence.
    const auto best = std::max_element(scores_.begin(), scores_.end());
    return TraceFrom(static_cast<std::size_t>(best - scores_.begin()));
  }

 private:
  Alignment TraceFrom(std::size_t state) const {
    Alignment alignment;
    alignment.log_likelihood = scores_[state];
    alignment.phones.resize((state + 1) / 2);
    for (int t = log_posteriors_.rows() - 1; t >= 0; --t) {
      if (state % 2 == 1) {
        FrameSpan& span = alignment.phones[state / 2];
        if (span.end == 0) span.end = t + 1;
        span.begin = t;
      }
      state -= advances_[static_cast<std::size_t>(t) * num_states_ + state];
    }
    return alignment;
  }

  double LabelScore(std::span<const float> row, int label) const {
    if (label != kAdded) return Floored(row[static_cast<std::size_t>(label)]);
    const float blank = row[static_cast<std::size_t>(blank_)];
    return std::max<double>(Floored(blank), AddedPhone(blank, added_frame_));
  }

  // Downwards in place: a state reads only itself and states below it.
  void Step(int t) {
    const std::span<const float> row = log_posteriors_.row(t);
    std::uint8_t* advances = &advances_[static_cast<std::size_t>(t) * num_states_];
    const double blank = Floored(row[static_cast<std::size_t>(blank_)]);
    for (std::size_t s = num_states_ - 1; s > 0; --s) {
      double best = scores_[s];
      std::uint8_t advance = 0;
      if (scores_[s - 1] > best) {
        best = scores_[s - 1];
        advance = 1;
      }
      const bool is_label = s % 2 == 1;
      // A blank between equal labels is mandatory (Graves et al. 2006).
      if (is_label && s > 1 && labels_[s / 2] != labels_[s / 2 - 1] && scores_[s - 2] > best) {
        best = scores_[s - 2];
        advance = 2;
      }
      scores_[s] = best + (is_label ? LabelScore(row, labels_[s / 2]) : blank);
      advances[s] = advance;
    }
    scores_[0] += blank;
  }

  MatrixView<const float> log_posteriors_;
  std::span<const int> labels_;
  int blank_;
  double added_frame_;
  std::size_t num_states_;
  std::vector<double> scores_;
  std::vector<std::uint8_t> advances_;
};

}  // namespace

Result<Alignment> Align(MatrixView<const float> log_posteriors, std::span<const int> labels, int blank) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  return Trellis(log_posteriors, labels, blank).Trace();
}

Result<Alignment> AlignPrefix(MatrixView<const float> log_posteriors, std::span<const int> labels,
                              int blank) {
  if (Result<void> checked = CheckPosteriors(log_posteriors, blank); !checked) return checked.error();
  const bool usable = std::all_of(labels.begin(), labels.end(), [&](int label) {
    return label >= 0 && label < log_posteriors.columns() && label != blank;
  });
  if (labels.empty() || !usable) {
    return Error{ErrorCode::kInvalidArgument, "labels: expected phones of the acoustic model, at least one"};
  }
  return Trellis(log_posteriors, labels, blank).TracePrefix();
}

Result<AlignmentWithAdded> AlignWithAdded(MatrixView<const float> log_posteriors, std::span<const int> labels,
                                          std::span<const int> added_before, int blank, double added_frame) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  std::vector<int> all;
  auto place = added_before.begin();
  for (std::size_t i = 0; i <= labels.size(); ++i) {
    if (place != added_before.end() && *place == static_cast<int>(i)) {
      all.push_back(kAdded);
      ++place;
    }
    if (i < labels.size()) all.push_back(labels[i]);
  }
  if (place != added_before.end()) {
    return Error{ErrorCode::kInvalidArgument, "added_before: expected places of the text, ascending"};
  }
  if (MinFrames(all) > log_posteriors.rows()) {
    return Error{ErrorCode::kAudioTooShort, "there are fewer frames than phones and additions"};
  }
  const Alignment path = Trellis(log_posteriors, all, blank, added_frame).Trace();
  AlignmentWithAdded out;
  out.said.log_likelihood = path.log_likelihood;
  // A phone in it that is not sure of itself costs less as a blank, so all between the labels beside it
  // counts.
  const auto holds_phone = [&](int t) { return std::exp(log_posteriors(t, blank)) < 0.5F; };
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] != kAdded) {
      out.said.phones.push_back(path.phones[i]);
      continue;
    }
    FrameSpan span{i == 0 ? 0 : path.phones[i - 1].end,
                   i + 1 == all.size() ? log_posteriors.rows() : path.phones[i + 1].begin};
    while (span.begin < span.end && !holds_phone(span.begin)) ++span.begin;
    while (span.begin < span.end && !holds_phone(span.end - 1)) --span.end;
    out.added.push_back(span);
  }
  return out;
}

}  // namespace higgins::ctc
