#include "lexicon/fold.h"

#include <utf8proc.h>

#include <array>
#include <string_view>

namespace higgins::lexicon {
namespace {

struct Replacement {
  utf8proc_int32_t code_point;
  std::string_view text;
};

// What decomposition does not reduce to ASCII, or reduces to the wrong thing. Sorted by code point. An empty
// text drops the character without parting its neighbours.
constexpr Replacement kReplacements[] = {
    {0x60, "'"},
    {0xA2, "\x05"},
    {0xA3, "\x02"},
    {0xA5, "\x04"},
    {0xA9, ""},
    {0xAB, "\""},
    {0xAD, ""},
    {0xAE, ""},
    {0xB0, "\x06"},
    {0xB4, "'"},
    {0xB5, "u"},
    {0xBB, "\""},
    {0xBC, " 1/4"},
    {0xBD, " 1/2"},
    {0xBE, " 3/4"},
    {0xC6, "AE"},
    {0xD0, "D"},
    {0xD7, "\x07"},
    {0xD8, "O"},
    {0xDE, "Th"},
    {0xDF, "ss"},
    {0xE6, "ae"},
    {0xF0, "d"},
    {0xF7, "\x08"},
    {0xF8, "o"},
    {0xFE, "th"},
    {0x110, "D"},
    {0x111, "d"},
    {0x126, "H"},
    {0x127, "h"},
    {0x131, "i"},
    {0x141, "L"},
    {0x142, "l"},
    {0x14A, "Ng"},
    {0x14B, "ng"},
    {0x152, "OE"},
    {0x153, "oe"},
    {0x166, "T"},
    {0x167, "t"},
    {0x2B9, "'"},
    {0x2BB, "'"},
    {0x2BC, "'"},
    {0x2BD, "'"},
    {0x3BC, "u"},
    {0x1E9E, "SS"},
    {0x200B, ""},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2012, "-"},
    {0x2013, "-"},
    {0x2014, " "},
    {0x2015, " "},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x201A, "'"},
    {0x201B, "'"},
    {0x201C, "\""},
    {0x201D, "\""},
    {0x201E, "\""},
    {0x201F, "\""},
    {0x2032, "'"},
    {0x2033, "\""},
    {0x2044, "/"},
    {0x20AC, "\x03"},
    {0x2103,
     "\x06"
     "C"},
    {0x2109,
     "\x06"
     "F"},
    {0x2116, "#"},
    {0x2120, ""},
    {0x2122, ""},
    {0x2153, " 1/3"},
    {0x2154, " 2/3"},
    {0x2155, " 1/5"},
    {0x2156, " 2/5"},
    {0x2157, " 3/5"},
    {0x2158, " 4/5"},
    {0x2159, " 1/6"},
    {0x215A, " 5/6"},
    {0x215B, " 1/8"},
    {0x215C, " 3/8"},
    {0x215D, " 5/8"},
    {0x215E, " 7/8"},
    {0x2212, "-"},
    {0x2215, "/"},
};

const Replacement* FindReplacement(utf8proc_int32_t code_point) {
  for (const Replacement& replacement : kReplacements) {
    if (replacement.code_point == code_point) return &replacement;
  }
  return nullptr;
}

bool IsMark(utf8proc_category_t category) {
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_ME;
}

/// Letters and digits of other scripts are words that cannot be read; anything else there is silent.
char Unknown(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
      return kForeignLetter;
    default:
      return ' ';
  }
}

void AppendCodePoint(utf8proc_int32_t code_point, std::string& out) {
  if (const Replacement* replacement = FindReplacement(code_point)) {
    out += replacement->text;
  } else if (code_point < 0x80) {
    out += code_point < 0x20 || code_point == 0x7F ? ' ' : static_cast<char>(code_point);
  } else if (!IsMark(utf8proc_category(code_point))) {
    out += Unknown(code_point);
  }
}

std::string FoldCodePoint(utf8proc_int32_t code_point) {
  std::string out;
  if (code_point < 0x80 || FindReplacement(code_point) != nullptr) {
    AppendCodePoint(code_point, out);
    return out;
  }
  std::array<utf8proc_int32_t, 32> parts{};
  int boundary_class = 0;
  // IGNORE drops joiners and variation selectors, which would otherwise part the letters of a word.
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE);
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      code_point, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()), options, &boundary_class);
  if (count < 0 || count > static_cast<utf8proc_ssize_t>(parts.size())) return " ";
  for (utf8proc_ssize_t i = 0; i < count; ++i) AppendCodePoint(parts[static_cast<std::size_t>(i)], out);
  return out;
}

}  // namespace

Result<FoldedText> Fold(std::string_view utf8) {
  FoldedText folded;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
  std::size_t at = 0;
  while (at < utf8.size()) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(utf8.size() - at), &code_point);
    if (length <= 0) {
      return Error{ErrorCode::kInvalidArgument, "the text is not valid UTF-8 at byte " + std::to_string(at)};
    }
    const int begin = static_cast<int>(at);
    const int end = static_cast<int>(at + static_cast<std::size_t>(length));
    const std::string characters = FoldCodePoint(code_point);
    // A mark belongs to the letter before it.
    if (characters.empty() && !folded.end.empty()) folded.end.back() = end;
    for (const char c : characters) {
      folded.text += c;
      folded.begin.push_back(begin);
      folded.end.push_back(end);
    }
    at += static_cast<std::size_t>(length);
  }
  return folded;
}

}  // namespace higgins::lexicon
