// Amounts of money: $5, $1,234.50, -$3, £2.5 million, €1bn, 50¢, 5€.
#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

struct Currency {
  char symbol;
  std::string_view one, many;
  std::string_view cent, cents;  ///< empty when there is no hundredth
};

constexpr Currency kCurrencies[] = {
    {'$', "dollar", "dollars", "cent", "cents"},
    {kPound, "pound", "pounds", "penny", "pence"},
    {kEuro, "euro", "euros", "cent", "cents"},
    {kYen, "yen", "yen", "", ""},
};

const Currency* FindCurrency(char symbol) {
  for (const Currency& currency : kCurrencies) {
    if (currency.symbol == symbol) return &currency;
  }
  return nullptr;
}

/// "million" after the number: written out, or as k, m, bn and the like. Empty when there is none.
std::string_view ScanMagnitude(const Written& written, std::size_t at, std::size_t& end) {
  static constexpr std::pair<std::string_view, std::string_view> kMagnitudes[] = {
      {"hundred", "hundred"},   {"thousand", "thousand"}, {"million", "million"}, {"billion", "billion"},
      {"trillion", "trillion"}, {"k", "thousand"},        {"m", "million"},       {"mn", "million"},
      {"b", "billion"},         {"bn", "billion"},        {"tn", "trillion"}};
  const std::size_t begin = SkipSpaces(written, at);
  const std::size_t stop = SkipLetters(written, begin);
  const std::string word = Lower(written.text.substr(begin, stop - begin));
  // "$5 m": only a written-out magnitude may stand apart.
  if (begin > at && word.size() <= 2) return {};
  for (const auto& [short_form, spoken] : kMagnitudes) {
    if (word != short_form) continue;
    end = stop;
    return spoken;
  }
  return {};
}

bool IsZero(std::string_view digits) { return digits.find_first_not_of('0') == std::string_view::npos; }

/// "five dollars and fifty cents"; `magnitude` may be empty.
Words AmountWords(const Number& number, std::string_view magnitude, const Currency& currency) {
  const bool has_cents = number.fraction.size() == 2 && magnitude.empty() && !currency.cents.empty();
  if (!has_cents) {
    Words words = NumberWords(number, NumberStyle::kCardinal);
    if (!magnitude.empty()) words.emplace_back(magnitude);
    const bool is_one = number.integer == "1" && number.fraction.empty() && magnitude.empty();
    words.emplace_back(is_one ? currency.one : currency.many);
    return words;
  }
  Words words;
  const bool has_whole = !IsZero(number.integer);
  if (has_whole || IsZero(number.fraction)) {
    words = IntegerWords(number.integer.empty() ? "0" : number.integer);
    words.emplace_back(number.integer == "1" ? currency.one : currency.many);
  }
  if (IsZero(number.fraction)) return words;
  if (has_whole) words.emplace_back("and");
  const int cents = ToInt(number.fraction);
  for (std::string& word : CardinalWords(static_cast<std::uint64_t>(cents))) words.push_back(std::move(word));
  words.emplace_back(cents == 1 ? currency.cent : currency.cents);
  return words;
}

/// Symbol first: at "$", "-$" or "US$".
std::optional<Reading> ReadSymbolFirst(const Written& written, std::size_t at) {
  std::size_t next = at;
  const bool is_negative = written.At(next) == '-';
  if (is_negative) ++next;
  if (Lower(written.text.substr(next, 3)) == "us$") next += 2;
  const Currency* currency = FindCurrency(written.At(next));
  if (currency == nullptr) return std::nullopt;
  const std::optional<Number> number = ScanNumber(written, SkipSpaces(written, next + 1));
  if (!number) return std::nullopt;
  Reading reading;
  reading.end = number->end;
  const std::string_view magnitude = ScanMagnitude(written, number->end, reading.end);
  if (magnitude.empty() && IsLetter(written.At(number->end))) return std::nullopt;
  if (is_negative) reading.Say("minus", at, reading.end);
  // "$5-10", "$5-$10": the first amount is a bare number.
  const std::size_t dash = reading.end;
  const bool is_range = written.At(dash) == '-' && IsDigit(written.At(dash + 1)) && magnitude.empty();
  if (is_range) {
    if (const auto last = ScanNumber(written, dash + 1)) {
      reading.end = last->end;
      const std::string_view scale = ScanMagnitude(written, last->end, reading.end);
      reading.SayAll(NumberWords(*number, NumberStyle::kCardinal), at, reading.end);
      reading.Say("to", at, reading.end);
      reading.SayAll(AmountWords(*last, scale, *currency), at, reading.end);
      return reading;
    }
  }
  reading.SayAll(AmountWords(*number, magnitude, *currency), at, reading.end);
  return reading;
}

/// Symbol last: 5€, 50¢, 20 £.
std::optional<Reading> ReadSymbolLast(const Written& written, std::size_t at) {
  const std::optional<Number> number = ScanNumber(written, at);
  if (!number) return std::nullopt;
  const std::size_t symbol = SkipSpaces(written, number->end);
  Reading reading;
  reading.end = symbol + 1;
  if (written.At(symbol) == kCent) {
    reading.SayAll(NumberWords(*number, NumberStyle::kCardinal), at, reading.end);
    reading.Say(number->integer == "1" && number->fraction.empty() ? "cent" : "cents", at, reading.end);
    return reading;
  }
  const Currency* currency = FindCurrency(written.At(symbol));
  // "5 $10 notes": the symbol belongs to what follows it.
  if (currency == nullptr || IsDigit(written.At(symbol + 1))) return std::nullopt;
  reading.SayAll(AmountWords(*number, {}, *currency), at, reading.end);
  return reading;
}

}  // namespace

std::optional<Reading> ReadMoney(const Written& written, std::size_t at) {
  if (IsAlnum(written.Before(at))) return std::nullopt;
  if (IsDigit(written.At(at)) || written.At(at) == '.') return ReadSymbolLast(written, at);
  return ReadSymbolFirst(written, at);
}

}  // namespace higgins::lexicon
