// The promise to real learners: no recording of the corpora is refused, and few are warned about. Every tenth
// recording by default; HIGGINS_WHOLE_CORPUS=1 takes all. Skipped where the corpora do not stand beside the
// project.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "audio/decode.h"
#include "quality/quality.h"

namespace higgins::quality {
namespace {

struct Summary {
  int num_recordings = 0;
  int num_refused = 0;
  int num_warned = 0;
  std::map<std::string, int> warnings;
  std::vector<double> level_dbfs, snr_db, speech_share;
};

std::vector<std::filesystem::path> Recordings(const std::string& corpus) {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder =
      std::filesystem::path(HIGGINS_SOURCE_DIR) / "../shared" / corpus / "audio";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  if (std::getenv("HIGGINS_WHOLE_CORPUS") != nullptr) return paths;
  std::vector<std::filesystem::path> some;
  for (std::size_t i = 0; i < paths.size(); i += 10) some.push_back(paths[i]);
  return some;
}

void Add(const std::filesystem::path& path, Summary& summary) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> chars((std::istreambuf_iterator<char>(file)), {});
  const Result<Clip> clip = audio::Decode(std::as_bytes(std::span(chars)), {});
  ASSERT_TRUE(clip) << path << ": " << clip.error().message;
  const Quality quality = Measure(*clip);
  ++summary.num_recordings;
  if (const Result<void> gate = Gate(quality, *clip, 1); !gate) {
    ++summary.num_refused;
    ADD_FAILURE() << path << ": " << gate.error().message;
  }
  if (!quality.warnings.empty()) ++summary.num_warned;
  for (const Warning& warning : quality.warnings) ++summary.warnings[warning.code];
  summary.level_dbfs.push_back(quality.figures.level_dbfs);
  summary.snr_db.push_back(quality.figures.snr_db);
  summary.speech_share.push_back(100.0 * quality.figures.speech_ms / quality.figures.duration_ms);
}

void PrintRow(const char* name, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&values](double quantile) {
    return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
  };
  std::printf("  %-14s %7.1f %7.1f %7.1f %7.1f\n", name, at(0.0), at(0.05), at(0.5), at(1.0));
}

void Print(const std::string& corpus, const Summary& summary) {
  std::printf("%s: %d recordings, %d refused, %d warned about\n", corpus.c_str(), summary.num_recordings,
              summary.num_refused, summary.num_warned);
  std::printf("  %-14s %7s %7s %7s %7s\n", "", "min", "5 %", "median", "max");
  PrintRow("level, dBFS", summary.level_dbfs);
  PrintRow("SNR, dB", summary.snr_db);
  PrintRow("speech, %", summary.speech_share);
  for (const auto& [code, count] : summary.warnings) std::printf("  %-14s %7d\n", code.c_str(), count);
}

class CorpusTest : public ::testing::TestWithParam<const char*> {};

TEST_P(CorpusTest, NobodyIsRefusedAndFewAreWarned) {
  const std::vector<std::filesystem::path> paths = Recordings(GetParam());
  if (paths.empty()) GTEST_SKIP() << "no " << GetParam() << " beside the project";
  Summary summary;
  for (const auto& path : paths) Add(path, summary);
  Print(GetParam(), summary);
  EXPECT_EQ(summary.num_refused, 0);
  EXPECT_LT(summary.num_warned, 0.03 * summary.num_recordings);
}

INSTANTIATE_TEST_SUITE_P(Shared, CorpusTest, ::testing::Values("so762", "native"));

}  // namespace
}  // namespace higgins::quality
