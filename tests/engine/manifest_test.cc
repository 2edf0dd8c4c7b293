#include "engine/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace higgins {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

Json Good() {
  return Json::parse(R"({
    "format_version": 1, "name": "en-us", "language": "en-US", "version": "2026.11.1",
    "phone_set": ["<blank>", "AA", "B"], "blank": 0, "frame_shift_ms": 20.0, "sample_rate_hz": 16000,
    "state_dim": 512,
    "files": {"acoustic": {"path": "graphs/acoustic.onnx", "bytes": 12,
      "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}},
    "calibration": {"version": "c1", "detection_scale": 1.5, "detection_threshold": 0.4,
                    "insertion_scale": 2.5, "insertion_offset": 1.0}
  })");
}

TEST(ParseManifest, ReadsEveryMember) {
  const Result<Manifest> manifest = ParseManifest(Good().dump());
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->version, "2026.11.1");
  EXPECT_EQ(manifest->language, "en-US");
  EXPECT_EQ(manifest->phone_set.num_labels(), 3);
  EXPECT_EQ(manifest->phone_set.label("B"), 2);
  EXPECT_EQ(manifest->state_dim, 512);
  EXPECT_EQ(manifest->files.at("acoustic").path, "graphs/acoustic.onnx");
  EXPECT_EQ(manifest->files.at("acoustic").num_bytes, 12U);
  EXPECT_EQ(manifest->calibration_version, "c1");
  EXPECT_EQ(manifest->calibration.detection_scale, 1.5);
  EXPECT_EQ(manifest->calibration.detection_threshold, 0.4);
  EXPECT_EQ(manifest->calibration.detection_offset, Calibration{}.detection_offset);
  EXPECT_EQ(manifest->calibration.insertion_scale, 2.5);
  EXPECT_EQ(manifest->calibration.insertion_offset, 1.0);
}

TEST(ParseManifest, IgnoresWhatItDoesNotKnow) {
  Json json = Good();
  json["trained_on"] = {1, 2, 3};
  json["calibration"]["later"] = "x";
  EXPECT_TRUE(ParseManifest(json.dump()));
}

struct BadCase {
  const char* pointer;  ///< JSON pointer of the member that is changed
  const char* value;    ///< JSON; "" removes the member
  const char* in_message;
};

class ParseManifestRefuses : public ::testing::TestWithParam<BadCase> {};

TEST_P(ParseManifestRefuses, AndSaysWhichMember) {
  Json json = Good();
  const Json::json_pointer pointer(GetParam().pointer);
  if (*GetParam().value == '\0') {
    json[pointer.parent_pointer()].erase(pointer.back());
  } else {
    json[pointer] = Json::parse(GetParam().value);
  }
  const Result<Manifest> manifest = ParseManifest(json.dump());
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, ErrorCode::kBadPack);
  EXPECT_THAT(manifest.error().message, HasSubstr("manifest.json: "));
  EXPECT_THAT(manifest.error().message, HasSubstr(GetParam().in_message));
}

INSTANTIATE_TEST_SUITE_P(
    Members, ParseManifestRefuses,
    ::testing::Values(
        BadCase{"/format_version", "2", "format_version: expected 1, got 2"},
        BadCase{"/format_version", "", "format_version: missing"},
        BadCase{"/format_version", "1.0", "format_version: expected a whole number"},
        BadCase{"/name", "\"\"", "name: expected a string"},
        BadCase{"/version", "7", "version: expected a string"}, BadCase{"/language", "", "language: missing"},
        BadCase{"/phone_set", "{}", "phone_set: expected an array"},
        BadCase{"/phone_set", "[\"a\"]", "phone_set: expected an array of 2"},
        BadCase{"/phone_set/2", "\"AA\"",
                "phone_set: expected names that are not empty and differ, got \"AA\""},
        BadCase{"/phone_set/1", "\"\"", "phone_set"},
        BadCase{"/blank", "3", "blank: expected a whole number from 0 to 2"},
        BadCase{"/blank", "-1", "blank"}, BadCase{"/frame_shift_ms", "0", "frame_shift_ms"},
        BadCase{"/frame_shift_ms", "20.01", "frame_shift_ms: expected a whole number of samples"},
        BadCase{"/sample_rate_hz", "8000", "sample_rate_hz: expected 16000, got 8000"},
        BadCase{"/sample_rate_hz", "18446744073709551615", "sample_rate_hz"},
        BadCase{"/state_dim", "0", "state_dim"}, BadCase{"/files", "[]", "files: expected an object"},
        BadCase{"/files/acoustic", "\"acoustic.onnx\"", "files.acoustic: expected {path, sha256, bytes}"},
        BadCase{"/files/acoustic/path", "", "files.acoustic.path: missing"},
        BadCase{"/files/acoustic/bytes", "-1", "files.acoustic.bytes"},
        BadCase{"/files/acoustic/bytes", "1e30", "files.acoustic.bytes"},
        BadCase{"/files/acoustic/sha256", "\"0123\"", "files.acoustic.sha256: expected 64"},
        BadCase{"/calibration", "", "calibration: missing"},
        BadCase{"/calibration/detection_threshold", "1.5",
                "calibration.detection_threshold: expected a number"},
        BadCase{"/calibration/detection_scale", "null", "calibration.detection_scale"}));

TEST(ParseManifest, KeepsEveryPathInsideThePack) {
  for (const char* path : {"../acoustic.onnx", "/etc/passwd", "a/../../b", "a//b", ".", "..", "a/.", "c:\\x",
                           "a\\b", "a/", "./a", "C:x"}) {
    Json json = Good();
    json["files"]["acoustic"]["path"] = path;
    const Result<Manifest> manifest = ParseManifest(json.dump());
    ASSERT_FALSE(manifest) << path;
    EXPECT_THAT(manifest.error().message, HasSubstr("inside the pack"));
  }
  Json json = Good();
  json["files"]["acoustic"]["path"] = std::string("a\0b", 3);
  EXPECT_FALSE(ParseManifest(json.dump()));
}

TEST(ParseManifest, RefusesWhatIsNoManifest) {
  for (const std::string text : {"", "{", "[]", "null", "\xff\xfe", "{\"format_version\": 1e999}"}) {
    EXPECT_EQ(ParseManifest(text).error().code, ErrorCode::kBadPack) << text;
  }
  // Deeper than any stack, where a member is expected to be a leaf.
  const std::string deep(200000, '[');
  EXPECT_FALSE(ParseManifest("{\"format_version\": " + deep + std::string(200000, ']') + "}"));
}

// However a good manifest is damaged, the answer is a manifest or kBadPack.
RC_GTEST_PROP(ParseManifest, SurvivesDamage, ()) {
  std::string text = Good().dump();
  const int num_changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < num_changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::arbitrary<char>();
  }
  const Result<Manifest> manifest = ParseManifest(text);
  // In brackets: RC_ASSERT takes an open expression apart and evaluates both sides.
  RC_ASSERT((manifest.has_value() || manifest.error().code == ErrorCode::kBadPack));
}

}  // namespace
}  // namespace higgins
