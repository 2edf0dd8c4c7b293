// A report made by hand that has one of everything: each kind of error, a word that was spelled by G2P, text
// with quotes, commas and letters beyond ASCII, figures that need rounding.
#pragma once

#include <string>
#include <vector>

#include "higgins/report.h"

namespace higgins {

inline PhoneReport SamplePhone(const std::string& phone, const std::string& ipa, int stress, int start_ms,
                               int end_ms) {
  PhoneReport out;
  out.phone = phone;
  out.ipa = ipa;
  out.stress = stress;
  out.score = 0.98765432;
  out.expected = phone;
  out.actual = phone;
  out.actual_probability = 0.99996;
  out.error_probability = 0.00004;
  out.gop_nats = -0.00004;  // would print as -0 when rounded carelessly
  out.start_ms = start_ms;
  out.end_ms = end_ms;
  return out;
}

inline PhoneReport SampleError(PhoneReport phone, PhoneErrorKind kind, const char* heard) {
  phone.error = kind;
  phone.score = 0.4;
  phone.gop_nats = -3.14159265;
  phone.error_probability = 0.91;
  phone.actual_probability = 0.7251;
  phone.actual = heard == nullptr ? std::nullopt : std::optional<std::string>(heard);
  if (kind == PhoneErrorKind::kInsertion) {
    phone.expected = std::nullopt;
    phone.score = 0;
    phone.gop_nats = 0;
  }
  return phone;
}

inline Report SampleReport() {
  Report report;
  report.text = "“Quick”, bed; café";
  report.language = "en-US";
  report.utterance = {0.82, 0.91, 0.76, 0.95, 0.85};
  report.quality = {2000.0, 1540.5, -23.4567891, -3.0, 31.25, 0.0};
  report.warnings = {{"low_level", "the recording is quiet: -23.5 dBFS, \"louder\" would help"}};
  report.words_per_minute = 116.88312;
  report.text_match = 0.99873;
  report.engine_version = "0.1.0";
  report.pack_version = "2024.1";

  WordReport quick{"quick", 3, 8, 0.65, 0.7, 0.67, PronunciationSource::kDictionary, 120, 560, {}};
  quick.phonemes = {SamplePhone("K", "k", -1, 120, 200),
                    SampleError(SamplePhone("W", "w", -1, 200, 290), PhoneErrorKind::kSubstitution, "V"),
                    SamplePhone("IH", "ɪ", 1, 290, 420), SamplePhone("K", "k", -1, 440, 560)};
  WordReport bed{"bed", 13, 16, 0.5, 1.0, 0.55, PronunciationSource::kCaller, 700, 1100, {}};
  bed.omission_probability = 0.12345;
  bed.phonemes = {SamplePhone("B", "b", -1, 700, 800), SamplePhone("EH", "ɛ", 1, 800, 900),
                  SamplePhone("D", "d", -1, 900, 1000),
                  SampleError(SamplePhone("AH", "ʌ", -1, 1000, 1100), PhoneErrorKind::kInsertion, "AH")};
  WordReport cafe{"caf\"é, \"", 18, 23, 0.0, 0.00005, 0.99995, PronunciationSource::kG2p, 1100, 2000, {}};
  cafe.phonemes = {SamplePhone("K", "k", -1, 1100, 1200), SamplePhone("AE", "æ", 0, 1200, 1300),
                   SampleError(SamplePhone("F", "f", -1, 1300, 1300), PhoneErrorKind::kDeletion, nullptr),
                   SamplePhone("EY", "eɪ", 1, 1300, 2000)};
  report.words = {quick, bed, cafe};
  report.added_speech = {{std::nullopt, 0, 20, 100, 0.98765, {"S"}, 0, 0},
                         {0, 1, 570, 690, 0.87654, {"K", "W"}, 0, 1},
                         {2, 3, 1950, 2000, 0.5, {"AH", "M"}, 0, 0}};
  report.pauses = {{0, 1, 540, 760, true, 0.0}, {1, 2, 1100, 1820, false, 0.91234}};
  report.mispronunciations = {
      {"quick", 0, 1, "W", "V", PhoneErrorKind::kSubstitution, 0.7251, "Make a small circle with your lips."},
      {"bed", 1, 3, std::nullopt, "AH", PhoneErrorKind::kInsertion, 0.7251,
       "No extra “uh” here, stop \"cleanly\"."},
      {"caf\"é, \"", 2, 2, "F", std::nullopt, PhoneErrorKind::kDeletion, 0.7251,
       "Do not drop the “f”.\nAgain!"}};
  return report;
}

}  // namespace higgins
