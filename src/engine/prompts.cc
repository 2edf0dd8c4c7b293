#include "engine/prompts.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

namespace higgins {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// "AH0" -> AH with stress 0; "AH" -> the same; "K" -> K without stress.
Result<Phone> ParsePhone(const PhoneSet& phones, const std::string& word, const std::string& name) {
  const bool has_digit = !name.empty() && name.back() >= '0' && name.back() <= '2';
  const std::optional<int> label =
      phones.label(has_digit ? std::string_view(name).substr(0, name.size() - 1) : name);
  if (!label || (has_digit && !phones.is_vowel(*label))) {
    return Error{ErrorCode::kInvalidArgument,
                 "\"" + word + "\": \"" + name + "\" is not a phone of the pack"};
  }
  const int stress = has_digit ? name.back() - '0' : 0;
  return Phone{*label, phones.is_vowel(*label) ? stress : -1};
}

Result<Pronunciation> ParseLabel(const PhoneSet& phones, const WordPhones& label) {
  Pronunciation out;
  out.source = PronunciationSource::kLabels;
  std::istringstream names(label.phones);
  for (std::string name; names >> name;) {
    const Result<Phone> phone = ParsePhone(phones, label.word, name);
    if (!phone) return phone.error();
    out.phones.push_back(*phone);
  }
  if (out.phones.empty()) return Error{ErrorCode::kInvalidArgument, "\"" + label.word + "\" has no phones"};
  return out;
}

}  // namespace

Result<Prompt> LookupPrompt(const Pack& pack, std::string_view text,
                            std::span<const WordPhones> pronunciations) {
  lexicon::LookupOptions options;
  options.pronunciations.assign(pronunciations.begin(), pronunciations.end());
  return pack.lexicon.Lookup(text, options);
}

Result<Prompt> PromptFromLabels(const PhoneSet& phones, std::string_view text,
                                std::span<const WordPhones> labels) {
  Prompt prompt;
  prompt.text = std::string(text);
  const std::string lower_text = Lower(text);
  std::size_t search_from = 0;
  for (const WordPhones& label : labels) {
    Result<Pronunciation> pronunciation = ParseLabel(phones, label);
    if (!pronunciation) return pronunciation.error();
    PromptWord word;
    word.text = Lower(label.word);
    word.pronunciations.push_back(*std::move(pronunciation));
    const std::size_t found = lower_text.find(word.text, search_from);
    if (found != std::string::npos) {
      word.char_begin = static_cast<int>(found);
      word.char_end = static_cast<int>(found + word.text.size());
      search_from = found + word.text.size();
    }
    prompt.words.push_back(std::move(word));
  }
  return prompt;
}

int FewestPhones(const Prompt& prompt) {
  std::size_t total = 0;
  for (const PromptWord& word : prompt.words) {
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    for (const Pronunciation& pronunciation : word.pronunciations) {
      fewest = std::min(fewest, pronunciation.phones.size());
    }
    total += fewest;
  }
  return static_cast<int>(total);
}

std::vector<int> Labels(const CanonicalPhones& canonical) {
  std::vector<int> labels;
  for (const Phone& phone : canonical.phones) labels.push_back(phone.label);
  return labels;
}

}  // namespace higgins
