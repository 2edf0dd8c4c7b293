#include "types/phone_set.h"

#include <utility>

namespace higgins {

PhoneSet::PhoneSet(std::vector<std::string> names, int blank) : names_(std::move(names)), blank_(blank) {
  is_vowel_.resize(names_.size());
  for (int label = 0; label < num_labels(); ++label) {
    if (label == blank_) continue;
    const std::string& name = names_[static_cast<std::size_t>(label)];
    // Of the ARPAbet names, exactly the vowels' begin with one of these letters.
    is_vowel_[static_cast<std::size_t>(label)] =
        std::string_view("AEIOU").find(name.front()) != std::string_view::npos;
    label_of_.emplace(name, label);
  }
}

std::optional<int> PhoneSet::label(std::string_view name) const {
  const auto found = label_of_.find(std::string(name));
  if (found == label_of_.end()) return std::nullopt;
  return found->second;
}

}  // namespace higgins
