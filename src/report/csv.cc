// RFC 4180: CRLF after every record, fields with a comma, a quote or a line break in quotes, quotes doubled.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/report.h"
#include "report/text_format.h"

namespace higgins {
namespace {

std::string Field(std::string_view text) {
  std::string valid = ValidUtf8(text);
  if (valid.find_first_of(",\"\r\n") == std::string::npos) return valid;
  std::string out = "\"";
  for (const char c : valid) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

void AppendRecord(const std::vector<std::string>& fields, std::string& out) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    out += Field(fields[i]);
  }
  out += "\r\n";
}

std::string SuggestionFor(const Report& report, std::size_t word_index, std::size_t phone_index) {
  for (const Mispronunciation& error : report.mispronunciations) {
    if (error.word_index == static_cast<int>(word_index) &&
        error.phone_index == static_cast<int>(phone_index)) {
      return error.suggestion;
    }
  }
  return "";
}

}  // namespace

std::string ToCsv(const Report& report) {
  std::string out;
  AppendRecord({"word_index",
                "word",
                "phone_index",
                "phone",
                "ipa",
                "stress",
                "expected",
                "actual",
                "error",
                "score",
                "actual_probability",
                "error_probability",
                "gop_nats",
                "start_ms",
                "end_ms",
                "word_accuracy",
                "word_stress",
                "word_total",
                "suggestion",
                "omission_probability"},
               out);
  for (std::size_t w = 0; w < report.words.size(); ++w) {
    const WordReport& word = report.words[w];
    for (std::size_t p = 0; p < word.phonemes.size(); ++p) {
      const PhoneReport& phone = word.phonemes[p];
      AppendRecord({std::to_string(w),
                    word.word,
                    std::to_string(p),
                    phone.phone,
                    phone.ipa,
                    phone.stress >= 0 ? std::to_string(phone.stress) : "",
                    phone.expected.value_or(""),
                    phone.actual.value_or(""),
                    PhoneErrorName(phone.error),
                    Fixed(phone.score, 4),
                    Fixed(phone.actual_probability, 4),
                    Fixed(phone.error_probability, 4),
                    Fixed(phone.gop_nats, 4),
                    std::to_string(phone.start_ms),
                    std::to_string(phone.end_ms),
                    Fixed(word.accuracy, 4),
                    Fixed(word.stress, 4),
                    Fixed(word.total, 4),
                    SuggestionFor(report, w, p),
                    Fixed(word.omission_probability, 4)},
                   out);
    }
  }
  return out;
}

}  // namespace higgins
