// Unicode -> the few characters that the readers know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "higgins/result.h"

namespace higgins::lexicon {

// Characters beyond ASCII that mean something to a reader, as control codes, which the text itself cannot
// contain.
inline constexpr char kForeignLetter = '\x01';
inline constexpr char kPound = '\x02';
inline constexpr char kEuro = '\x03';
inline constexpr char kYen = '\x04';
inline constexpr char kCent = '\x05';
inline constexpr char kDegree = '\x06';
inline constexpr char kTimes = '\x07';
inline constexpr char kDivide = '\x08';

/// `text` holds printable ASCII, spaces and the codes above; character i stands for the bytes [begin[i],
/// end[i]) of the original. Both never decrease.
struct FoldedText {
  std::string text;
  std::vector<int> begin;
  std::vector<int> end;
};

/// Compatibility decomposition (Unicode NFKD) without marks, quotes and dashes reduced to one of each,
/// symbols that nobody reads turned into spaces. Error kInvalidArgument, with the byte offset, when `utf8` is
/// not UTF-8.
Result<FoldedText> Fold(std::string_view utf8);

}  // namespace higgins::lexicon
