// What of a text was said, and what beside it: the text with every word optional, and with any other speech
// between its words. A reading leaves out the words of a set O, and adds speech behind some of those that it
// says, or before all; its probability is
//   p(reading) = e^(-c |O| - a |A|) p(frames | words that are said, speech that is added)
// over all segmentations, c the cost of a word that is left out, a that of an addition. A frame of added
// speech is no phone of the text's but any: it holds a phone with 1 - y_t(blank), at a cost of d nats, and
// the frames between its first and its last may be blank. Speech that stands where words are left out has
// replaced them, at a cost of r more: they were said, so that they cannot be recognised. Then
//   P(w omitted)  = the share of the readings without w and without anything in its place
//   P(added at g) = the share of the readings with an addition there that say the word behind it
// exact, for all readings at once. With a, b of forward_backward.h, f_v the first and l_u the last label of a
// word, and u = -1 for the silence before the text:
//   E_t(u) = a_t(blank after u) + a_t(l_u)                       u has ended
//   S_t(u) = (1 - y_t(blank)) e^-d ( e^-a E_{t-1}(u) + S_{t-1}(u) + I_{t-1}(u) )     added behind u: speech,
//   I_t(u) = y_t(blank) ( S_{t-1}(u) + I_{t-1}(u) )                                  a blank inside,
//   R_t(u) = y_t(blank) ( S_{t-1}(u) + R_{t-1}(u) )                                  the blank after it
//   entry of word v at t + 1: sum_{u < v} e^(-c (v - u - 1)) ( E_t(u) + e^-r(u, v) ( S_t(u) + R_t(u) ) )
// with r(u, v) = r where words are left out between u and v, else 0, and
// without a_t(l_u) where l_u and f_v are the same. Words that follow each other are left out together as
// easily as one by one, which ratios of single words cannot tell.
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"
#include "higgins/result.h"

namespace higgins::ctc {

/// Nats, >= 0.
struct MiscueCosts {
  double omitted_word = 0.0;  ///< c
  double addition = 0.0;      ///< a
  double added_frame = 0.0;   ///< d, of the frames that hold a phone
  double replacement = 0.0;   ///< r, of speech in the place of words that are left out
};

struct Miscues {
  std::vector<double> omission_probability;  ///< [words] 0-1
  /// [words + 1] that speech was added before word w, 0-1; behind the last.
  std::vector<double> addition_probability;
};

/// `word_of_label` [labels] is non-decreasing, and every word from 0 to `num_words` - 1 has labels. Time:
/// frames x (labels + words), and frames x words for each label that ends one word and begins one. Errors: as
/// ComputeGop().
Result<Miscues> FindMiscues(MatrixView<const float> log_posteriors, std::span<const int> labels,
                            std::span<const int> word_of_label, int num_words, int blank,
                            const MiscueCosts& costs);

}  // namespace higgins::ctc
