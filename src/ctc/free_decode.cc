#include "ctc/free_decode.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "ctc/input.h"

namespace higgins::ctc {

std::vector<DecodedPhone> FreeDecode(MatrixView<const float> log_posteriors, int blank) {
  std::vector<DecodedPhone> phones;
  if (log_posteriors.empty()) return phones;
  int previous = blank;
  for (int t = 0; t < log_posteriors.rows(); ++t) {
    const std::span<const float> row = log_posteriors.row(t);
    const int label = static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin());
    if (label != blank) {
      if (label != previous) phones.push_back({label, t, t, 0.0F});
      phones.back().end_frame = t + 1;
      phones.back().log_posterior += Floored(row[static_cast<std::size_t>(label)]);
    }
    previous = label;
  }
  for (DecodedPhone& phone : phones) {
    phone.log_posterior /= static_cast<float>(phone.end_frame - phone.begin_frame);
  }
  return phones;
}

}  // namespace higgins::ctc
