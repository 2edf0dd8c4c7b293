#include "ctc/miscues.h"

#include <algorithm>
#include <cstddef>

#include "ctc/forward_backward.h"
#include "ctc/input.h"
#include "ctc/optional_words.h"

namespace higgins::ctc {
namespace {

// The states of the additions at one frame, a place each.
struct Additions {
  explicit Additions(int num_places)
      : speech(static_cast<std::size_t>(num_places)), inside(speech.size()), after(speech.size()) {}
  std::vector<WideDouble> speech, inside, after;  // [places] S, I, R
};

// [frames x columns]
class Table {
 public:
  Table(int num_frames, int num_columns)
      : num_columns_(static_cast<std::size_t>(num_columns)),
        values_(static_cast<std::size_t>(num_frames) * num_columns_) {}
  WideDouble* row(int frame) { return values_.data() + static_cast<std::size_t>(frame) * num_columns_; }
  const WideDouble* row(int frame) const {
    return values_.data() + static_cast<std::size_t>(frame) * num_columns_;
  }

 private:
  std::size_t num_columns_;
  std::vector<WideDouble> values_;
};

// What the backward pass needs of the forward one. Row t of `entries` is what frame t is entered from: row 0
// is the beginning, where only the silence before the text has "ended".
struct Forward {
  Forward(int num_frames, const OptionalWords& text)
      : entries(num_frames + 1, text.num_words()), added(num_frames, text.num_places()) {}
  Table entries;          // of word v
  Table added;            // S + R
  WideDouble likelihood;  // the sum of all readings
};

class ForwardPass {
 public:
  ForwardPass(const OptionalWords& text, const LinearPosteriors& y)
      : text_(text),
        y_(y),
        row_(static_cast<std::size_t>(text.num_states())),
        previous_(row_.size()),
        sums_(text.shared().size()),
        ended_(static_cast<std::size_t>(text.num_places())),
        additions_(text.num_places()) {}

  Forward Run() {
    Forward out(y_.num_frames(), text_);
    row_[0] = ended_[0] = WideDouble(1.0);
    for (int v = 0; v < text_.num_words(); ++v) out.entries.row(0)[v] = text_.Omitted(v);
    for (int t = 0; t < y_.num_frames(); ++t) {
      previous_.swap(row_);
      StepAdditions(y_.row(t));
      StepWords(y_.row(t), out.entries.row(t));
      for (int g = 0; g < text_.num_places(); ++g) {
        ended_[static_cast<std::size_t>(g)] =
            g == 0 ? Row(0) : Row(text_.BlankAt(g)) + Row(text_.LabelBefore(g));
        out.added.row(t)[g] = EndedWithAddition(g);
      }
      Entries(out.entries.row(t + 1));
    }
    for (int g = 0; g < text_.num_places(); ++g) {
      const double replaced = g < text_.num_words() ? text_.replacement() : 1.0;
      out.likelihood += (ended_[static_cast<std::size_t>(g)] + EndedWithAddition(g) * replaced) *
                        text_.Omitted(text_.num_words() - g);
    }
    return out;
  }

 private:
  WideDouble Row(int state) const { return row_[static_cast<std::size_t>(state)]; }
  WideDouble EndedWithAddition(int place) const {
    const auto g = static_cast<std::size_t>(place);
    return additions_.speech[g] + additions_.after[g];
  }

  // ended_, and `entries` below: what the frame is entered from.
  void StepAdditions(std::span<const double> y) {
    const double blank = y[static_cast<std::size_t>(text_.blank())];
    const double phone = text_.Added(y);
    for (std::size_t g = 0; g < additions_.speech.size(); ++g) {
      const WideDouble speech = additions_.speech[g];
      const WideDouble within = speech + additions_.inside[g];
      additions_.speech[g] = (within + ended_[g] * text_.addition()) * phone;
      additions_.inside[g] = within * blank;
      additions_.after[g] = (speech + additions_.after[g]) * blank;
    }
  }

  void StepWords(std::span<const double> y, const WideDouble* entries) {
    const double blank = y[static_cast<std::size_t>(text_.blank())];
    const WideDouble* previous = previous_.data();
    row_[0] = previous[0] * blank;
    for (int s = 1; s < text_.num_states(); s += 2) {
      const int i = s / 2;
      WideDouble sum = previous[s];
      if (text_.BeginsAWord(i)) {
        sum += *entries++;
      } else {
        sum += previous[s - 1];
        if (text_.label(i) != text_.label(i - 1)) sum += previous[s - 2];
      }
      row_[static_cast<std::size_t>(s)] = sum * y[static_cast<std::size_t>(text_.label(i))];
      row_[static_cast<std::size_t>(s) + 1] = (previous[s + 1] + previous[s]) * blank;
    }
  }

  // The entry of every word v into the next frame.
  void Entries(WideDouble* entries) {
    WideDouble sum;  // over the words before, whatever their last label
    std::ranges::fill(sums_, WideDouble());
    for (int v = 0; v < text_.num_words(); ++v) {
      const WideDouble with_addition = EndedWithAddition(v) * text_.replacement();  // unless v is said
      const WideDouble ended = ended_[static_cast<std::size_t>(v)];
      sum = sum * text_.omission() + (ended + with_addition);
      for (std::size_t k = 0; k < sums_.size(); ++k) {
        const bool differs = v == 0 || text_.LastLabel(v - 1) != text_.shared()[k];
        const WideDouble without_label = Row(text_.BlankAt(v));
        sums_[k] = sums_[k] * text_.omission() + ((differs ? ended : without_label) + with_addition);
      }
      const int slot = text_.Slot(text_.FirstLabel(v));
      entries[v] = (slot < 0 ? sum : sums_[static_cast<std::size_t>(slot)]) +
                   EndedWithAddition(v) * (1.0 - text_.replacement());
    }
  }

  const OptionalWords& text_;
  const LinearPosteriors& y_;
  std::vector<WideDouble> row_, previous_;
  std::vector<WideDouble> sums_;   // [shared]
  std::vector<WideDouble> ended_;  // [places] E of the word before each
  Additions additions_;
};

double Share(WideDouble part, WideDouble whole) {
  const auto exponent_bits = part.exponent_bits() - whole.exponent_bits();
  if (part.is_zero() || exponent_bits < -1022) return 0.0;
  return std::min(1.0, part.mantissa() / whole.mantissa() * PowerOfTwo(exponent_bits));
}

class BackwardPass {
 public:
  BackwardPass(const OptionalWords& text, const LinearPosteriors& y, const Forward& forward)
      : text_(text),
        y_(y),
        forward_(forward),
        row_(static_cast<std::size_t>(text.num_states())),
        next_(row_.size()),
        blank_exits_(static_cast<std::size_t>(text.num_places())),
        label_exits_(blank_exits_.size()),
        sums_(text.shared().size()),
        additions_(text.num_places()),
        said_(static_cast<std::size_t>(text.num_words())),
        replaced_(said_.size()),
        added_(blank_exits_.size()) {}

  Miscues Run() {
    // Behind the last frame the text may end, with all further words left out.
    for (int g = 0; g < text_.num_places(); ++g) {
      blank_exits_[Index(g)] = label_exits_[Index(g)] = text_.Omitted(text_.num_words() - g);
    }
    for (int t = y_.num_frames() - 1; t >= 0; --t) {
      CountAdded(t);
      StepWords(y_.row(t));
      StepAdditions(y_.row(t));
      CountWords(t);
      next_.swap(row_);
      Exits();
    }
    return Shares();
  }

 private:
  static constexpr std::size_t Index(int value) { return static_cast<std::size_t>(value); }

  // The sum of e^(-c (v - g)) b(f_v) over v >= g, of the frame after: from the blank before place g, and from
  // the label before it, without the words that begin with that label.
  void Exits() {
    WideDouble sum;
    std::ranges::fill(sums_, WideDouble());
    for (int g = text_.num_words(); g >= 0; --g) {
      if (g < text_.num_words()) {
        const WideDouble entered = next_[Index(text_.FirstState(g))];
        sum = sum * text_.omission() + entered;
        for (std::size_t k = 0; k < sums_.size(); ++k) {
          sums_[k] = sums_[k] * text_.omission();
          if (text_.FirstLabel(g) != text_.shared()[k]) sums_[k] += entered;
        }
      }
      blank_exits_[Index(g)] = sum;
      if (g == 0) break;
      const int slot = text_.Slot(text_.LastLabel(g - 1));
      label_exits_[Index(g)] = slot < 0 ? sum : sums_[Index(slot)];
    }
  }

  // additions_ is of the frame after.
  void StepWords(std::span<const double> y) {
    const double blank = y[Index(text_.blank())];
    int place = text_.num_words();
    for (int s = text_.num_states() - 1; s >= 2; s -= 2) {
      const int i = s / 2 - 1;  // the label before the blank s
      WideDouble after_blank = next_[Index(s)];
      WideDouble after_label = next_[Index(s) - 1] + next_[Index(s)];
      if (text_.BeginsAWord(i + 1)) {
        const WideDouble added = additions_.speech[Index(place)] * text_.addition();
        after_blank += blank_exits_[Index(place)] + added;
        after_label += label_exits_[Index(place)] + added;
        --place;
      } else {
        after_blank += next_[Index(s) + 1];
        if (text_.label(i) != text_.label(i + 1)) after_label += next_[Index(s) + 1];
      }
      row_[Index(s)] = after_blank * blank;
      row_[Index(s) - 1] = after_label * y[Index(text_.label(i))];
    }
    row_[0] = (next_[0] + blank_exits_[0] + additions_.speech[0] * text_.addition()) * blank;
  }

  void StepAdditions(std::span<const double> y) {
    const double blank = y[Index(text_.blank())];
    const double phone = text_.Added(y);
    for (int g = 0; g < text_.num_places(); ++g) {
      WideDouble& speech = additions_.speech[Index(g)];
      WideDouble& inside = additions_.inside[Index(g)];
      WideDouble& after = additions_.after[Index(g)];
      const WideDouble within = speech + inside;
      WideDouble over = blank_exits_[Index(g)] + after;
      if (g < text_.num_words()) {
        over = blank_exits_[Index(g)] * text_.replacement() + after +
               next_[Index(text_.FirstState(g))] * (1.0 - text_.replacement());
      }
      speech = (within + over) * phone;
      inside = within * blank;
      after = over * blank;
    }
  }

  // A word is entered once in every reading that says it.
  void CountWords(int t) {
    for (int v = 0; v < text_.num_words(); ++v) {
      said_[Index(v)] += forward_.entries.row(t)[v] * row_[Index(text_.FirstState(v))];
    }
  }

  // What follows an addition whose last frame, or the blank behind it, is t: the word of its place, which
  // makes it an addition, or a later one, which makes it a replacement of the words between.
  void CountAdded(int t) {
    const WideDouble* added = forward_.added.row(t);
    WideDouble replacing;
    for (int w = 0; w < text_.num_words(); ++w) {
      added_[Index(w)] += added[w] * next_[Index(text_.FirstState(w))];
      replacing = (replacing + added[w] * text_.replacement()) * text_.omission();
      replaced_[Index(w)] += replacing * blank_exits_[Index(w) + 1];
    }
    added_[Index(text_.num_words())] += added[text_.num_words()] * blank_exits_[Index(text_.num_words())];
  }

  Miscues Shares() const {
    Miscues out;
    for (std::size_t w = 0; w < said_.size(); ++w) {
      out.omission_probability.push_back(1.0 - Share(said_[w] + replaced_[w], forward_.likelihood));
    }
    for (const WideDouble& added : added_) {
      out.addition_probability.push_back(Share(added, forward_.likelihood));
    }
    return out;
  }

  const OptionalWords& text_;
  const LinearPosteriors& y_;
  const Forward& forward_;
  std::vector<WideDouble> row_, next_;
  std::vector<WideDouble> blank_exits_, label_exits_;  // [places]
  std::vector<WideDouble> sums_;                       // [shared]
  Additions additions_;
  std::vector<WideDouble> said_, replaced_;  // [words]
  std::vector<WideDouble> added_;            // [places]
};

}  // namespace

Result<Miscues> FindMiscues(MatrixView<const float> log_posteriors, std::span<const int> labels,
                            std::span<const int> word_of_label, int num_words, int blank,
                            const MiscueCosts& costs) {
  if (Result<void> checked = CheckInput(log_posteriors, labels, blank); !checked) return checked.error();
  if (word_of_label.size() != labels.size()) {
    return Error{ErrorCode::kInvalidArgument, "word_of_label: expected one entry a label"};
  }
  const OptionalWords text(labels, word_of_label, num_words, blank, costs);
  const LinearPosteriors y(log_posteriors);
  const Forward forward = ForwardPass(text, y).Run();
  return BackwardPass(text, y, forward).Run();
}

}  // namespace higgins::ctc
