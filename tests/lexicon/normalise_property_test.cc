// What holds for every text, and numbers against an independent reading of their words.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lexicon/normalise.h"
#include "lexicon/numbers.h"
#include "lexicon/pack_files.h"

namespace higgins::lexicon {
namespace {

std::string Utf8(std::uint32_t code_point) {
  std::string bytes;
  if (code_point < 0x80) {
    bytes += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    bytes += static_cast<char>(0xC0 | code_point >> 6);
    bytes += static_cast<char>(0x80 | (code_point & 63));
  } else if (code_point < 0x10000) {
    bytes += static_cast<char>(0xE0 | code_point >> 12);
    bytes += static_cast<char>(0x80 | (code_point >> 6 & 63));
    bytes += static_cast<char>(0x80 | (code_point & 63));
  } else {
    bytes += static_cast<char>(0xF0 | code_point >> 18);
    bytes += static_cast<char>(0x80 | (code_point >> 12 & 63));
    bytes += static_cast<char>(0x80 | (code_point >> 6 & 63));
    bytes += static_cast<char>(0x80 | (code_point & 63));
  }
  return bytes;
}

rc::Gen<std::string> AnyCodePoint(std::uint32_t end) {
  return rc::gen::map(rc::gen::inRange<std::uint32_t>(0, end), [](std::uint32_t code_point) {
    const bool is_surrogate = code_point >= 0xD800 && code_point < 0xE000;
    return Utf8(is_surrogate ? 0x20 : code_point);
  });
}

/// Texts made of what the readers look for, of Latin letters and of anything in Unicode.
rc::Gen<std::string> AnyText() {
  const auto piece =
      rc::gen::oneOf(rc::gen::elementOf(std::vector<std::string>{
                         " ",          ", ",    ".",    "-",      "'",    "/",     ":",    "$",       "£",
                         "€",          "%",     "°",    "#",      "@",    "&",     "+",    "½",       "(",
                         ")",          "’",     "5",    "12",     "1995", "2024",  "007",  "1,000",   "3.5",
                         "12/25/2024", "3:30",  " pm",  "st",     "th",   "km",    "kg",   "million", "Dec.",
                         "Dr.",        "St.",   "e.g.", "U.S.A.", "NASA", "CDs",   "VIII", "Henry",   "the",
                         "it's",       "goin'", "'em",  "e-mail", "www.", "x.com", "café"}),
                     AnyCodePoint(0x250), AnyCodePoint(0x110000));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& part : pieces) text += part;
                        return text;
                      });
}

RC_GTEST_PROP(NormaliseProperty, EveryWordStandsSomewhereInTheText, ()) {
  const std::string text = *AnyText();
  const auto words = Normalise(text);
  if (!words) {
    RC_ASSERT(words.error().code == ErrorCode::kInvalidArgument);
    RC_ASSERT(words.error().message.find('\n') == std::string::npos);
    return;
  }
  RC_ASSERT(!words->empty());
  int begin = 0;
  for (const SpokenWord& word : *words) {
    RC_ASSERT(word.char_begin >= begin);
    RC_ASSERT(word.char_end > word.char_begin);
    RC_ASSERT(word.char_end <= static_cast<int>(text.size()));
    // Spans never cut a character.
    for (const int edge : {word.char_begin, word.char_end}) {
      const auto at = static_cast<std::size_t>(edge);
      RC_ASSERT((at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U));
    }
    RC_ASSERT(word.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz'") == std::string::npos);
    RC_ASSERT(word.text.find_first_not_of('\'') != std::string::npos);
    begin = word.char_begin;
  }
}

RC_GTEST_PROP(NormaliseProperty, ASpokenWordCanItselfBeRead, ()) {
  const std::string text = *AnyText();
  const auto words = Normalise(text);
  if (!words) return;
  for (const SpokenWord& word : *words) {
    const auto again = Normalise(word.text);
    RC_ASSERT(again.has_value());
  }
}

RC_GTEST_PROP(NormaliseProperty, AnyBytesGiveWordsOrAnError, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto words = Normalise(bytes);
  RC_ASSERT((words.has_value() || words.error().code == ErrorCode::kInvalidArgument));
}

RC_GTEST_PROP(LexiconProperty, EveryWordIsSaid, ()) {
  const std::string text = *AnyText();
  const auto prompt = ShippedLexicon().Lookup(text);
  if (!prompt) return;
  for (const PromptWord& word : prompt->words) {
    RC_ASSERT(!word.pronunciations.empty());
    RC_ASSERT(word.pronunciations.size() <= 8U);
    for (const Pronunciation& pronunciation : word.pronunciations) RC_ASSERT(!pronunciation.phones.empty());
  }
}

/// What the words of a whole number add up to: the oracle of CardinalWords.
std::uint64_t ValueOf(const Words& words) {
  static const std::map<std::string, std::uint64_t> kValues = {
      {"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
      {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
      {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
      {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
      {"twenty", 20},  {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},
      {"seventy", 70}, {"eighty", 80},  {"ninety", 90}};
  static const std::map<std::string, std::uint64_t> kScales = {{"thousand", 1'000},
                                                               {"million", 1'000'000},
                                                               {"billion", 1'000'000'000},
                                                               {"trillion", 1'000'000'000'000},
                                                               {"quadrillion", 1'000'000'000'000'000}};
  std::uint64_t total = 0;
  std::uint64_t group = 0;
  for (const std::string& word : words) {
    if (word == "hundred") {
      group *= 100;
    } else if (const auto scale = kScales.find(word); scale != kScales.end()) {
      total += group * scale->second;
      group = 0;
    } else {
      group += kValues.at(word);
    }
  }
  return total + group;
}

RC_GTEST_PROP(NumberProperty, WordsAddUpToTheNumber, ()) {
  const auto digits = *rc::gen::inRange(0, 51);
  const std::uint64_t value =
      *rc::gen::inRange<std::uint64_t>(0, (std::uint64_t{1} << digits) + 1) % (kMaxCardinal + 1);
  RC_ASSERT(ValueOf(CardinalWords(value)) == value);
}

TEST(Numbers, AddUpForEverySmallNumber) {
  for (std::uint64_t value = 0; value < 20000; ++value) ASSERT_EQ(ValueOf(CardinalWords(value)), value);
}

TEST(Numbers, YearsAreReadInPairsOrWhole) {
  for (int year = 1000; year < 3000; ++year) {
    const Words words = YearWords(year);
    ASSERT_FALSE(words.empty());
    Words without_oh;
    for (const std::string& word : words) {
      if (word != "oh") without_oh.push_back(word);
    }
    if (words == CardinalWords(static_cast<std::uint64_t>(year))) continue;
    // In pairs the century is said first: its words, then those of the rest (or "hundred").
    const Words century = CardinalWords(static_cast<std::uint64_t>(year / 100));
    ASSERT_TRUE(std::equal(century.begin(), century.end(), without_oh.begin())) << year;
    const Words rest(without_oh.begin() + static_cast<std::ptrdiff_t>(century.size()), without_oh.end());
    if (year % 100 == 0) {
      EXPECT_EQ(rest, Words{"hundred"}) << year;
    } else {
      EXPECT_EQ(ValueOf(rest), static_cast<std::uint64_t>(year % 100)) << year;
      EXPECT_EQ(without_oh.size() + (year % 100 < 10 ? 1 : 0), words.size()) << year;
    }
  }
}

}  // namespace
}  // namespace higgins::lexicon
