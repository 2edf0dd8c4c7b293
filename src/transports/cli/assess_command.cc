#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/assess_table.h"
#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/exit_code.h"

namespace higgins::cli {
namespace {

constexpr const char* kFooter = R"(Examples:
  higgins assess recording.wav "We call it bear"
  higgins assess recording.wav "We call it bear" --json > report.json
  higgins assess recording.mp3 --text-file text.txt --detail word
  ffmpeg -i video.mkv -f wav - | higgins assess - "We call it bear"
  echo "We call it bear" | higgins assess recording.wav -
  higgins assess me.wav "I am Higgins" --pronunciation "higgins=HH IH1 G IH0 N Z"
  higgins assess child.wav "We call it bear" --strictness -1)";

enum class Format { kTable, kJson, kTextGrid, kCtm, kCsv };

struct Options {
  PackOptions pack;
  std::string audio;
  std::string text;
  std::string text_file;
  std::string acoustic_graph;
  Format format = Format::kTable;
  Detail detail = Detail::kFull;
  ColorMode color = ColorMode::kAuto;
  std::vector<std::string> pronunciations;
  AssessOptions assess;
};

Result<std::string> PromptText(const Options& options) {
  const bool from_file = !options.text_file.empty();
  if (from_file == !options.text.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "give the text that was read either as TEXT or with --text-file"};
  }
  const std::string source = from_file ? options.text_file : options.text == "-" ? "-" : "";
  if (source.empty()) return options.text;
  if (source == "-" && options.audio == "-") {
    return Error{ErrorCode::kInvalidArgument, "standard input cannot give both the recording and the text"};
  }
  return ReadText(source);
}

std::string Render(const Report& report, const Options& options) {
  switch (options.format) {
    case Format::kTable:
      return AssessTable(report, options.detail, Painter(options.color));
    case Format::kJson:
      return ToJson(report, options.detail);
    case Format::kTextGrid:
      return ToTextGrid(report);
    case Format::kCtm:
      return ToCtm(report);
    case Format::kCsv:
      return ToCsv(report);
  }
  return "";
}

int RunAssess(Options options) {
  const Result<std::string> text = PromptText(options);
  if (!text) return Fail(text.error());
  const Result<std::vector<std::byte>> audio = ReadBytes(options.audio);
  if (!audio) return Fail(audio.error());
  Result<std::vector<WordPhones>> pronunciations = ParsePronunciations(options.pronunciations);
  if (!pronunciations) return Fail(pronunciations.error());
  options.assess.pronunciations = *std::move(pronunciations);

  const Result<Assessor> assessor = OpenPack(options.pack, 1, options.acoustic_graph);
  if (!assessor) return Fail(assessor.error());
  const Result<Report> report = assessor->Assess(*audio, *text, options.assess);
  if (!report) return Fail(report.error());
  std::string out = Render(*report, options);
  if (out.empty() || out.back() != '\n') out += '\n';
  std::fputs(out.c_str(), stdout);
  if (std::fflush(stdout) != 0) return Fail({ErrorCode::kNotFound, "standard output cannot be written"});
  // Everything is said, and nothing else is open. Taking the models apart piece by piece took a tenth of the
  // whole run; the system takes back all of it at once.
  std::_Exit(kExitOk);
}

void AddFormatFlags(CLI::App* command, Options* options) {
  auto* formats = command->add_option_group("output", "A table for people unless one of these is given");
  formats->add_flag_callback(
      "--json", [options] { options->format = Format::kJson; }, "The report as JSON");
  formats->add_flag_callback(
      "--textgrid", [options] { options->format = Format::kTextGrid; }, "Praat TextGrid");
  formats->add_flag_callback(
      "--ctm", [options] { options->format = Format::kCtm; }, "NIST CTM, a line a phone");
  formats->add_flag_callback(
      "--csv", [options] { options->format = Format::kCsv; }, "CSV, a row a phone");
  formats->require_option(0, 1);
}

}  // namespace

void AddAssessCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("assess", "Assess one recording against the text that was read");
  command->footer(kFooter);
  command->add_option("AUDIO", options->audio, "wav, flac, ogg, opus, mp3 or webm; - for standard input")
      ->required();
  command->add_option("TEXT", options->text, "The text that was read; - for standard input");
  command->add_option("--text-file", options->text_file, "Read the text from a file; - for standard input")
      ->type_name("FILE");
  AddFormatFlags(command, options.get());
  AddDetailOption(command, &options->detail);
  command
      ->add_option("--color", options->color,
                   "Colour the table (auto: on a terminal, unless NO_COLOR is set)")
      ->transform(OneOf<ColorMode>(
          {{"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}}))
      ->type_name("auto|always|never");
  command
      ->add_option("--pronunciation", options->pronunciations, "Your own phones of a word; may be repeated")
      ->type_name("WORD=PHONES")
      ->allow_extra_args(false);
  command
      ->add_option("--strictness", options->assess.strictness,
                   "0: as the pack; +1 flags twice as readily, -1 half")
      ->check(CLI::Range(-5.0, 5.0))
      ->type_name("N");
  command
      ->add_option("--max-duration", options->assess.audio.max_duration_s,
                   "Longest recording accepted, seconds")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str()
      ->type_name("S");
  command
      ->add_option("--model", options->acoustic_graph,
                   "Run this ONNX file instead of the pack's acoustic graph")
      ->type_name("FILE");
  AddPackOptions(command, &options->pack);
  AddCacheOption(command, &options->pack);
  command->callback([options, exit_code] { *exit_code = RunAssess(*options); });
}

}  // namespace higgins::cli
