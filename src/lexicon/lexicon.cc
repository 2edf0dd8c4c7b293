#include "lexicon/lexicon.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lexicon/connected_speech.h"
#include "lexicon/dictionary.h"
#include "lexicon/g2p.h"
#include "lexicon/morphology.h"
#include "lexicon/normalise.h"
#include "lexicon/phones.h"

namespace higgins::lexicon {
namespace {

using Pronunciations = std::vector<Pronunciation>;
using Kind = SpokenWord::Kind;

constexpr int kMaxG2pVariants = 3;
constexpr std::size_t kMaxAcronymLetters = 5;  // beyond, nobody spells it out

bool HasVowelLetter(std::string_view word) { return word.find_first_of("aeiouy") != std::string_view::npos; }

/// Letters that are named carefully: "NBA" must not be taken for "MBA".
bool IsSpelledOut(Kind kind) {
  return kind == Kind::kSpelled || kind == Kind::kSpelledPlural || kind == Kind::kAcronym;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

/// Appends what `to` lacks. Of variants that differ in stress alone the first one stays.
void Append(Pronunciations more, Pronunciations& to) {
  for (Pronunciation& pronunciation : more) {
    const bool is_known = std::any_of(to.begin(), to.end(), [&](const Pronunciation& known) {
      return SameLabels(known.phones, pronunciation.phones);
    });
    if (!is_known) to.push_back(std::move(pronunciation));
  }
}

}  // namespace

struct Lexicon::Impl {
  PhoneSet phone_set;
  Dictionary dictionary;
  G2p g2p;
  Morphology morphology;
  ConnectedSpeech connected_speech;

  Impl(const PhoneSet& phones, Dictionary words, G2p model)
      : phone_set(phones),
        dictionary(std::move(words)),
        g2p(std::move(model)),
        morphology(phone_set),
        connected_speech(phone_set) {}
  Impl(const Impl&) = delete;  // the members above refer to phone_set
  Impl& operator=(const Impl&) = delete;

  Pronunciations Spell(std::string_view letters) const;
  Pronunciations SpellPlural(std::string_view letters) const;
  Pronunciations Say(std::string_view word) const;
  Pronunciations SayAcronym(std::string_view word) const;
  Pronunciations SayAny(const SpokenWord& word) const;
};

/// Letter names, one after the other; characters that are no letters are silent. The dictionary has them as
/// "a.".
Pronunciations Lexicon::Impl::Spell(std::string_view letters) const {
  Pronunciation spelled;
  spelled.source = PronunciationSource::kSpelledLetters;
  for (const char letter : letters) {
    const Pronunciations names = dictionary.Find(std::string{letter, '.'});
    if (!names.empty()) {
      spelled.phones.insert(spelled.phones.end(), names[0].phones.begin(), names[0].phones.end());
    }
  }
  return spelled.phones.empty() ? Pronunciations() : Pronunciations{std::move(spelled)};
}

Pronunciations Lexicon::Impl::SpellPlural(std::string_view letters) const {
  Pronunciations spelled = Spell(letters);
  for (Pronunciation& pronunciation : spelled) pronunciation = morphology.WithS(std::move(pronunciation));
  return spelled;
}

Pronunciations Lexicon::Impl::Say(std::string_view word) const {
  Pronunciations found;
  Append(dictionary.Find(word), found);
  if (found.empty()) Append(morphology.Derive(dictionary, word), found);
  if (!found.empty()) return found;
  if (word.ends_with("'s") && word.size() > 3) {  // a name that nobody knows: the ending is still regular
    found = Say(word.substr(0, word.size() - 2));
    for (Pronunciation& stem : found) stem = morphology.WithS(std::move(stem));
    return found;
  }
  if (!HasVowelLetter(word)) found = Spell(word);
  if (found.empty()) {
    found = g2p.Say(word, kMaxG2pVariants);
    Append(morphology.Compound(dictionary, word), found);
  }
  return found.empty() ? Spell(word) : found;
}

Pronunciations Lexicon::Impl::SayAcronym(std::string_view word) const {
  const bool is_possessive = word.ends_with("'s");
  const std::string_view letters = is_possessive ? word.substr(0, word.size() - 2) : word;
  if (letters.size() > kMaxAcronymLetters || letters.find('\'') != std::string_view::npos) return Say(word);
  Pronunciations spelled = is_possessive ? SpellPlural(letters) : Spell(letters);
  Pronunciations said;
  if (!dictionary.Find(letters).empty() || (letters.size() > 3 && HasVowelLetter(letters))) said = Say(word);
  // A word in capitals is said; letters that make no word are spelled first.
  Append(std::move(spelled), said);
  return said;
}

Pronunciations Lexicon::Impl::SayAny(const SpokenWord& word) const {
  switch (word.kind) {
    case Kind::kSpelled:
      return Spell(word.text);
    case Kind::kSpelledPlural:
      return SpellPlural(std::string_view(word.text).substr(0, word.text.size() - 1));
    case Kind::kAcronym:
      return SayAcronym(word.text);
    case Kind::kDigit: {
      Pronunciations said = Say(word.text);
      if (word.text == "zero") Append(Say("oh"), said);
      return said;
    }
    case Kind::kWord:
      break;
  }
  return Say(word.text);
}

Lexicon::Lexicon(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Lexicon::Lexicon(Lexicon&&) noexcept = default;
Lexicon& Lexicon::operator=(Lexicon&&) noexcept = default;
Lexicon::~Lexicon() = default;

Result<Lexicon> Lexicon::Load(std::span<const std::byte> dictionary, std::span<const std::byte> g2p,
                              const PhoneSet& phone_set) {
  Result<Dictionary> words = Dictionary::Load(dictionary, phone_set);
  if (!words) return words.error();
  Result<G2p> model = G2p::Load(g2p, phone_set);
  if (!model) return model.error();
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    if (!words->Contains(std::string{letter, '.'})) {
      return Error{ErrorCode::kBadPack,
                   "dictionary: it lacks the name of the letter " + std::string(1, letter)};
    }
  }
  return Lexicon(std::make_unique<const Impl>(phone_set, *std::move(words), *std::move(model)));
}

Result<Prompt> Lexicon::Lookup(std::string_view text, const LookupOptions& options) const {
  if (options.max_variants < 1 || options.max_variants > 64) {
    return Error{ErrorCode::kInvalidArgument,
                 "max_variants is " + std::to_string(options.max_variants) + "; expected 1 to 64"};
  }
  for (const WordPhones& own :
       options.pronunciations) {  // a mistake is reported even where the word does not occur
    const auto checked = ParseCallerPhones(own.word, own.phones, impl_->phone_set, {});
    if (!checked) return checked.error();
  }
  const Result<std::vector<SpokenWord>> words = Normalise(text);
  if (!words) return words.error();
  Prompt prompt;
  prompt.text = text;
  for (const SpokenWord& word : *words) {
    Pronunciations said = impl_->SayAny(word);
    Pronunciations given;
    for (const WordPhones& own : options.pronunciations) {
      if (Lower(own.word) != word.text) continue;
      Result<std::vector<Phone>> phones = ParseCallerPhones(
          own.word, own.phones, impl_->phone_set, said.empty() ? std::vector<Phone>() : said[0].phones);
      if (!phones) return phones.error();
      Append({Pronunciation{*std::move(phones), PronunciationSource::kCaller}}, given);
    }
    if (!given.empty()) {
      said = std::move(given);
    } else if (options.fluent_variants == FluentVariants::kInclude && !IsSpelledOut(word.kind)) {
      impl_->connected_speech.AddVariants(word.text, options.max_variants, said);
    }
    if (static_cast<int>(said.size()) > options.max_variants)
      said.resize(static_cast<std::size_t>(options.max_variants));
    prompt.words.push_back({word.text, word.char_begin, word.char_end, std::move(said)});
  }
  return prompt;
}

}  // namespace higgins::lexicon
