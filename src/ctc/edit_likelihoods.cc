#include "ctc/edit_likelihoods.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "base/log_math.h"

namespace higgins::ctc {

namespace {

constexpr int kNoLabel = -1;

/// enter_t(i, .) or leave_t(j, .) of one boundary: a value for all labels but one, which misses the way past
/// the blank.
struct Boundary {
  std::vector<WideDouble> all;    ///< [frames]
  std::vector<WideDouble> equal;  ///< [frames], for `label`
  int label = kNoLabel;
  int first_frame = 0;  ///< `all` is zero outside [first_frame, last_frame]
  int last_frame = -1;

  explicit Boundary(int num_frames)
      : all(static_cast<std::size_t>(num_frames)), equal(static_cast<std::size_t>(num_frames)) {}

  void Set(int frame, WideDouble through_blank, WideDouble past_blank) {
    const auto t = static_cast<std::size_t>(frame);
    equal[t] = through_blank;
    all[t] = through_blank + past_blank;
  }
  void SetNowhere() {
    std::fill(all.begin(), all.end(), WideDouble());
    equal = all;
    label = kNoLabel;
    Trim();
  }
  void Trim() {
    const int num_frames = static_cast<int>(all.size());
    first_frame = 0;
    last_frame = num_frames - 1;
    while (first_frame < num_frames && at(first_frame).is_zero()) ++first_frame;
    while (last_frame >= first_frame && at(last_frame).is_zero()) --last_frame;
  }
  WideDouble at(int frame) const { return all[static_cast<std::size_t>(frame)]; }
  WideDouble at(int frame, int for_label) const {
    const auto t = static_cast<std::size_t>(frame);
    return for_label == label ? equal[t] : all[t];
  }
};

/// The frames that are swept, and a bound on what all runs that leave them add to any one sum: 2^lost_bits.
struct Window {
  int first_frame = 0;
  int last_frame = -1;
  std::int64_t lost_bits = kNothing;

  static constexpr std::int64_t kNothing = -(std::int64_t{1} << 50);
};

/// What one sum over the frames, sum_t run_t(q) leave_t(q), has come to for every q.
struct Sums {
  explicit Sums(std::size_t num_columns) : values(num_columns) {}

  void Reset() {
    std::fill(values.begin(), values.end(), 0.0);
    scale_bits = kUnset;
    equal = lost = 0.0;
  }
  /// Makes room for terms of up to 2^magnitude_bits.
  void MakeRoom(std::int64_t magnitude_bits) {
    if (scale_bits != kUnset && magnitude_bits <= scale_bits + kHeadroomBits) return;
    const double factor = scale_bits == kUnset ? 0.0 : PowerOfTwo(scale_bits - magnitude_bits);
    for (double& value : values) value *= factor;
    equal *= factor;
    lost = lost * factor + kTiny;
    scale_bits = magnitude_bits;
  }

  double Of(int label, const Boundary& leave) const {
    return label == leave.label ? equal : values[static_cast<std::size_t>(label)];
  }

  std::vector<double> values;
  std::int64_t scale_bits = kUnset;
  double equal = 0.0;  ///< the sum for the boundary's own label
  double lost = 0.0;   ///< what any of the values may lack through underflow, at most

  static constexpr double kTiny = 0x1p-680;
  static constexpr int kHeadroomBits = 200;
  static constexpr std::int64_t kUnset = std::int64_t{1} << 60;
};

class EditSweep {
 public:
  EditSweep(const LinearPosteriors& posteriors, std::span<const int> labels, int blank,
            const ForwardBackward& lattice);
  EditLikelihoods Run();

 private:
  int num_positions() const { return static_cast<int>(labels_.size()); }
  int LabelAt(int index) const { return labels_[static_cast<std::size_t>(index)]; }
  void SetEnter(int position);
  void SetLeave(int boundary, Boundary& leave) const;
  Window WholeRange() const;
  Window SelectWindow();
  void Sweep(const Window& window);
  void Advance(int frame, int first_frame);
  void Rescale(std::int64_t scale_bits);
  void Accumulate(int frame, const Boundary& leave, Sums& sums) const;
  bool IsCertain(const Boundary& leave, const Sums& sums, int label) const;
  int CountUncertain() const;
  void Finish(const Boundary& leave, const Sums& sums, std::span<double> out) const;
  double Exact(const Boundary& leave, int label) const;
  double Deletion(int label_index) const;

  const LinearPosteriors& posteriors_;
  std::span<const int> labels_;
  int blank_;
  const ForwardBackward& lattice_;

  std::vector<double> phones_;        ///< [frames x columns] posteriors with 0 in the blank's column
  std::vector<double> phone_maxima_;  ///< [frames] largest posterior of a phone
  std::vector<double> maxima_bits_;   ///< [frames] its binary logarithm
  std::vector<double> start_bits_;    ///< [frames] workspace of SelectWindow
  Boundary enter_;
  Boundary leave_after_;   ///< of the boundary after the position: substitutions
  Boundary leave_before_;  ///< of the boundary before it: insertions

  // run_t(q) = run_[q] 2^scale_bits_, short of at most lost_ 2^scale_bits_.
  std::vector<double> run_;
  std::int64_t scale_bits_ = 0;
  double lost_ = 0.0;
  Sums substitution_;
  Sums insertion_;
};

EditSweep::EditSweep(const LinearPosteriors& posteriors, std::span<const int> labels, int blank,
                     const ForwardBackward& lattice)
    : posteriors_(posteriors),
      labels_(labels),
      blank_(blank),
      lattice_(lattice),
      enter_(posteriors.num_frames()),
      leave_after_(posteriors.num_frames()),
      leave_before_(posteriors.num_frames()),
      run_(static_cast<std::size_t>(posteriors.num_labels())),
      substitution_(run_.size()),
      insertion_(run_.size()) {
  phones_.reserve(static_cast<std::size_t>(posteriors.num_frames()) * run_.size());
  for (int t = 0; t < posteriors.num_frames(); ++t) {
    const std::span<const double> row = posteriors.row(t);
    phones_.insert(phones_.end(), row.begin(), row.end());
    double* phones = phones_.data() + phones_.size() - row.size();
    phones[blank] = 0.0;
    phone_maxima_.push_back(*std::max_element(phones, phones + row.size()));
    maxima_bits_.push_back(std::log2(phone_maxima_.back()));
  }
  start_bits_.resize(maxima_bits_.size());
}

void EditSweep::SetEnter(int position) {
  enter_.label = position > 0 ? LabelAt(position - 1) : kNoLabel;
  enter_.Set(0, WideDouble(position == 0 ? 1.0 : 0.0), {});
  for (int t = 1; t < lattice_.num_frames; ++t) {
    enter_.Set(t, lattice_.alpha(t - 1, 2 * position),
               position > 0 ? lattice_.alpha(t - 1, 2 * position - 1) : WideDouble());
  }
  enter_.Trim();
}

void EditSweep::SetLeave(int boundary, Boundary& leave) const {
  const bool is_last = boundary == num_positions();
  leave.label = is_last ? kNoLabel : LabelAt(boundary);
  for (int t = 0; t + 1 < lattice_.num_frames; ++t) {
    leave.Set(t, lattice_.beta(t + 1, 2 * boundary),
              is_last ? WideDouble() : lattice_.beta(t + 1, 2 * boundary + 1));
  }
  leave.Set(lattice_.num_frames - 1, WideDouble(is_last ? 1.0 : 0.0), {});
  leave.Trim();
}

Window EditSweep::WholeRange() const {
  return {enter_.first_frame, std::max(leave_before_.last_frame, leave_after_.last_frame), Window::kNothing};
}

// Most runs are hopeless: they put the label seconds from where it can be. A run over the frames [s, e]
// weighs at most enter_s max_s ... max_e leave_e, max_t being the largest posterior of any phone; its
// logarithm's maximum over one end, for each other end, is one pass. Frames are left out at both ends while
// no run that touches them comes within 2^-160 of the best, so that a likelihood e^-80 below the best still
// keeps its twelve digits.
Window EditSweep::SelectWindow() {
  constexpr double kWindowBits = 160.0;
  const Window whole = WholeRange();
  if (whole.first_frame > whole.last_frame) return whole;  // the frames cannot hold one more label
  const auto leave_bits = [this](int frame) {
    // One more for the part of a bit that is cut off, one because the two are added.
    return static_cast<double>(
        2 + std::max(leave_after_.at(frame).magnitude_bits(), leave_before_.at(frame).magnitude_bits()));
  };
  double ahead = Window::kNothing;
  double best = Window::kNothing;
  for (int t = whole.last_frame; t >= whole.first_frame; --t) {
    const auto index = static_cast<std::size_t>(t);
    ahead = maxima_bits_[index] + std::max(ahead, leave_bits(t));
    start_bits_[index] = ahead + static_cast<double>(enter_.at(t).magnitude_bits() + 1);
    best = std::max(best, start_bits_[index]);
  }
  Window window = whole;
  double behind = Window::kNothing;
  for (int t = whole.first_frame; t <= whole.last_frame; ++t) {
    const auto index = static_cast<std::size_t>(t);
    behind = maxima_bits_[index] + std::max(behind, static_cast<double>(enter_.at(t).magnitude_bits() + 1));
    if (behind + leave_bits(t) >= best - kWindowBits) window.last_frame = t;
  }
  while (start_bits_[static_cast<std::size_t>(window.first_frame)] < best - kWindowBits) ++window.first_frame;
  const auto num_runs_bits = 2.0 * std::ceil(std::log2(posteriors_.num_frames() + 1.0));
  window.lost_bits = static_cast<std::int64_t>(best - kWindowBits + num_runs_bits) + 1;
  return window;
}

void EditSweep::Rescale(std::int64_t scale_bits) {
  const double factor = PowerOfTwo(scale_bits_ - scale_bits);
  for (double& value : run_) value *= factor;
  lost_ = lost_ * factor + Sums::kTiny;
  scale_bits_ = scale_bits;
}

// run_t from run_{t-1}. The scale follows the largest value: up as soon as what enters is larger, down every
// few frames.
void EditSweep::Advance(int frame, int first_frame) {
  constexpr int kFramesPerCheck = 8;
  const WideDouble enter = enter_.at(frame);
  if (frame == first_frame) {
    std::fill(run_.begin(), run_.end(), 0.0);
    scale_bits_ = enter.magnitude_bits();
    lost_ = 0.0;
  } else if (frame % kFramesPerCheck == 0) {
    const double largest = *std::max_element(run_.begin(), run_.end());
    const std::int64_t bits = largest > 0.0 ? ExponentBits(largest) : -1000;
    if (bits < -64) Rescale(scale_bits_ + bits);
  }
  if (!enter.is_zero() && enter.magnitude_bits() > scale_bits_ + 64) Rescale(enter.magnitude_bits());

  const double all = enter.Scaled(scale_bits_);
  const double* phones = phones_.data() + static_cast<std::size_t>(frame) * run_.size();
  const auto own = static_cast<std::size_t>(enter_.label);
  const double own_before = enter_.label == kNoLabel ? 0.0 : run_[own];
  double* run = run_.data();
  for (std::size_t q = 0; q < run_.size(); ++q) run[q] = phones[q] * (run[q] + all);
  if (enter_.label != kNoLabel) {
    run[own] = phones[own] * (own_before + enter_.at(frame, enter_.label).Scaled(scale_bits_));
  }
  lost_ = (lost_ + Sums::kTiny) * phone_maxima_[static_cast<std::size_t>(frame)] + Sums::kTiny;
}

void EditSweep::Accumulate(int frame, const Boundary& leave, Sums& sums) const {
  if (frame < leave.first_frame || frame > leave.last_frame) return;
  const WideDouble all = leave.at(frame);
  // run_ is at most about 2^70 between two checks of its scale.
  sums.MakeRoom(scale_bits_ + all.magnitude_bits());
  const double factor = all.Scaled(sums.scale_bits - scale_bits_);
  for (std::size_t q = 0; q < run_.size(); ++q) sums.values[q] += run_[q] * factor;
  if (leave.label != kNoLabel) {
    sums.equal += run_[static_cast<std::size_t>(leave.label)] *
                  leave.at(frame, leave.label).Scaled(sums.scale_bits - scale_bits_);
  }
  sums.lost += lost_ * factor + Sums::kTiny;
}

void EditSweep::Sweep(const Window& window) {
  substitution_.Reset();
  insertion_.Reset();
  for (int t = window.first_frame; t <= window.last_frame; ++t) {
    Advance(t, window.first_frame);
    Accumulate(t, leave_after_, substitution_);
    Accumulate(t, leave_before_, insertion_);
  }
  for (Sums* sums : {&substitution_, &insertion_}) {
    if (sums->scale_bits != Sums::kUnset) sums->lost += PowerOfTwo(window.lost_bits - sums->scale_bits);
  }
}

bool EditSweep::IsCertain(const Boundary& leave, const Sums& sums, int label) const {
  constexpr double kTolerance = 1e-12;
  const double sum = sums.Of(label, leave);
  return sums.scale_bits != Sums::kUnset && std::isfinite(sum) && sums.lost <= kTolerance * sum;
}

int EditSweep::CountUncertain() const {
  int count = 0;
  for (int q = 0; q < posteriors_.num_labels(); ++q) {
    if (q == blank_) continue;
    if (leave_after_.last_frame >= 0 && !IsCertain(leave_after_, substitution_, q)) ++count;
    if (!IsCertain(leave_before_, insertion_, q)) ++count;
  }
  return count;
}

// A value that underflow may have touched in its twelfth digit is computed again, without a common scale.
void EditSweep::Finish(const Boundary& leave, const Sums& sums, std::span<double> out) const {
  constexpr double kLog2 = 0.69314718055994530942;
  for (int q = 0; q < static_cast<int>(out.size()); ++q) {
    double& log_likelihood = out[static_cast<std::size_t>(q)];
    if (q == blank_) {
      log_likelihood = kLogZero;
    } else if (IsCertain(leave, sums, q)) {
      log_likelihood = std::log(sums.Of(q, leave)) + static_cast<double>(sums.scale_bits) * kLog2;
    } else {
      log_likelihood = Exact(leave, q);
    }
  }
}

double EditSweep::Exact(const Boundary& leave, int label) const {
  WideDouble run;
  WideDouble sum;
  for (int t = enter_.first_frame; t <= leave.last_frame; ++t) {
    run = (run + enter_.at(t, label)) * posteriors_(t, label);
    sum += run * leave.at(t, label);
  }
  return sum.Log();
}

double EditSweep::Deletion(int label_index) const {
  const int last_frame = lattice_.num_frames - 1;
  if (label_index + 1 == num_positions()) {
    WideDouble sum = lattice_.alpha(last_frame, 2 * label_index);
    if (label_index > 0) sum += lattice_.alpha(last_frame, 2 * label_index - 1);
    return sum.Log();
  }
  WideDouble sum;
  for (int t = enter_.first_frame; t <= last_frame; ++t) {
    sum += enter_.at(t, LabelAt(label_index + 1)) * lattice_.beta(t, 2 * label_index + 3);
  }
  return sum.Log();
}

EditLikelihoods EditSweep::Run() {
  const int num_labels = num_positions();
  EditLikelihoods result;
  result.num_columns = posteriors_.num_labels();
  result.substitution.resize(static_cast<std::size_t>(num_labels) * run_.size());
  result.insertion.resize((static_cast<std::size_t>(num_labels) + 1) * run_.size());
  SetLeave(0, leave_before_);
  for (int i = 0; i <= num_labels; ++i) {
    SetEnter(i);
    if (i < num_labels) {
      SetLeave(i + 1, leave_after_);
    } else {
      leave_after_.SetNowhere();
    }
    Sweep(SelectWindow());
    // A sweep over all frames costs as much as a few labels computed alone.
    constexpr int kFewLabels = 6;
    if (CountUncertain() > kFewLabels) Sweep(WholeRange());
    Finish(leave_before_, insertion_, result.insertion_row(i));
    if (i == num_labels) break;
    const std::span<double> row = result.substitution_row(i);
    Finish(leave_after_, substitution_, row);
    row[static_cast<std::size_t>(blank_)] = Deletion(i);
    std::swap(leave_before_, leave_after_);
  }
  return result;
}

}  // namespace

EditLikelihoods ComputeEditLikelihoods(const LinearPosteriors& posteriors, std::span<const int> labels,
                                       int blank, const ForwardBackward& lattice) {
  return EditSweep(posteriors, labels, blank, lattice).Run();
}

}  // namespace higgins::ctc
