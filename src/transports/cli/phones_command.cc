#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "transports/cli/commands.h"
#include "transports/cli/common.h"
#include "transports/cli/exit_code.h"
#include "transports/cli/terminal.h"

namespace higgins::cli {
namespace {

constexpr const char* kFooter = R"(Examples:
  higgins phones "Dr. Smith paid $3.50 in 1995"
  higgins phones "I am Higgins" --pronunciation "higgins=HH IH1 G IH0 N Z"
  higgins phones --json - < text.txt

SOURCE says where a pronunciation comes from: dictionary, weak_form (the reduced form of a function word),
spelled_letters, g2p (guessed from the spelling: check these) or caller (--pronunciation).)";

struct Options {
  PackOptions pack;
  std::string text;
  std::vector<std::string> pronunciations;
  bool json = false;
};

std::string RenderTable(const std::vector<WordPronunciations>& words, const Painter& paint) {
  int word_width = 6;
  int phones_width = 8;
  int ipa_width = 5;
  for (const WordPronunciations& word : words) {
    word_width = std::max(word_width, DisplayWidth(word.word) + 2);
    for (const auto& variant : word.variants) {
      phones_width = std::max(phones_width, DisplayWidth(variant.arpabet) + 2);
      ipa_width = std::max(ipa_width, DisplayWidth(variant.ipa) + 2);
    }
  }
  std::string out = paint(Style::kDim, Pad("WORD", word_width) + Pad("TEXT AT", 10) +
                                           Pad("PHONES", phones_width) + Pad("IPA", ipa_width) + "SOURCE") +
                    "\n";
  for (const WordPronunciations& word : words) {
    std::string name = word.word;
    std::string span = std::to_string(word.char_begin) + "-" + std::to_string(word.char_end);
    for (const auto& variant : word.variants) {
      const bool guessed = variant.source == PronunciationSource::kG2p;
      out += paint(Style::kBold, Pad(name, word_width)) + paint(Style::kDim, Pad(span, 10)) +
             Pad(variant.arpabet, phones_width) + Pad(variant.ipa, ipa_width) +
             paint(guessed ? Style::kFair : Style::kDim, PronunciationSourceName(variant.source)) + "\n";
      name.clear();
      span.clear();
    }
  }
  return out;
}

int RunPhones(const Options& options) {
  const Result<std::string> text = options.text == "-" ? ReadText("-") : Result<std::string>(options.text);
  if (!text) return Fail(text.error());
  AssessOptions assess;
  Result<std::vector<WordPhones>> pronunciations = ParsePronunciations(options.pronunciations);
  if (!pronunciations) return Fail(pronunciations.error());
  assess.pronunciations = *std::move(pronunciations);
  const Result<Assessor> assessor = OpenPack(options.pack);
  if (!assessor) return Fail(assessor.error());
  const Result<std::vector<WordPronunciations>> words = assessor->Phones(*text, assess);
  if (!words) return Fail(words.error());
  const std::string out =
      options.json ? ToJson(*words) + "\n" : RenderTable(*words, Painter(ColorMode::kAuto));
  std::fputs(out.c_str(), stdout);
  return kExitOk;
}

}  // namespace

void AddPhonesCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("phones", "Show how a text is expected to be said, word by word");
  command->footer(kFooter);
  command->add_option("TEXT", options->text, "The text; - for standard input")->required();
  command
      ->add_option("--pronunciation", options->pronunciations, "Your own phones of a word; may be repeated")
      ->type_name("WORD=PHONES")
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "JSON instead of a table");
  AddPackOptions(command, &options->pack);
  AddCacheOption(command, &options->pack);
  command->callback([options, exit_code] { *exit_code = RunPhones(*options); });
}

}  // namespace higgins::cli
