// The fields of POST /v1/assess as options of the engine: the same names and ranges as those of `higgins
// assess`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "transports/server/http/problem.h"

namespace higgins::server::api {

enum class Format { kJson, kTextGrid, kCtm, kCsv };

struct AssessForm {
  std::string text;
  std::string language = "en-US";
  std::string pack;
  Detail detail = Detail::kFull;
  Format format = Format::kJson;
  AssessOptions options;
  const http::Part* audio = nullptr;  ///< in the request
};

/// "full", "word", "sentence". None: it is none of them.
std::optional<Detail> ParseDetail(const std::string& name);
/// "HIGGINS=HH IH1 G". None: it is not WORD=PHONES.
std::optional<WordPhones> ParsePronunciation(const std::string& text);
/// -5 to 5. None: it is not.
std::optional<double> ParseStrictness(const std::string& text);

/// Reads the parts of a request. `max_duration_s` is the server's own limit. Gives the problem to answer with
/// when a field is missing, repeated, unknown or out of its range.
std::optional<http::Problem> ReadAssessForm(const http::Request& request, double max_duration_s,
                                            AssessForm* form);

/// The report in that format, with its content type.
http::Response RenderReport(const Report& report, Detail detail, Format format);

}  // namespace higgins::server::api
