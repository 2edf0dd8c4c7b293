#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "transports/program.h"

namespace higgins::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

Json Word(const std::string& text, const std::vector<std::string>& phones, const std::vector<double>& scores,
          int total) {
  return {{"text", text},      {"phones", phones}, {"phones-accuracy", scores},
          {"accuracy", total}, {"stress", 10},     {"total", total}};
}

Json Record(const std::vector<Json>& words, const std::string& text, int total) {
  return {{"text", text},      {"words", words},     {"accuracy", total}, {"fluency", total},
          {"prosodic", total}, {"completeness", 10}, {"total", total}};
}

// Three utterances: one right, one with EH said as AE, one that is no recording.
std::vector<std::pair<std::string, Json>> Labels() {
  const Json good =
      Record({Word("THE", {"DH", "AH0"}, {2, 2}, 10), Word("BEAR", {"B", "EH0", "R"}, {2, 2, 2}, 10)},
             "THE BEAR", 10);
  const Json wrong =
      Record({Word("THE", {"DH", "AH0"}, {2, 2}, 10), Word("BEAR", {"B", "EH0", "R"}, {2, 0.2, 2}, 3)},
             "THE BEAR", 5);
  const Json lost = Record({Word("CAT", {"K", "AE0", "T"}, {2, 2, 2}, 8)}, "CAT", 8);
  return {{"u1", good}, {"u2", wrong}, {"u3", lost}};
}

void RecordAudio(const Sandbox& sandbox, const std::string& folder, const std::string& ending) {
  sandbox.Record(folder + "/u1" + ending, "DH AH B EH R");
  sandbox.Record(folder + "/u2" + ending, "DH AH B AE R");
  WriteFile(sandbox / (folder + "/u3" + ending), "no recording");
}

void MakeJsonLines(const Sandbox& sandbox) {
  RecordAudio(sandbox, "corpus/audio", ".wav");
  std::string lines;
  for (auto [id, record] : Labels()) {
    record["id"] = id;
    record["audio"] = "audio/" + id + ".wav";
    record["division"] = id == "u3" ? "fit" : "dev";
    lines += record.dump() + "\n";
  }
  WriteFile(sandbox / "corpus/labels.jsonl", lines);
}

TEST(Eval, WritesEveryFigureOfTheContract) {
  const Sandbox sandbox;
  MakeJsonLines(sandbox);
  const ProgramRun run =
      sandbox.Higgins("eval corpus --json e.json --jobs 2 --operating-point --dump d.jsonl");
  EXPECT_EQ(run.exit_code, 3) << run.err;  // one of the three failed
  EXPECT_THAT(run.err, HasSubstr("u3"));
  EXPECT_THAT(run.out, HasSubstr("phone_pcc"));
  const Json json = Json::parse(ReadFile(sandbox / "e.json"));
  for (const char* name : {"num_utterances",
                           "num_words",
                           "num_phones",
                           "num_failed",
                           "phone_pcc",
                           "phone_mse",
                           "word_accuracy_pcc",
                           "word_stress_pcc",
                           "word_total_pcc",
                           "utterance_accuracy_pcc",
                           "utterance_fluency_pcc",
                           "utterance_prosody_pcc",
                           "utterance_completeness_pcc",
                           "utterance_total_pcc",
                           "mdd_auc",
                           "mdd_f1",
                           "mdd_precision",
                           "mdd_recall",
                           "phone_error_rate",
                           "audio_seconds",
                           "latency_ms_p50",
                           "latency_ms_p95",
                           "latency_ms_p99",
                           "real_time_factor"}) {
    EXPECT_TRUE(json[name].is_number()) << name;
  }
  EXPECT_EQ(json["pack_version"], "0.0.1");
  EXPECT_EQ(json["num_utterances"], 3);
  EXPECT_EQ(json["num_words"], 5);
  EXPECT_EQ(json["num_phones"], 13);
  EXPECT_EQ(json["num_failed"], 1);
  // The three phones of the lost utterance count as edits, and EH heard as AE.
  EXPECT_NEAR(json["phone_error_rate"], 4.0 / 13.0, 1e-9);
  // Flagged: EH, and what was lost (score 0, error probability 1).
  EXPECT_NEAR(json["mdd_precision"], 1.0 / 4.0, 1e-9);
  EXPECT_EQ(json["mdd_recall"], 1.0);
  EXPECT_EQ(json["operating_points"].size(), 19U);
  EXPECT_EQ(json["best_f1"]["recall"], 1.0);
}

TEST(Eval, KnowsRightFromWrong) {
  const Sandbox sandbox;
  MakeJsonLines(sandbox);
  const ProgramRun run = sandbox.Higgins("eval corpus --json e.json --division dev --dump d.jsonl");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json json = Json::parse(ReadFile(sandbox / "e.json"));
  EXPECT_EQ(json["num_utterances"], 2);
  EXPECT_GT(json["phone_pcc"], 0.99);
  EXPECT_LT(json["phone_mse"], 0.05);
  EXPECT_GT(json["word_total_pcc"], 0.95);
  EXPECT_NEAR(json["utterance_total_pcc"], 1.0, 1e-9);
  EXPECT_EQ(json["mdd_auc"], 1.0);
  EXPECT_EQ(json["mdd_f1"], 1.0);
  EXPECT_NEAR(json["phone_error_rate"], 0.1, 1e-9);
  const std::string dump = ReadFile(sandbox / "d.jsonl");
  const Json second = Json::parse(dump.substr(dump.find('\n') + 1));
  EXPECT_EQ(second["id"], "u2");
  EXPECT_EQ(second["words"][1]["phones"][1]["label"], 0.2);
  EXPECT_EQ(second["words"][1]["phones"][1]["actual"], "AE");
}

TEST(Eval, TakesTheFirstOnesOnly) {
  const Sandbox sandbox;
  MakeJsonLines(sandbox);
  ASSERT_EQ(sandbox.Higgins("eval corpus --json e.json --limit 1").exit_code, 0);
  EXPECT_EQ(Json::parse(ReadFile(sandbox / "e.json"))["num_utterances"], 1);
}

TEST(Eval, ReadsThePublicCorpusWithTheSameResult) {
  const Sandbox sandbox;
  MakeJsonLines(sandbox);
  RecordAudio(sandbox, "so/WAVE/SPEAKER0001", ".WAV");
  Json scores;
  for (auto [id, record] : Labels()) {
    // One of the words with its phones as one string, as some releases have them.
    record["words"][0]["phones"] = id == "u1" ? Json("DH AH0") : record["words"][0]["phones"];
    scores[id] = record;
  }
  for (const char* place : {"so/", "so/resource/"}) {
    std::filesystem::create_directories(sandbox / "so/resource");
    std::filesystem::create_directories(sandbox / "so/train");
    std::filesystem::create_directories(sandbox / "so/test");
    WriteFile(sandbox / (std::string(place) + "scores.json"), scores.dump());
    WriteFile(sandbox / "so/test/wav.scp", "u1\tWAVE/SPEAKER0001/u1.WAV\nu2 WAVE/SPEAKER0001/u2.WAV\n");
    WriteFile(sandbox / "so/train/wav.scp", "u3\tWAVE/SPEAKER0001/u3.WAV\n");
    const ProgramRun run = sandbox.Higgins("eval so --division test --json so.json");
    EXPECT_EQ(run.exit_code, 0) << run.err;
    ASSERT_EQ(sandbox.Higgins("eval corpus --division dev --json ours.json").exit_code, 0);
    Json ours = Json::parse(ReadFile(sandbox / "ours.json"));
    Json theirs = Json::parse(ReadFile(sandbox / "so.json"));
    for (const char* timing : {"latency_ms_p50", "latency_ms_p95", "latency_ms_p99", "real_time_factor"}) {
      ours.erase(timing);
      theirs.erase(timing);
    }
    EXPECT_EQ(theirs, ours);
    std::filesystem::remove(sandbox / (std::string(place) + "scores.json"));
  }
}

TEST(Eval, CountsFalseAlarmsOnCorrectSpeech) {
  const Sandbox sandbox;
  sandbox.Record("native/audio/a.wav", "DH AH B EH R");
  sandbox.Record("native/audio/b.wav", "DH AH B AE R");
  WriteFile(
      sandbox / "native/labels.jsonl",
      R"({"id": "a", "audio": "audio/a.wav", "division": "dev", "text": "the bear", "phones": ["DH","AH","B","EH","R"]}
{"id": "b", "audio": "audio/b.wav", "division": "dev", "text": "the bear", "phones": ["DH","AH","B","EH","R"]}
{"id": "c", "audio": "audio/c.wav", "division": "dev", "phones": ["DH","AH"]}
)");
  const ProgramRun run =
      sandbox.Higgins("eval --native native --division dev --json n.json --operating-point");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json json = Json::parse(ReadFile(sandbox / "n.json"));
  EXPECT_EQ(json["num_utterances"], 2);
  EXPECT_EQ(json["num_phones"], 10);
  EXPECT_NEAR(json["phones_flagged_share"], 0.1, 1e-9);
  EXPECT_EQ(json["substitutions"], 1);
  EXPECT_NEAR(json["words_reported_share"], 0.25, 1e-9);
  EXPECT_NEAR(json["phone_error_rate"], 0.1, 1e-9);
}

TEST(Eval, AnotherTextIsNoticedAndScoresLess) {
  const Sandbox sandbox;
  sandbox.Record("native/audio/a.wav", "DH AH B EH R");
  sandbox.Record("native/audio/b.wav", "K AE T K AE T");
  WriteFile(
      sandbox / "native/labels.jsonl",
      R"({"id": "a", "audio": "audio/a.wav", "division": "dev", "text": "the bear", "phones": ["DH","AH","B","EH","R"]}
{"id": "b", "audio": "audio/b.wav", "division": "dev", "text": "Cat, cat.", "phones": ["K","AE","T","K","AE","T"]}
)");
  const ProgramRun run = sandbox.Higgins("eval --native native --other-texts --json o.json");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Json json = Json::parse(ReadFile(sandbox / "o.json"));
  EXPECT_EQ(json["num_utterances"], 2);
  EXPECT_EQ(json["num_failed"], 0);
  EXPECT_EQ(json["own_text_mismatches"], 0);
  EXPECT_EQ(json["num_other_texts"], 2);
  EXPECT_EQ(json["other_text_noticed_share"], 1.0);
  EXPECT_EQ(json["total_auc"], 1.0);
  EXPECT_LT(json["other_text_mean_total"], json["own_text_mean_total"]);
}

TEST(Eval, TextsThatShareTheirWordsAreNotOtherTexts) {
  const Sandbox sandbox;
  sandbox.Record("native/audio/a.wav", "DH AH B EH R");
  WriteFile(
      sandbox / "native/labels.jsonl",
      R"({"id": "a", "audio": "audio/a.wav", "division": "dev", "text": "the bear", "phones": ["DH","AH","B","EH","R"]}
{"id": "b", "audio": "audio/a.wav", "division": "dev", "text": "The bear?", "phones": ["DH","AH","B","EH","R"]}
)");
  const ProgramRun run = sandbox.Higgins("eval --native native --other-texts --json o.json");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Json::parse(ReadFile(sandbox / "o.json"))["num_other_texts"], 0);
  EXPECT_EQ(sandbox.Higgins("eval --native native --other-texts --operating-point").exit_code, 11);
}

TEST(Eval, SaysWhatIsWrongWithACorpus) {
  const Sandbox sandbox;
  MakeJsonLines(sandbox);
  const auto expect = [&](const std::string& arguments, int exit_code, const std::string& in_message) {
    const ProgramRun run = sandbox.Higgins(arguments);
    EXPECT_EQ(run.exit_code, exit_code) << arguments << ": " << run.err;
    EXPECT_THAT(run.err, HasSubstr(in_message));
  };
  expect("eval", 11, "DATASET");
  expect("eval nowhere", 18, "labels.jsonl");
  expect("eval corpus --division nobody", 11, "nobody");
  WriteFile(sandbox / "corpus/labels.jsonl", "{\"id\": \"x\"}\n");
  expect("eval corpus", 11, "labels.jsonl:1");
  WriteFile(sandbox / "corpus/labels.jsonl",
            R"({"id": "x", "audio": "x.wav", "text": "a", "accuracy": 1, "fluency": 1,)"
            R"("prosodic": 1, "completeness": 1, "total": 1, "words": [{"text": "a", "phones": ["AH0"],)"
            R"("phones-accuracy": [1, 2], "accuracy": 1, "stress": 1, "total": 1}]})");
  expect("eval corpus", 11, "as many scores as phones");
}

}  // namespace
}  // namespace higgins::testing
