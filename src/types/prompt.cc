#include "types/prompt.h"

#include <algorithm>
#include <cstddef>

namespace higgins {

int FirstPhone(const CanonicalPhones& canonical, int word) {
  const auto first = std::ranges::lower_bound(canonical.word_of_phone, word);
  return static_cast<int>(first - canonical.word_of_phone.begin());
}

CanonicalPhones Flatten(const Prompt& prompt, const std::vector<int>& chosen) {
  CanonicalPhones out;
  out.num_words = static_cast<int>(prompt.words.size());
  for (std::size_t w = 0; w < prompt.words.size(); ++w) {
    const Pronunciation& pronunciation = prompt.words[w].pronunciations[static_cast<std::size_t>(chosen[w])];
    out.phones.insert(out.phones.end(), pronunciation.phones.begin(), pronunciation.phones.end());
    out.word_of_phone.insert(out.word_of_phone.end(), pronunciation.phones.size(), static_cast<int>(w));
  }
  return out;
}

}  // namespace higgins
