// Addresses: john.doe@example.com, https://www.example.com/a?b=1, example.org, @name, #tag.
#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

using Kind = SpokenWord::Kind;

constexpr std::string_view kDomains[] = {"com",  "org", "net", "edu", "gov", "io",  "co", "uk", "de", "fr",
                                         "info", "biz", "tv",  "me",  "app", "dev", "ai", "us", "ca", "au"};

bool IsDomain(std::string_view lower) {
  for (const std::string_view domain : kDomains) {
    if (lower == domain) return true;
  }
  return false;
}

/// End of the stretch without spaces, less the punctuation of the sentence around it.
std::size_t ChunkEnd(const Written& written, std::size_t at) {
  std::size_t end = at;
  while (written.At(end) != ' ' && written.At(end) != '\0' && written.At(end) != '"') ++end;
  while (end > at && std::string_view(".,;:!?)'>]}").find(written.text[end - 1]) != std::string_view::npos)
    --end;
  return end;
}

/// Whether the last label before a slash is a known top-level domain with a name before it: "example.com/x".
bool HasDomain(std::string_view chunk) {
  const std::string host = Lower(chunk.substr(0, chunk.find_first_of("/?:")));
  const std::size_t point = host.rfind('.');
  return point != std::string::npos && point > 1 && IsDomain(std::string_view(host).substr(point + 1));
}

bool IsAddress(std::string_view chunk) {
  const std::string lower = Lower(chunk);
  if (lower.starts_with("http://") || lower.starts_with("https://")) return chunk.size() > 8;
  if (lower.starts_with("www.")) return chunk.size() > 4;
  const std::size_t at_sign = chunk.find('@');
  if (at_sign != std::string_view::npos) {
    return at_sign > 0 && chunk.find('.', at_sign + 2) != std::string_view::npos &&
           chunk.find('@', at_sign + 1) == std::string_view::npos;
  }
  return HasDomain(chunk) && IsLetter(chunk[0]);
}

std::string_view SymbolName(char symbol) {
  switch (symbol) {
    case '.':
      return "dot";
    case '@':
      return "at";
    case '/':
      return "slash";
    case ':':
      return "colon";
    case '-':
      return "dash";
    case '_':
      return "underscore";
    case '?':
      return "question";
    case '=':
      return "equals";
    case '&':
      return "and";
    case '#':
      return "hash";
    case '%':
      return "percent";
    case '+':
      return "plus";
    default:
      return {};
  }
}

}  // namespace

std::optional<Reading> ReadWeb(const Written& written, std::size_t at) {
  const char first = written.At(at);
  const bool can_start = IsAlnum(first) || first == '@' || first == '#';
  if (IsAlnum(written.Before(at)) || !can_start) return std::nullopt;
  Reading reading;
  if ((first == '@' || first == '#') && IsLetter(written.At(at + 1))) {
    reading.Say(first == '@' ? "at" : "hashtag", at, at + 1);
    reading.end = at + 1;
    return reading;
  }
  const bool starts_chunk =
      at == 0 || std::string_view(" \"'(<[{").find(written.Before(at)) != std::string_view::npos;
  if (!starts_chunk) return std::nullopt;
  const std::size_t end = ChunkEnd(written, at);
  const std::string_view chunk = written.text.substr(at, end - at);
  if (!IsAlnum(first) || !IsAddress(chunk)) return std::nullopt;
  std::size_t next = at;
  const std::size_t scheme = chunk.find("://");
  if (scheme <= 5) next += scheme + 3;
  reading.end = end;
  while (next < end) {
    std::size_t stop = next + 1;
    if (IsLetter(written.At(next))) {
      stop = SkipLetters(written, next);
      const std::string word = Lower(written.text.substr(next, stop - next));
      const bool is_spelled = word.size() <= 2 || word == "edu" || word == "www" || !HasVowelLetter(word);
      reading.Say(word, next, stop, is_spelled ? Kind::kSpelled : Kind::kWord);
    } else if (IsDigit(written.At(next))) {
      stop = SkipDigits(written, next);
      const std::string_view digits = written.text.substr(next, stop - next);
      reading.SayAll(digits.size() <= 2 ? IntegerWords(digits) : DigitWords(digits), next, stop);
    } else if (const std::string_view name = SymbolName(written.At(next)); !name.empty()) {
      reading.Say(std::string(name), next, stop);
    }
    next = stop;
  }
  if (reading.words.empty()) return std::nullopt;
  return reading;
}

}  // namespace higgins::lexicon
