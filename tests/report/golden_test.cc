// The exact bytes of every output. After an intended change: HIGGINS_UPDATE_GOLDEN=1 ./report_test, then read
// the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "higgins/assessor.h"
#include "sample_report.h"

namespace higgins {
namespace {

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(HIGGINS_SOURCE_DIR) + "/tests/report/golden/" + name;
  if (std::getenv("HIGGINS_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << actual;
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.is_open()) << path;
  EXPECT_EQ(actual, std::string(std::istreambuf_iterator<char>(file), {})) << path;
}

TEST(Golden, JsonFull) { ExpectGolden("full.json", ToJson(SampleReport())); }
TEST(Golden, JsonWord) { ExpectGolden("word.json", ToJson(SampleReport(), Detail::kWord)); }
TEST(Golden, JsonSentence) { ExpectGolden("sentence.json", ToJson(SampleReport(), Detail::kSentence)); }
TEST(Golden, JsonOfAnEmptyReport) { ExpectGolden("empty.json", ToJson(Report())); }
TEST(Golden, TextGrid) { ExpectGolden("sample.TextGrid", ToTextGrid(SampleReport())); }
TEST(Golden, Ctm) { ExpectGolden("sample.ctm", ToCtm(SampleReport())); }
TEST(Golden, Csv) { ExpectGolden("sample.csv", ToCsv(SampleReport())); }

TEST(Golden, JsonOfPronunciations) {
  ExpectGolden("phones.json", ToJson(std::vector<WordPronunciations>{
                                  {"the",
                                   0,
                                   3,
                                   {{"DH AH0", "ðə", PronunciationSource::kWeakForm},
                                    {"DH IY1", "ði", PronunciationSource::kDictionary}}},
                                  {"zorb", 4, 8, {{"Z AO1 R B", "zɔɹb", PronunciationSource::kG2p}}}}));
}

}  // namespace
}  // namespace higgins
