// What the server says on /v1/stream, one JSON object a message.
#pragma once

#include <string>

#include "higgins/session.h"
#include "transports/server/http/problem.h"

namespace higgins::server::stream {

/// {"type":"ready","request_id":...,"num_words":4}
std::string ReadyEvent(const std::string& request_id, int num_words);
/// {"type":"speech_started","time_ms":320}, "speech_ended", "initial_silence".
std::string SpeechEvent(const SessionEvent& event);
/// {"type":"progress","audio_ms":1500,"words":[{"word":"we","accuracy":.9,"total":.9,"start_ms":..,"end_ms":..,...}]}
std::string ProgressEvent(const SessionProgress& progress);
/// {"type":"report","report":R}; R has the bytes of POST /v1/assess.
std::string ReportEvent(const Report& report, Detail detail);
/// {"type":"error","problem":P}; P is the problem detail that HTTP would answer with.
std::string ErrorEvent(const http::Problem& problem, const std::string& request_id);

}  // namespace higgins::server::stream
