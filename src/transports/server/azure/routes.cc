#include "transports/server/azure/routes.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "higgins/session.h"
#include "transports/server/api/submit.h"
#include "transports/server/azure/parameters.h"
#include "transports/server/azure/phrase.h"
#include "transports/server/azure/recognition.h"
#include "transports/server/http/problem.h"

namespace higgins::server::azure {
namespace {

using http::ProblemKind;
using http::Request;
using http::Respond;
using http::Response;
using http::ToResponse;

constexpr double kMaxShortAudioS = 30.0;

Response Json(std::string body) {
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = std::move(body);
  return response;
}

struct ShortAudio {
  AssessmentParameters parameters;
  OutputFormat format = OutputFormat::kSimple;
  std::shared_ptr<const Assessor> assessor;
  AssessOptions options;
};

/// On a worker.
Response Recognise(AppState* app, const Request& request, const ShortAudio& job) {
  const auto audio = std::as_bytes(std::span(request.body));
  const Result<Measurement> measured =
      job.assessor->Measure(audio, job.parameters.reference_text, {}, job.options);
  if (measured) {
    for (const StageTime& stage : measured->stages) {
      app->metrics.Observe("higgins_stage_seconds", {{"stage", stage.stage}}, stage.ms / 1000);
    }
    app->metrics.Add("higgins_audio_seconds_total", {}, measured->report.quality.duration_ms / 1000);
    return Json(SuccessPhrase(measured->report, job.parameters, job.format));
  }
  switch (measured.error().code) {
    case ErrorCode::kNoSpeech:
      return Json(FailurePhrase("InitialSilenceTimeout", 0));
    case ErrorCode::kAudioTooShort:
      return Json(FailurePhrase("NoMatch", 0));
    case ErrorCode::kInternal:
      return ToResponse(http::ProblemOf(measured.error()), request.id);
    default: {
      http::Problem problem = http::ProblemOf(measured.error());
      problem.status = 400;  // what this protocol's clients expect of any request that cannot be used
      return ToResponse(problem, request.id);
    }
  }
}

void Handle(AppState* app, const std::shared_ptr<Request>& request, const Respond& respond) {
  const auto refuse = [&](const std::string& detail) {
    respond(ToResponse({.kind = ProblemKind::kInvalidArgument, .detail = detail}, request->id));
  };
  const std::string* header = request->headers.Find("Pronunciation-Assessment");
  if (header == nullptr)
    return refuse("the header Pronunciation-Assessment is missing: only assessment is offered");
  Result<AssessmentParameters> parameters = ParseAssessmentHeader(*header);
  if (!parameters) return refuse(parameters.error().message);
  const std::string* language = request->query.Find("language");
  Result<std::shared_ptr<const Assessor>> assessor =
      app->packs.Get()->Find(language != nullptr ? *language : "en-US");
  if (!assessor) return refuse(assessor.error().message);
  const std::string* format = request->query.Find("format");
  auto job = std::make_shared<ShortAudio>();
  if (format != nullptr && http::EqualsIgnoringCase(*format, "detailed"))
    job->format = OutputFormat::kDetailed;
  job->options.num_alternatives = parameters->num_nbest_phonemes;
  job->options.audio.max_duration_s = std::min(kMaxShortAudioS, app->config.max_duration_s);
  job->parameters = *std::move(parameters);
  job->assessor = *std::move(assessor);
  api::SubmitLive(app, request, respond, [app, request, job] { return Recognise(app, *request, *job); });
}

void AddWebSocket(http::Router* router, AppState* app, const char* pattern, RecognitionMode mode) {
  router->AddWebSocket(
      {.pattern = pattern,
       .access = {.scope = "stream", .key_place = http::KeyPlace::kHeaderOrQuery},
       .limits = {},
       .factory = [app, mode](const Request& request) { return MakeRecognition(app, request, mode); }});
}

}  // namespace

void AddRoutes(http::Router* router, AppState* app) {
  const std::vector<std::pair<const char*, RecognitionMode>> paths = {
      {"/speech/recognition/interactive/cognitiveservices/v1", RecognitionMode::kOnce},
      {"/speech/recognition/conversation/cognitiveservices/v1", RecognitionMode::kContinuous},
      {"/speech/recognition/dictation/cognitiveservices/v1", RecognitionMode::kContinuous}};
  for (const auto& [pattern, mode] : paths) {
    AddWebSocket(router, app, pattern, mode);
    router->Add({.method = "POST",
                 .pattern = pattern,
                 .access = {.scope = "assess"},
                 .body = http::BodyKind::kRaw,
                 .max_body_bytes = app->config.max_upload_bytes,
                 .handler = [app](const std::shared_ptr<Request>& request, const Respond& respond) {
                   Handle(app, request, respond);
                 }});
  }
  AddWebSocket(router, app, "/stt/speech/universal/v2", RecognitionMode::kOnce);
  AddWebSocket(router, app, "/speech/universal/v2", RecognitionMode::kOnce);
}

}  // namespace higgins::server::azure
