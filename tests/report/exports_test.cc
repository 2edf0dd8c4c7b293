// The export formats, read back by small parsers written from the formats' definitions and not from our
// writers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "sample_report.h"

namespace higgins {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

struct GridInterval {
  double begin_s = 0.0;
  double end_s = 0.0;
  std::string text;
};

struct GridTier {
  std::string type, name;
  double begin_s = 0.0;
  double end_s = 0.0;
  std::vector<GridInterval> intervals;
};

struct Grid {
  double begin_s = 0.0;
  double end_s = 0.0;
  std::vector<GridTier> tiers;
};

// Praat itself reads a text file as a sequence of free-standing numbers, quoted strings and <flags>, and
// skips every other word; that is why the long format may carry "xmin = ". So does this reader.
class GridReader {
 public:
  explicit GridReader(const std::string& text) : text_(text) {}

  Grid Read() {
    Grid grid;
    Expect(String() == "ooTextFile", "file type");
    Expect(String() == "TextGrid", "object class");
    grid.begin_s = Number();
    grid.end_s = Number();
    Expect(Token() == "<exists>", "tiers flag");
    const int num_tiers = static_cast<int>(Number());
    for (int t = 0; t < num_tiers; ++t) grid.tiers.push_back(Tier());
    Expect(Token().empty(), "nothing after the last tier");
    return grid;
  }

 private:
  static void Expect(bool ok, const std::string& what) {
    if (!ok) throw std::runtime_error("TextGrid: " + what);
  }

  GridTier Tier() {
    GridTier tier;
    tier.type = String();
    tier.name = String();
    tier.begin_s = Number();
    tier.end_s = Number();
    const int size = static_cast<int>(Number());
    for (int i = 0; i < size; ++i) {
      GridInterval interval;
      interval.begin_s = Number();
      interval.end_s = Number();
      interval.text = String();
      tier.intervals.push_back(interval);
    }
    return tier;
  }

  std::string Token() {
    while (at_ < text_.size()) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
      if (at_ == text_.size()) return "";
      const std::size_t begin = at_;
      if (text_[at_] == '"') {
        for (++at_;; ++at_) {
          Expect(at_ < text_.size(), "closing quote");
          if (text_[at_] != '"') continue;
          if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
            ++at_;
            continue;
          }
          break;
        }
        ++at_;
        return text_.substr(begin, at_ - begin);
      }
      while (at_ < text_.size() && !std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
      std::string word = text_.substr(begin, at_ - begin);
      if (word[0] == '-' || word[0] == '<' || std::isdigit(static_cast<unsigned char>(word[0]))) return word;
    }
    return "";
  }

  double Number() { return std::stod(Token()); }

  std::string String() {
    const std::string quoted = Token();
    Expect(quoted.size() >= 2 && quoted.front() == '"', "a string, not " + quoted);
    std::string out;
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
      out += quoted[i];
      if (quoted[i] == '"') ++i;
    }
    return out;
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

void ExpectContiguous(const GridTier& tier, const Grid& grid) {
  EXPECT_EQ(tier.type, "IntervalTier");
  EXPECT_EQ(tier.begin_s, grid.begin_s);
  EXPECT_EQ(tier.end_s, grid.end_s);
  ASSERT_FALSE(tier.intervals.empty());
  EXPECT_EQ(tier.intervals.front().begin_s, grid.begin_s);
  EXPECT_EQ(tier.intervals.back().end_s, grid.end_s);
  for (std::size_t i = 0; i < tier.intervals.size(); ++i) {
    EXPECT_LT(tier.intervals[i].begin_s, tier.intervals[i].end_s) << tier.name << " " << i;
    if (i > 0) {
      EXPECT_EQ(tier.intervals[i].begin_s, tier.intervals[i - 1].end_s) << tier.name << " " << i;
    }
  }
}

std::vector<std::string> Labels(const GridTier& tier) {
  std::vector<std::string> out;
  for (const GridInterval& interval : tier.intervals) out.push_back(interval.text);
  return out;
}

Grid ReadGrid(const Report& report) {
  const std::string text = ToTextGrid(report);
  return GridReader(text).Read();
}

TEST(TextGrid, IsValidAndContiguous) {
  const Grid grid = ReadGrid(SampleReport());
  EXPECT_EQ(grid.begin_s, 0.0);
  EXPECT_EQ(grid.end_s, 2.0);
  ASSERT_THAT(grid.tiers, SizeIs(3));
  for (const GridTier& tier : grid.tiers) ExpectContiguous(tier, grid);
  EXPECT_EQ(grid.tiers[0].name, "words");
  EXPECT_EQ(grid.tiers[1].name, "phones");
  EXPECT_EQ(grid.tiers[2].name, "added");
  EXPECT_THAT(Labels(grid.tiers[2]), ElementsAre("", "S", "", "K W", "", "AH M"));
  EXPECT_THAT(Labels(grid.tiers[0]), ElementsAre("", "quick", "", "bed", "caf\"é, \""));
  // The deleted F has no length and so no interval.
  EXPECT_THAT(Labels(grid.tiers[1]),
              ElementsAre("", "K", "W", "IH", "", "K", "", "B", "EH", "D", "AH", "K", "AE", "EY"));
  EXPECT_EQ(grid.tiers[0].intervals[1].begin_s, 0.12);
  EXPECT_EQ(grid.tiers[0].intervals[1].end_s, 0.56);
}

TEST(TextGrid, StaysValidWhenTimesAreNot) {
  Report report = SampleReport();
  report.quality.duration_ms = 0.0;
  report.words[0].start_ms = 900;
  report.words[0].end_ms = 100;
  report.words[1].start_ms = 50;
  report.words[1].phonemes[0].end_ms = 1050;
  report.added_speech[0].end_ms = report.added_speech[0].start_ms;
  report.words[2].word = "line\nbreak";
  for (const Report& each : {report, Report()}) {
    const Grid grid = ReadGrid(each);
    ASSERT_THAT(grid.tiers, SizeIs(3));
    for (const GridTier& tier : grid.tiers) ExpectContiguous(tier, grid);
  }
}

TEST(Ctm, ALineAPhoneInSeconds) {
  std::istringstream lines(ToCtm(SampleReport()));
  std::string recording, channel, token;
  double start = 0.0, duration = 0.0, confidence = 0.0, last_start = 0.0;
  int num_lines = 0;
  while (lines >> recording >> channel >> start >> duration >> token >> confidence) {
    EXPECT_EQ(recording, "recording");
    EXPECT_EQ(channel, "1");
    EXPECT_GE(start, last_start);
    EXPECT_GE(duration, 0.0);
    EXPECT_TRUE(confidence >= 0.0 && confidence <= 1.0);
    last_start = start;
    ++num_lines;
  }
  EXPECT_TRUE(lines.eof());
  EXPECT_EQ(num_lines, 12);
}

// RFC 4180, section 2.
std::vector<std::vector<std::string>> ReadCsv(const std::string& text) {
  std::vector<std::vector<std::string>> records(1, {""});
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_quotes) {
      if (c != '"') {
        records.back().back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        records.back().back() += text[++i];
      } else {
        in_quotes = false;
      }
    } else if (c == '"') {
      EXPECT_EQ(records.back().back(), "") << "a quote inside a bare field";
      in_quotes = true;
    } else if (c == ',') {
      records.back().emplace_back();
    } else if (c == '\r') {
      EXPECT_EQ(text.substr(i, 2), "\r\n");
      ++i;
      if (i + 1 < text.size()) records.push_back({""});
    } else {
      EXPECT_NE(c, '\n') << "a bare line feed";
      records.back().back() += c;
    }
  }
  EXPECT_FALSE(in_quotes);
  return records;
}

TEST(Csv, IsARowAPhoneWithAHeader) {
  const std::vector<std::vector<std::string>> records = ReadCsv(ToCsv(SampleReport()));
  ASSERT_THAT(records, SizeIs(1 + 12));
  const auto column = [&](const std::string& name) {
    const auto found = std::find(records[0].begin(), records[0].end(), name);
    EXPECT_NE(found, records[0].end()) << name;
    return static_cast<std::size_t>(found - records[0].begin());
  };
  for (const std::vector<std::string>& record : records) EXPECT_EQ(record.size(), records[0].size());
  EXPECT_EQ(records[2][column("word")], "quick");
  EXPECT_EQ(records[2][column("expected")], "W");
  EXPECT_EQ(records[2][column("actual")], "V");
  EXPECT_EQ(records[2][column("error")], "substitution");
  EXPECT_EQ(records[2][column("score")], "0.4000");
  EXPECT_EQ(records[1][column("gop_nats")], "0.0000");
  EXPECT_EQ(records[8][column("expected")], "");
  EXPECT_EQ(records[8][column("suggestion")], "No extra “uh” here, stop \"cleanly\".");
  EXPECT_EQ(records[11][column("word")], "caf\"é, \"");
  EXPECT_EQ(records[11][column("suggestion")], "Do not drop the “f”.\nAgain!");
  EXPECT_EQ(records[11][column("actual")], "");
}

TEST(Exports, AWordThatWasLeftOutHasNoTime) {
  Report report = SampleReport();
  EXPECT_NE(ToTextGrid(report).find("\"quick\""), std::string::npos);
  EXPECT_NE(ToCtm(report).find(" W "), std::string::npos);
  report.words[0].omission_probability = 0.5;
  EXPECT_EQ(ToTextGrid(report).find("\"quick\""), std::string::npos);
  EXPECT_EQ(ToCtm(report).find(" W "), std::string::npos);
  EXPECT_NE(ToCsv(report).find("quick"), std::string::npos) << "the table has it, with its probability";
}

}  // namespace
}  // namespace higgins
