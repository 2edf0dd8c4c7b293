// The phone inventory of a pack: names and their label indices in the acoustic model's output.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace higgins {

/// Labels are the columns of the posteriors: the CTC blank at `blank()`, every other index a phone.
class PhoneSet {
 public:
  PhoneSet() = default;
  /// `names[label]` for every label, the blank's place included (its name is ignored).
  PhoneSet(std::vector<std::string> names, int blank);

  int num_labels() const { return static_cast<int>(names_.size()); }
  int num_phones() const { return num_labels() - 1; }
  int blank() const { return blank_; }
  const std::string& name(int label) const { return names_[static_cast<std::size_t>(label)]; }
  std::optional<int> label(std::string_view name) const;
  /// ARPAbet vowels are the phones that carry stress.
  bool is_vowel(int label) const { return is_vowel_[static_cast<std::size_t>(label)]; }

 private:
  std::vector<std::string> names_;
  std::vector<bool> is_vowel_;
  std::unordered_map<std::string, int> label_of_;
  int blank_ = 0;
};

}  // namespace higgins
