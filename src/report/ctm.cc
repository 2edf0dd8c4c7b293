// NIST CTM (sctk, "ctm" format): recording, channel, start and duration in seconds, token, confidence; here a
// line a phone.
#include <string>

#include "higgins/assessor.h"
#include "higgins/report.h"
#include "report/text_format.h"

namespace higgins {

std::string ToCtm(const Report& report) {
  std::string out;
  for (const WordReport& word : report.words) {
    if (WasOmitted(word)) continue;  // it has no time in the recording
    for (const PhoneReport& phone : word.phonemes) {
      out += "recording 1 " + Seconds(phone.start_ms) + " " + Seconds(phone.end_ms - phone.start_ms) + " " +
             phone.phone + " " + Fixed(phone.score, 4) + "\n";
    }
  }
  return out;
}

}  // namespace higgins
