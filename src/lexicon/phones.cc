#include "lexicon/phones.h"

#include <algorithm>

namespace higgins::lexicon {
namespace {

constexpr std::size_t kMaxCallerPhones = 100;

bool IsVowel(const Phone& phone) { return phone.stress != -1; }

void BorrowStress(const std::vector<Phone>& model, std::vector<Phone>& phones) {
  std::vector<int> stresses;
  for (const Phone& phone : model) {
    if (IsVowel(phone)) stresses.push_back(phone.stress);
  }
  const auto num_vowels = static_cast<std::size_t>(std::count_if(phones.begin(), phones.end(), IsVowel));
  std::size_t vowel = 0;
  for (Phone& phone : phones) {
    if (!IsVowel(phone)) continue;
    phone.stress = stresses.size() == num_vowels ? stresses[vowel] : (vowel == 0 ? 1 : 0);
    ++vowel;
  }
}

}  // namespace

std::optional<Phone> ParsePhone(std::string_view name, const PhoneSet& phone_set) {
  int stress = -1;
  if (!name.empty() && name.back() >= '0' && name.back() <= '2') {
    stress = name.back() - '0';
    name.remove_suffix(1);
  }
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const std::optional<int> label = phone_set.label(upper);
  if (!label || *label == phone_set.blank()) return std::nullopt;
  if (!phone_set.is_vowel(*label)) return stress == -1 ? std::optional(Phone{*label, -1}) : std::nullopt;
  return Phone{*label, stress == -1 ? kNoStressGiven : stress};
}

std::optional<std::vector<Phone>> ParsePhones(std::string_view names, const PhoneSet& phone_set) {
  std::vector<Phone> phones;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    const std::optional<Phone> phone = ParsePhone(names.substr(0, end), phone_set);
    if (!phone || phone->stress == kNoStressGiven) return std::nullopt;
    phones.push_back(*phone);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return phones;
}

Result<std::vector<Phone>> ParseCallerPhones(std::string_view word, std::string_view phones,
                                             const PhoneSet& phone_set, const std::vector<Phone>& model) {
  const std::string of = "the pronunciation given for \"" + std::string(word) + "\" ";
  std::vector<Phone> parsed;
  std::size_t at = 0;
  while ((at = phones.find_first_not_of(" \t", at)) != std::string_view::npos) {
    const std::size_t end = std::min(phones.find_first_of(" \t", at), phones.size());
    const std::string_view name = phones.substr(at, std::min<std::size_t>(end - at, 20));
    const std::optional<Phone> phone = ParsePhone(name, phone_set);
    if (!phone) {
      return Error{
          ErrorCode::kInvalidArgument,
          of + "has an unknown phone \"" + std::string(name) +
              R"("; expected ARPAbet such as "HH AH0 L OW1", with stress digits 0-2 on vowels only)"};
    }
    parsed.push_back(*phone);
    if (parsed.size() > kMaxCallerPhones) {
      return Error{ErrorCode::kInvalidArgument,
                   of + "has over " + std::to_string(kMaxCallerPhones) + " phones"};
    }
    at = end;
  }
  if (parsed.empty()) return Error{ErrorCode::kInvalidArgument, of + "has no phones"};
  const bool has_digits =
      std::any_of(parsed.begin(), parsed.end(), [](const Phone& p) { return p.stress >= 0; });
  if (!has_digits) BorrowStress(model, parsed);
  // Digits on some vowels only: the others are unstressed.
  for (Phone& phone : parsed) {
    if (phone.stress == kNoStressGiven) phone.stress = 0;
  }
  return parsed;
}

bool SameLabels(const std::vector<Phone>& a, const std::vector<Phone>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Phone& x, const Phone& y) { return x.label == y.label; });
}

std::string ToArpabet(const std::vector<Phone>& phones, const PhoneSet& phone_set) {
  std::string text;
  for (const Phone& phone : phones) {
    if (!text.empty()) text += ' ';
    text += phone_set.name(phone.label);
    if (phone.stress >= 0) text += static_cast<char>('0' + phone.stress);
  }
  return text;
}

}  // namespace higgins::lexicon
