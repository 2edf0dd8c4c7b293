// POST /v1/assess, GET /v1/phones, GET /v1/packs.
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "transports/server/api/assess.h"
#include "transports/server/api/options.h"
#include "transports/server/api/routes.h"
#include "transports/server/api/submit.h"

namespace higgins::server::api {
namespace {

using http::ProblemKind;
using http::ProblemOf;
using http::Request;
using http::Respond;
using http::Response;
using http::ToResponse;

// A text is spoken within the duration limit: this is far above what can be.
constexpr std::size_t kMaxPhonesTextBytes = 8192;

void Assess(AppState* app, const std::shared_ptr<Request>& request, const Respond& respond) {
  auto form = std::make_shared<AssessForm>();
  if (const auto problem = ReadAssessForm(*request, app->config.max_duration_s, form.get()))
    return respond(ToResponse(*problem, request->id));
  const Result<std::shared_ptr<const Assessor>> assessor = app->packs.Get()->Find(form->language, form->pack);
  if (!assessor) return respond(ToResponse(ProblemOf(assessor.error()), request->id));
  SubmitLive(app, request, respond, [app, request, form, held = *assessor] {
    const auto audio = std::as_bytes(std::span(form->audio->data));
    const Result<Report> report = AssessMeasured(app, *held, audio, form->text, form->options);
    if (!report) return ToResponse(ProblemOf(report.error()), request->id);
    return RenderReport(*report, form->detail, form->format);
  });
}

void Phones(AppState* app, const std::shared_ptr<Request>& request, const Respond& respond) {
  const auto refuse = [&](std::string detail) {
    respond(ToResponse({.kind = ProblemKind::kInvalidArgument, .detail = std::move(detail)}, request->id));
  };
  AssessOptions options;
  std::string language = "en-US";
  std::string pack;
  std::string text;
  for (const auto& [name, value] : request->query.all()) {
    if (name == "text")
      text = value;
    else if (name == "language")
      language = value;
    else if (name == "pack")
      pack = value;
    else if (name == "pronunciation") {
      auto pronunciation = ParsePronunciation(value);
      if (!pronunciation)
        return refuse(R"(pronunciation: expected WORD=PHONES as in "higgins=HH IH1 G IH0 N Z")");
      options.pronunciations.push_back(*std::move(pronunciation));
    } else {
      return refuse("unknown parameter; there are: text, language, pack, pronunciation");
    }
  }
  if (request->query.Find("text") == nullptr) return refuse("the parameter \"text\" is missing");
  if (text.size() > kMaxPhonesTextBytes) return refuse("text: longer than 8192 bytes");
  const Result<std::shared_ptr<const Assessor>> assessor = app->packs.Get()->Find(language, pack);
  if (!assessor) return respond(ToResponse(ProblemOf(assessor.error()), request->id));
  SubmitLive(
      app, request, respond,
      [request, text, options, held = *assessor] {
        const Result<std::vector<WordPronunciations>> words = held->Phones(text, options);
        if (!words) return ToResponse(ProblemOf(words.error()), request->id);
        Response response;
        response.content_type = "application/json";
        response.body = ToJson(*words) + "\n";
        return response;
      },
      Cost::kSmall);
}

void Packs(const AppState& app, const Respond& respond) {
  nlohmann::ordered_json packs = nlohmann::ordered_json::array();
  for (const auto& assessor : app.packs.Get()->all()) {
    const PackInfo& info = assessor->pack();
    packs.push_back({{"name", info.name},
                     {"language", info.language},
                     {"version", info.version},
                     {"calibration_version", info.calibration_version},
                     {"num_phones", info.num_phones},
                     {"detection_threshold", info.detection_threshold}});
  }
  Response response;
  response.content_type = "application/json";
  response.body =
      nlohmann::ordered_json({{"engine_version", EngineVersion()}, {"packs", packs}}).dump() + "\n";
  respond(std::move(response));
}

}  // namespace

Result<Report> AssessMeasured(AppState* app, const Assessor& assessor, std::span<const std::byte> audio,
                              std::string_view text, const AssessOptions& options) {
  Result<Measurement> measured = assessor.Measure(audio, text, {}, options);
  if (!measured) return measured.error();
  for (const StageTime& stage : measured->stages)
    app->metrics.Observe("higgins_stage_seconds", {{"stage", stage.stage}}, stage.ms / 1000);
  app->metrics.Add("higgins_audio_seconds_total", {}, measured->report.quality.duration_ms / 1000);
  return std::move(measured->report);
}

void AddAssessRoutes(http::Router* router, AppState* app) {
  router->Add({.method = "POST",
               .pattern = "/v1/assess",
               .access = {.scope = "assess"},
               .body = http::BodyKind::kMultipart,
               .max_body_bytes = app->config.max_upload_bytes,
               .handler = [app](const std::shared_ptr<Request>& request, const Respond& respond) {
                 Assess(app, request, respond);
               }});
  router->Add({.method = "GET",
               .pattern = "/v1/phones",
               .access = {.scope = "phones"},
               .handler = [app](const std::shared_ptr<Request>& request, const Respond& respond) {
                 Phones(app, request, respond);
               }});
  router->Add(
      {.method = "GET",
       .pattern = "/v1/packs",
       .access = {.scope = "phones"},
       .handler = [app](const std::shared_ptr<Request>&, const Respond& respond) { Packs(*app, respond); }});
}

}  // namespace higgins::server::api
