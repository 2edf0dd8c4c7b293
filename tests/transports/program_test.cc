#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "transports/program.h"

namespace higgins::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr const char* kGood = "W IY K AO L IH T B EH R";
constexpr const char* kWrong = "W IY K AO L IH T B AE R";
constexpr const char* kText = "\"We call it bear\"";

std::vector<Json> JsonLines(const std::string& text) {
  std::vector<Json> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(Json::parse(line));
  return out;
}

bool IsOneLine(const std::string& text) { return !text.empty() && text.find('\n') == text.size() - 1; }

// A file that is replaced gets another one.
std::set<ino_t> Inodes(const std::filesystem::path& folder) {
  std::set<ino_t> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    struct stat status {};
    if (stat(entry.path().c_str(), &status) == 0) out.insert(status.st_ino);
  }
  return out;
}

int NumFiles(const std::filesystem::path& folder) {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(Program, ExplainsItself) {
  const Sandbox sandbox;
  const ProgramRun help = sandbox.Higgins("--help");
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"assess", "phones", "batch", "eval", "bench", "info", "serve"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const ProgramRun of_command = sandbox.Higgins(std::string(command) + " --help");
    EXPECT_EQ(of_command.exit_code, 0);
    EXPECT_THAT(of_command.out, HasSubstr("Examples:"));
    EXPECT_THAT(of_command.out, HasSubstr(std::string("higgins ") + command));
  }
  EXPECT_THAT(help.out, HasSubstr("Exit codes:"));
  EXPECT_THAT(sandbox.Higgins("--version").out, StartsWith("higgins 0."));
}

TEST(Program, ExitsWith2WhenItIsNotUnderstood) {
  const Sandbox sandbox;
  for (const char* arguments :
       {"", "frobnicate", "assess", "assess a.wav text --detail letters", "assess a.wav t --json --csv",
        "batch m.jsonl", "bench --runs 0", "assess a.wav text --strictness 9"}) {
    const ProgramRun run = sandbox.Higgins(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(IsOneLine(run.err)) << arguments << ": " << run.err;
    EXPECT_EQ(run.out, "");
  }
}

TEST(Program, ShowsVersionsPackAndProcessor) {
  const Sandbox sandbox;
  const ProgramRun run = sandbox.Higgins("info");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("tiny 0.0.1"), HasSubstr("OpenVINO"), HasSubstr("cpu features")));
  const Json json = Json::parse(sandbox.Higgins("info --json").out);
  EXPECT_EQ(json["pack"]["version"], "0.0.1");
  EXPECT_EQ(json["pack"]["num_phones"], 39);
}

TEST(Program, FindsThePackByOptionBeforeEnvironment) {
  const Sandbox sandbox;
  const ProgramRun run = sandbox.Higgins("info --pack nowhere");
  EXPECT_EQ(run.exit_code, 18);
  EXPECT_THAT(run.err, AllOf(StartsWith("higgins: not_found: "), HasSubstr("nowhere")));
  EXPECT_TRUE(IsOneLine(run.err));
}

TEST(Program, KeepsCompiledGraphsForTheNextStart) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", "K AE T");
  const std::string arguments = "assess a.wav cat --json";
  const std::string without = sandbox.Higgins(arguments).out;
  EXPECT_EQ(sandbox.Higgins(arguments + " --cache kept").out, without);
  const std::set<ino_t> kept = Inodes(sandbox / "kept");
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(sandbox.Higgins(arguments + " --cache kept").out, without);
  EXPECT_EQ(Inodes(sandbox / "kept"), kept);  // read, and not written again
}

TEST(Program, FindsTheCacheByOptionThenVariableThenTheUsersFolder) {
  const Sandbox sandbox;
  const std::string home = (sandbox / "home").string();
  sandbox.Higgins("phones cat", "HIGGINS_CACHE= XDG_CACHE_HOME= HOME='" + home + "'");
  EXPECT_EQ(NumFiles(sandbox / "home/.cache/higgins"), 2);
  sandbox.Higgins("phones cat", "HIGGINS_CACHE= XDG_CACHE_HOME='" + home + "/xdg'");
  EXPECT_EQ(NumFiles(sandbox / "home/xdg/higgins"), 2);
  sandbox.Higgins("phones cat", "HIGGINS_CACHE=named");
  EXPECT_EQ(NumFiles(sandbox / "named"), 2);
  sandbox.Higgins("phones cat --cache given", "HIGGINS_CACHE=other");
  EXPECT_EQ(NumFiles(sandbox / "given"), 2);
  sandbox.Higgins("phones cat --cache off", "HIGGINS_CACHE=other");
  EXPECT_FALSE(std::filesystem::exists(sandbox / "other"));
  // A folder that cannot be made is no error.
  WriteFile(sandbox / "a-file", "");
  EXPECT_EQ(sandbox.Higgins("phones cat --cache a-file/x").exit_code, 0);
}

TEST(Assess, PrintsATableForPeople) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", kWrong);
  const ProgramRun run = sandbox.Higgins(std::string("assess a.wav ") + kText);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("bear"), HasSubstr("EH>AE"), HasSubstr("mispronunciations")));
  EXPECT_THAT(run.out, Not(HasSubstr("\033["))) << "no colour in a pipe";
  const std::string always = std::string("assess a.wav ") + kText + " --color always";
  EXPECT_THAT(sandbox.Higgins(always).out, HasSubstr("\033["));
  const ProgramRun words = sandbox.Higgins(std::string("assess a.wav ") + kText + " --detail word");
  EXPECT_THAT(words.out, AllOf(HasSubstr("bear"), Not(HasSubstr("EH>AE"))));
  const ProgramRun sentence = sandbox.Higgins(std::string("assess a.wav ") + kText + " --detail sentence");
  EXPECT_THAT(sentence.out, AllOf(HasSubstr("total"), Not(HasSubstr("bear  "))));
}

TEST(Assess, PrintsTheContractAsJson) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", kWrong);
  const std::string command = std::string("assess a.wav ") + kText + " --json";
  const ProgramRun run = sandbox.Higgins(command);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json json = Json::parse(run.out);
  for (const char* name : {"accuracy", "fluency", "prosody", "completeness", "total"}) {
    EXPECT_TRUE(json["utterance"][name].is_number()) << name;
  }
  ASSERT_EQ(json["words"].size(), 4U);
  const Json& phone = json["words"][3]["phonemes"][1];
  EXPECT_EQ(phone["expected"], "EH");
  EXPECT_EQ(phone["actual"], "AE");
  EXPECT_EQ(phone["error"], "substitution");
  EXPECT_EQ(json["words"][0]["phonemes"][0]["error"], nullptr);
  ASSERT_EQ(json["mispronunciations"].size(), 1U);
  EXPECT_EQ(json["mispronunciations"][0]["word"], "bear");
  EXPECT_EQ(json["mispronunciations"][0]["type"], "substitution");
  EXPECT_EQ(sandbox.Higgins(command).out, run.out) << "the same bytes on every run";
}

TEST(Assess, WritesTheExportFormats) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", kGood);
  const std::string command = std::string("assess a.wav ") + kText;
  EXPECT_THAT(sandbox.Higgins(command + " --textgrid").out, HasSubstr("ooTextFile"));
  EXPECT_THAT(sandbox.Higgins(command + " --ctm").out, HasSubstr(" EH"));
  EXPECT_THAT(sandbox.Higgins(command + " --csv").out, HasSubstr("bear"));
}

TEST(Assess, TakesTheTextFromAFileOrStandardInput) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", "K AE T");
  WriteFile(sandbox / "text.txt", "cat\n");
  EXPECT_EQ(sandbox.Higgins("assess a.wav --text-file text.txt").exit_code, 0);
  EXPECT_EQ(sandbox.Higgins("assess a.wav - < text.txt").exit_code, 0);
  EXPECT_EQ(sandbox.Higgins("assess - cat < a.wav").exit_code, 0);
  EXPECT_EQ(sandbox.Higgins("assess - - < a.wav").exit_code, 11);
  EXPECT_EQ(sandbox.Higgins("assess a.wav").exit_code, 11);
  EXPECT_EQ(sandbox.Higgins("assess a.wav cat --text-file text.txt").exit_code, 11);
}

TEST(Assess, SaysInOneLineWhatIsWrong) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", "K AE T");
  WriteFile(sandbox / "silence.wav", ToWav(std::vector<float>(32000, 0.0F)));
  WriteFile(sandbox / "text.wav", "this is no recording\n");
  WriteFile(sandbox / "empty.wav", "");
  const std::pair<const char*, int> cases[] = {{"assess missing.wav cat", 18},
                                               {"assess . cat", 18},
                                               {"assess text.wav cat", 12},
                                               {"assess empty.wav cat", 12},
                                               {"assess silence.wav cat", 16},
                                               {"assess a.wav ''", 11},
                                               {"assess a.wav cat --max-duration .2", 14},
                                               {"assess a.wav cat --pronunciation cat", 11},
                                               {"assess a.wav cat --pronunciation 'cat=Q'", 11}};
  for (const auto& [arguments, exit_code] : cases) {
    const ProgramRun run = sandbox.Higgins(arguments);
    EXPECT_EQ(run.exit_code, exit_code) << arguments << ": " << run.err;
    EXPECT_THAT(run.err, StartsWith("higgins: ")) << arguments;
    EXPECT_TRUE(IsOneLine(run.err)) << run.err;
    EXPECT_EQ(run.out, "") << arguments;
  }
}

TEST(Phones, ShowsPronunciationsAndTheirSource) {
  const Sandbox sandbox;
  const ProgramRun run = sandbox.Higgins("phones \"The cat\"");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("K AE1 T"), HasSubstr("dictionary"), HasSubstr("4-7")));
  const Json json = Json::parse(sandbox.Higgins("phones 'cat grelb' --json").out);
  EXPECT_EQ(json["words"][0]["variants"][0]["arpabet"], "K AE1 T");
  EXPECT_EQ(json["words"][1]["variants"][0]["source"], "g2p");
}

class Batch : public ::testing::Test {
 protected:
  Batch() {
    sandbox_.Record("audio/good.wav", kGood);
    sandbox_.Record("audio/wrong.wav", kWrong);
    WriteFile(sandbox_ / "audio/text.wav", "no recording");
    WriteFile(sandbox_ / "m.jsonl", R"({"id": "first", "audio": "audio/good.wav", "text": "We call it bear"}
{"id": "second", "audio": "audio/missing.wav", "text": "cat"}
not json

{"audio": "audio/wrong.wav", "text": "We call it bear"}
{"id": 7, "audio": "audio/text.wav", "text": "cat"}
{"id": "last", "audio": "audio/wrong.wav", "text": "We call it bear", "pronunciations": {"bear": "B AE R"}}
)");
  }
  Sandbox sandbox_;
};

TEST_F(Batch, GivesALineForEveryLineInOrder) {
  const ProgramRun run = sandbox_.Higgins("batch m.jsonl --out r.jsonl --jobs 3");
  EXPECT_EQ(run.exit_code, 3) << run.err;
  const std::vector<Json> lines = JsonLines(ReadFile(sandbox_ / "r.jsonl"));
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0]["id"], "first");
  EXPECT_EQ(lines[0]["words"].size(), 4U);
  EXPECT_EQ(lines[1]["id"], "second");
  EXPECT_EQ(lines[1]["error"]["code"], "not_found");
  EXPECT_EQ(lines[2]["id"], "3");
  EXPECT_EQ(lines[2]["error"]["code"], "invalid_argument");
  EXPECT_EQ(lines[3]["id"], "5");
  EXPECT_EQ(lines[3]["mispronunciations"].size(), 1U);
  EXPECT_EQ(lines[4]["id"], "7");
  EXPECT_EQ(lines[4]["error"]["code"], "bad_audio");
  EXPECT_EQ(lines[5]["id"], "last");
  EXPECT_EQ(lines[5]["mispronunciations"].size(), 0U);
}

TEST_F(Batch, GoesOnWhereItWasInterrupted) {
  ASSERT_EQ(sandbox_.Higgins("batch m.jsonl --out all.jsonl").exit_code, 3);
  const std::string all = ReadFile(sandbox_ / "all.jsonl");
  // Cut off at every sort of place: nothing, within the first line, after its end, within the last.
  const std::size_t first_end = all.find('\n') + 1;
  for (const std::size_t size :
       {std::size_t{0}, first_end / 2, first_end, first_end + 1, all.size() - 3, all.size()}) {
    WriteFile(sandbox_ / "r.jsonl", all.substr(0, size));
    sandbox_.Higgins("batch m.jsonl --out r.jsonl");
    EXPECT_EQ(ReadFile(sandbox_ / "r.jsonl"), all) << "cut at " << size;
  }
}

TEST_F(Batch, DoesNotMixTheResultsOfAnotherManifest) {
  WriteFile(sandbox_ / "r.jsonl", "{\"id\": \"other\"}\n");
  const ProgramRun run = sandbox_.Higgins("batch m.jsonl --out r.jsonl");
  EXPECT_EQ(run.exit_code, 11);
  EXPECT_EQ(ReadFile(sandbox_ / "r.jsonl"), "{\"id\": \"other\"}\n");
  EXPECT_EQ(sandbox_.Higgins("batch m.jsonl --out r.jsonl --restart").exit_code, 3);
  EXPECT_EQ(JsonLines(ReadFile(sandbox_ / "r.jsonl")).size(), 6U);
}

TEST(Bench, MeasuresRecordingsOfDifferentLengths) {
  const Sandbox sandbox;
  const ProgramRun run = sandbox.Higgins("bench --runs 2 --cold-starts 1 --json b.json");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json json = Json::parse(ReadFile(sandbox / "b.json"));
  EXPECT_EQ(json["audio_seconds"], 5.0);
  EXPECT_GT(json["subjects"][0]["stages_ms"]["4 to 6 s"]["p50"], 0.0);
}

TEST(Bench, MeasuresEveryStageAndAFreshProcess) {
  const Sandbox sandbox;
  sandbox.Record("a.wav", "K AE T");
  const ProgramRun run = sandbox.Higgins(
      "bench --audio a.wav --text cat --runs 3 --cold-starts 1 --json b.json --model '" HIGGINS_SOURCE_DIR
      "/tests/data/tiny_pack/acoustic.onnx'");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("acoustic"), HasSubstr("whole"), HasSubstr("cold start"),
                             HasSubstr("first start"), HasSubstr("p99")));
  const Json json = Json::parse(ReadFile(sandbox / "b.json"));
  ASSERT_EQ(json["subjects"].size(), 2U);
  EXPECT_GT(json["subjects"][0]["stages_ms"]["whole"]["p50"], 0.0);
  EXPECT_GT(json["subjects"][0]["cold_start_ms"]["p50"], json["subjects"][0]["stages_ms"]["whole"]["p50"]);
  EXPECT_GT(json["subjects"][0]["first_start_ms"]["p50"], json["subjects"][0]["stages_ms"]["whole"]["p50"]);
  EXPECT_GT(json["subjects"][1]["peak_memory_mb"], 1.0);
}

TEST(Bench, NeedsNoRecording) {
  const Sandbox sandbox;
  const ProgramRun run = sandbox.Higgins("bench --runs 1 --cold-starts 1");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("5.0 s of audio"));
}

}  // namespace
}  // namespace higgins::testing
