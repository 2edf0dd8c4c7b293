// A report as the service's clients expect it: the JSON of speech.phrase and of the REST answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "higgins/report.h"
#include "transports/server/azure/parameters.h"

namespace higgins::server::azure {

inline constexpr std::int64_t kTicksPerMs = 10000;  // times are in units of 100 ns

enum class OutputFormat { kSimple, kDetailed };

/// How the scores are laid out: beside each other in the REST answer, in a member PronunciationAssessment on
/// the WebSocket. Clients of either were written for one of them, so both are always there.
std::string SuccessPhrase(const Report& report, const AssessmentParameters& parameters, OutputFormat format);

/// `status`: "NoMatch", "InitialSilenceTimeout", "BadRequest", "TooManyRequests", "Error".
std::string FailurePhrase(const std::string& status, int audio_ms);

/// 0 to 100 from scores of 0 to 1: the four sorted ascending, weights .4 .2 .2 .2; without prosody three, .6
/// .2 .2.
double PronScore(const UtteranceReport& utterance, ProsodyScore prosody);

/// The SAPI phone of US English: "hh" is "h", an unstressed AH is "ax".
std::string SapiPhone(const std::string& arpabet, int stress);

}  // namespace higgins::server::azure
