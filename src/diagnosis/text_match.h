// Was this text read at all? A scorer that learned from people who read what they were shown has never met
// another text, and gives it about half marks. The lattice knows better: of another text, most phones have a
// far likelier competitor.
//
//   m = (2 r + sum_i max(GOP_i, -10)) / (N + 2),  r = -0.6, nats
//   p(read) = 1 / (1 + exp(-3 (m + 4.8)))
//
// GOP: GOP-SF-SD (arXiv 2507.16838). The floor keeps a few phones that went quite wrong from deciding, the
// two phones of r (the median of what was read) keep one or two phones from it. Slope and middle: logistic
// regression on 800 learners' recordings beside their own and beside another's text of like length, moved to
// odds of nine to one that the text was read. `higgins eval --other-texts` measures it. Diagnose() leaves
// out the phones of words that were not said, where those that were are at least half, and counts those
// that were added; the regression knew the text's own, and all of them.
#pragma once

#include <vector>

namespace higgins {

/// sum_i max(GOP_i, -10) above, nats.
double FlooredSum(const std::vector<float>& gop_sd);

/// p(read) above, 0-1. `gop_sd` [phones], nats, <= 0; 1 without phones.
double TextMatch(const std::vector<float>& gop_sd);

}  // namespace higgins
