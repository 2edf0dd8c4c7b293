#include "engine/repeated_words.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/log_math.h"
#include "ctc/gop.h"

namespace higgins {
namespace {

constexpr int kMostRepeatedWords = 8;
constexpr double kMostNatsWorse = 3.0;  // a phone, than the phones that were heard

// The words beside an addition, and the frames that hold them and it.
class Neighbourhood {
 public:
  Neighbourhood(MatrixView<const float> log_posteriors, const PhoneScores& whole, const Addition& addition,
                int blank)
      : whole_(whole),
        blank_(blank),
        begin_(std::max(0, addition.before_word - kMostRepeatedWords)),
        end_(std::min(whole.canonical.num_words, addition.before_word + kMostRepeatedWords)) {
    FrameSpan frames{0, log_posteriors.rows()};
    // The whole text's path may run through the addition.
    if (begin_ > 0) frames.begin = std::min(PhoneSpan(begin_, -1).end, addition.frames.begin);
    if (end_ < whole.canonical.num_words) {
      frames.end = std::max(PhoneSpan(end_, 0).begin, addition.frames.end);
    }
    heard_ = log_posteriors.rows_between(frames.begin, frames.end);
  }

  int begin() const { return begin_; }
  int end() const { return end_; }

  /// Log-likelihood of reading up to word `until`, then `between`, then from word `from` on, nats.
  double Nats(int until, const std::vector<int>& between, int from) const {
    std::vector<int> read;
    Append(begin_, until, &read);
    read.insert(read.end(), between.begin(), between.end());
    Append(from, end_, &read);
    const Result<double> nats = ctc::LogLikelihood(heard_, read, blank_);
    return nats ? *nats : kLogZero;  // more phones than frames
  }

  int NumPhones(int begin, int end) const {
    return FirstPhone(whole_.canonical, end) - FirstPhone(whole_.canonical, begin);
  }

 private:
  void Append(int begin, int end, std::vector<int>* read) const {
    read->insert(read->end(), whole_.labels.begin() + FirstPhone(whole_.canonical, begin),
                 whole_.labels.begin() + FirstPhone(whole_.canonical, end));
  }
  // Of the phone so far from the first one of the word, on the whole text's path.
  FrameSpan PhoneSpan(int word, int offset) const {
    const int phone = FirstPhone(whole_.canonical, word) + offset;
    return whole_.alignment.phones[static_cast<std::size_t>(phone)];
  }

  const PhoneScores& whole_;
  int blank_;
  int begin_, end_;
  MatrixView<const float> heard_;
};

// Twice as many phones at most, or half as many: free decoding loses some, and each likelihood takes time.
bool IsAsLong(int num_phones, std::size_t num_heard) {
  const auto count = static_cast<std::size_t>(num_phones);
  return count <= 2 * num_heard && num_heard <= 2 * count;
}

}  // namespace

void FindRepeatedWords(MatrixView<const float> log_posteriors, const PhoneScores& whole, int blank,
                       Addition* addition) {
  const int place = addition->before_word;
  const Neighbourhood around(log_posteriors, whole, *addition, blank);
  const double as_heard = around.Nats(place, addition->heard, place);
  double best = kLogZero;
  for (int begin = around.begin(); begin <= place; ++begin) {
    for (int end = std::max(place, begin + 1); end <= around.end(); ++end) {
      if (!IsAsLong(around.NumPhones(begin, end), addition->heard.size())) continue;
      const double nats = around.Nats(end, {}, begin);
      if (nats <= best) continue;
      best = nats;
      addition->repeats_begin = begin;
      addition->repeats_end = end;
    }
  }
  const int num_phones = around.NumPhones(addition->repeats_begin, addition->repeats_end);
  if (best < as_heard - kMostNatsWorse * num_phones) addition->repeats_begin = addition->repeats_end = 0;
}

}  // namespace higgins
