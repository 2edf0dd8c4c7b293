#include "lexicon/normalise.h"

#include <algorithm>
#include <array>

#include "lexicon/fold.h"
#include "lexicon/reading.h"

namespace higgins::lexicon {
namespace {

// The first reader that knows what stands at a place decides: what is more specific comes first.
constexpr std::array<Reader*, 9> kReaders = {ReadWeb,          ReadDate,        ReadTime,
                                             ReadMoney,        ReadDigitString, ReadNumber,
                                             ReadAbbreviation, ReadLetters,     ReadSymbol};

LetterCase CaseOf(std::string_view text) {
  const bool has_small = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return has_small ? LetterCase::kMixed : LetterCase::kShouting;
}

std::string Quote(std::string_view utf8, int begin, int end) {
  std::string quoted = "\"";
  quoted += utf8.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  quoted += "\" (bytes ";
  quoted += std::to_string(begin);
  quoted += '-';
  quoted += std::to_string(end);
  quoted += ')';
  return quoted;
}

/// The error of a word that has no reading; the word is the stretch between spaces around `at`.
Error ForeignWord(std::string_view utf8, const FoldedText& folded, std::size_t at) {
  std::size_t begin = at;
  std::size_t end = at + 1;
  // A script without spaces makes one word of a page: show its start.
  while (begin > 0 && folded.text[begin - 1] != ' ' && at - begin < 20) --begin;
  while (end < folded.text.size() && folded.text[end] != ' ' && end - at < 20) ++end;
  return Error{ErrorCode::kInvalidArgument, "cannot read " +
                                                Quote(utf8, folded.begin[begin], folded.end[end - 1]) +
                                                ": only the Latin script is supported by this pack"};
}

}  // namespace

Result<std::vector<SpokenWord>> Normalise(std::string_view utf8) {
  if (utf8.size() > kMaxTextBytes) {
    return Error{ErrorCode::kInvalidArgument, "the text has " + std::to_string(utf8.size()) +
                                                  " bytes; at most " + std::to_string(kMaxTextBytes) +
                                                  " are accepted"};
  }
  const Result<FoldedText> folded = Fold(utf8);
  if (!folded) return folded.error();
  const std::size_t foreign = folded->text.find(kForeignLetter);
  if (foreign != std::string::npos) return ForeignWord(utf8, *folded, foreign);
  const Written written{folded->text, CaseOf(folded->text)};
  std::vector<SpokenWord> words;
  std::size_t at = 0;
  while (at < written.text.size()) {
    std::optional<Reading> reading;
    for (Reader* reader : kReaders) {
      reading = reader(written, at);
      if (reading) break;
    }
    for (Spoken& spoken : reading->words) {
      const int begin = folded->begin[spoken.begin];
      const int end = folded->end[spoken.end - 1];
      if (spoken.text.size() > kMaxWordLetters) {
        return Error{ErrorCode::kInvalidArgument,
                     "the word " + Quote(utf8, begin, folded->end[spoken.begin + 20]) + " goes on for " +
                         std::to_string(spoken.text.size()) + " letters; at most " +
                         std::to_string(kMaxWordLetters) + " are accepted"};
      }
      words.push_back({std::move(spoken.text), begin, end, spoken.kind});
    }
    at = reading->end;
  }
  if (words.empty()) return Error{ErrorCode::kInvalidArgument, "the text has no words to read"};
  return words;
}

}  // namespace higgins::lexicon
