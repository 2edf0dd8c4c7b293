#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/dataset.h"
#include "transports/cli/evaluation.h"
#include "transports/cli/exit_code.h"
#include "transports/cli/parallel.h"
#include "transports/cli/terminal.h"

namespace higgins::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFooter =
    R"(DATASET is a folder with labels.jsonl and audio/, or the folder of the public corpus speechocean762.
The labels' phones are taken as canonical; every utterance counts, and one that fails scores 0.
With --native, speech that is correct: text and lexicon as in `assess`; what is flagged is a false alarm.
With --other-texts, each recording beside its own text and beside another's of as many words or a few more, few
of them the same: how often the report says that the text was not read (a refused recording counts as that, with
a score of 0), and what it scores.

Examples:
  higgins eval ../shared/so762 --division dev --json dev.json
  higgins eval speechocean762 --division test --jobs 2
  higgins eval ../shared/so762 --division dev --operating-point --dump dev.jsonl
  higgins eval --native ../shared/native --division dev
  higgins eval ../shared/so762 --division dev --other-texts
Exit code 3: finished, but some utterances failed.)";

struct Options {
  PackOptions pack;
  std::string dataset;
  std::string native;
  std::string division;
  std::string json;
  std::string dump;
  std::string acoustic_graph;
  int jobs = 0;
  std::size_t limit = 0;
  bool operating_point = false;
  bool other_texts = false;

  LabelKind kind() const { return native.empty() ? LabelKind::kScored : LabelKind::kNative; }
};

Outcome Evaluate(const Assessor& assessor, const LabelledUtterance& utterance, bool with_labels) {
  Outcome out;
  const Result<std::vector<std::byte>> audio = ReadBytes(utterance.audio.string());
  if (!audio) {
    out.error = audio.error();
    return out;
  }
  std::vector<WordPhones> labels;
  if (with_labels) {
    for (const LabelledWord& word : utterance.words) {
      std::string phones;
      for (const std::string& phone : word.phones) phones += (phones.empty() ? "" : " ") + phone;
      labels.push_back({word.text, phones});
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  Result<Measurement> measurement = assessor.Measure(*audio, utterance.text, labels);
  out.latency_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  if (measurement) {
    out.measurement = *std::move(measurement);
  } else {
    out.error = measurement.error();
  }
  return out;
}

Result<std::vector<LabelledUtterance>> SelectUtterances(const Options& options) {
  Result<std::vector<LabelledUtterance>> all =
      LoadDataset(options.native.empty() ? options.dataset : options.native, options.kind());
  if (!all) return all.error();
  std::vector<LabelledUtterance> selected;
  for (LabelledUtterance& utterance : *all) {
    if (options.limit > 0 && selected.size() >= options.limit) break;
    if (options.division.empty() || utterance.division == options.division)
      selected.push_back(std::move(utterance));
  }
  if (selected.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "the dataset has no utterance of division \"" + options.division + "\""};
  }
  return options.other_texts ? BesideAnotherText(selected) : selected;
}

void PrintFigures(const Json& figures) {
  for (const auto& [name, value] : figures.items()) {
    if (value.is_number_float()) {
      std::printf("%-28s %10.4f\n", name.c_str(), value.get<double>());
    } else {
      std::printf("%-28s %10s\n", name.c_str(),
                  (value.is_string() ? value.get<std::string>() : value.dump()).c_str());
    }
  }
}

void PrintOperatingPoints(const Json& points) {
  std::printf("\n");
  for (const auto& [name, unused] : points["operating_points"][0].items()) std::printf("%18s", name.c_str());
  std::printf("\n");
  std::vector<Json> rows(points["operating_points"].begin(), points["operating_points"].end());
  if (points.contains("best_f1")) rows.push_back(points["best_f1"]);
  for (const Json& row : rows) {
    for (const auto& [name, value] : row.items()) std::printf("%18.4f", value.get<double>());
    std::printf("%s\n", points.contains("best_f1") && &row == &rows.back() ? "  best F1" : "");
  }
}

template <typename Collector>
concept HasOperatingPoints = requires(const Collector& collector) { collector.OperatingPoints(); };

template <typename Collector>
int RunWith(const Options& options) {
  const bool with_labels = options.kind() == LabelKind::kScored && !options.other_texts;
  const Result<std::vector<LabelledUtterance>> utterances = SelectUtterances(options);
  if (!utterances) return Fail(utterances.error());
  const int jobs = options.jobs > 0 ? options.jobs : NumCores();
  const Result<Assessor> assessor = OpenPack(options.pack, jobs, options.acoustic_graph);
  if (!assessor) return Fail(assessor.error());
  std::ofstream dump;
  if (!options.dump.empty()) dump.open(options.dump, std::ios::binary | std::ios::trunc);

  Collector collector;
  std::size_t num_failed = 0;
  std::string first_error;
  {
    ProgressBar bar("eval", utterances->size());
    ParallelInOrder(
        0, utterances->size(), jobs,
        [&](std::size_t i) { return Evaluate(*assessor, (*utterances)[i], with_labels); },
        [&](std::size_t i, const Outcome& outcome) {
          const LabelledUtterance& labels = (*utterances)[i];
          collector.Add(labels, outcome);
          if (dump.is_open()) dump << DumpLine(labels, outcome).dump() << '\n';
          // To refuse a text that was not read is right.
          const bool failed = outcome.error && !labels.is_of_another;
          if (failed && num_failed++ == 0) first_error = labels.id + ": " + outcome.error->message;
          bar.Advance();
          return true;
        });
  }
  Json figures = collector.Summarise(assessor->pack().detection_threshold, assessor->pack().version);
  PrintFigures(figures);
  if constexpr (HasOperatingPoints<Collector>) {
    if (options.operating_point) {
      const Json points = collector.OperatingPoints();
      PrintOperatingPoints(points);
      figures.update(points);
    }
  }
  if (!options.json.empty()) {
    const Result<void> written = WriteText(options.json, figures.dump(2) + "\n");
    if (!written) return Fail(written.error());
  }
  if (!options.dump.empty() && !dump.flush())
    return Fail({ErrorCode::kNotFound, options.dump + ": cannot be written"});
  if (num_failed == 0) return kExitOk;
  std::fprintf(stderr, "higgins: %zu utterances failed; the first: %s\n", num_failed, first_error.c_str());
  return kExitSomeFailed;
}

int RunEval(const Options& options) {
  if (options.dataset.empty() == options.native.empty()) {
    return Fail({ErrorCode::kInvalidArgument, "give one dataset: DATASET or --native DATASET"});
  }
  if (options.other_texts && options.operating_point) {
    return Fail({ErrorCode::kInvalidArgument, "--operating-point says nothing with --other-texts"});
  }
  if (options.other_texts) return RunWith<OtherTextEvaluation>(options);
  return options.native.empty() ? RunWith<Evaluation>(options) : RunWith<NativeEvaluation>(options);
}

}  // namespace

void AddEvalCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("eval", "Measure the pack on a labelled corpus");
  command->footer(kFooter);
  command->add_option("DATASET", options->dataset, "Corpus with experts' scores");
  command->add_option("--native", options->native, "Corpus of correct speech: count false alarms")
      ->type_name("DATASET");
  command
      ->add_option("--division", options->division,
                   "Only utterances of this division (dev, fit, train, test)")
      ->type_name("NAME");
  command->add_option("--json", options->json, "Write the figures to a file")->type_name("FILE");
  command->add_option("--dump", options->dump, "Write every prediction, a JSON line an utterance")
      ->type_name("FILE");
  command->add_flag("--operating-point", options->operating_point,
                    "Detection at a row of thresholds, and the best F1");
  command->add_flag("--other-texts", options->other_texts,
                    "Beside another's text too: what was not read must not score");
  command->add_option("--jobs", options->jobs, "Utterances at a time (default: all cores)")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  command->add_option("--limit", options->limit, "Only the first N utterances")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command
      ->add_option("--model", options->acoustic_graph,
                   "Run this ONNX file instead of the pack's acoustic graph")
      ->type_name("FILE");
  AddPackOptions(command, &options->pack);
  AddCacheOption(command, &options->pack);
  command->callback([options, exit_code] { *exit_code = RunEval(*options); });
}

}  // namespace higgins::cli
