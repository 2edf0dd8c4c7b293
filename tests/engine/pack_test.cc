#include "engine/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/sha256.h"
#include "support/tiny_speech.h"

namespace higgins {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Files = std::map<std::string, std::vector<std::byte>>;

constexpr const char* kTinyPack = HIGGINS_SOURCE_DIR "/tests/data/tiny_pack";

// The tiny pack in memory, so that each test can damage its own copy.
Files TinyFiles() {
  Files files;
  const FolderSource folder(kTinyPack);
  for (const auto& entry : std::filesystem::directory_iterator(kTinyPack)) {
    const std::string name = entry.path().filename().string();
    files[name] = *folder.Read(name);
  }
  return files;
}

nlohmann::json ManifestOf(const Files& files) {
  const std::vector<std::byte>& bytes = files.at("manifest.json");
  return nlohmann::json::parse(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Error ErrorOf(const Files& files) {
  const Result<Pack> pack = LoadPack(MemorySource(files), {});
  EXPECT_FALSE(pack);
  return pack ? Error{} : pack.error();
}

TEST(Sha256Hex, KnownAnswers) {  // FIPS 180-4 examples
  EXPECT_EQ(Sha256Hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex(testing::ToBytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(LoadPack, LoadsFromAFolderAndFromMemory) {
  const Result<Pack> from_folder = LoadPack(FolderSource(kTinyPack), {});
  ASSERT_TRUE(from_folder) << from_folder.error().message;
  EXPECT_EQ(from_folder->info.name, "tiny");
  EXPECT_EQ(from_folder->info.num_phones, 39);
  EXPECT_EQ(from_folder->info.calibration_version, "tiny-1");
  EXPECT_GT(from_folder->info.size_bytes, 50'000U);
  const Result<Pack> from_memory = LoadPack(MemorySource(TinyFiles()), {});
  ASSERT_TRUE(from_memory) << from_memory.error().message;
  EXPECT_EQ(from_memory->info.directory, "memory");
}

TEST(LoadPack, NamesTheFolderThatIsNoPack) {
  const Result<Pack> pack = LoadPack(FolderSource("/nonexistent"), {});
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(pack.error().message, HasSubstr("/nonexistent"));
}

TEST(LoadPack, RefusesAFileThatWasChanged) {
  for (const char* name : {"acoustic.onnx", "scorer.onnx", "lexicon.bin", "g2p.bin", "suggestions.json"}) {
    Files files = TinyFiles();
    files[name][files[name].size() / 2] ^= std::byte{1};
    const Error error = ErrorOf(files);
    EXPECT_EQ(error.code, ErrorCode::kBadPack);
    EXPECT_THAT(error.message, AllOf(HasSubstr(name), HasSubstr("expected sha256"), HasSubstr("it has")));
  }
}

TEST(LoadPack, RefusesAChangedGraphAlsoWhereACompiledOneIsKept) {
  std::string folder = (std::filesystem::temp_directory_path() / "higgins-pack-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  AssessorOptions options;
  options.cache_directory = folder;
  EXPECT_TRUE(LoadPack(MemorySource(TinyFiles()), options));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2);
  EXPECT_TRUE(LoadPack(MemorySource(TinyFiles()), options));
  for (const char* name : {"acoustic.onnx", "scorer.onnx"}) {
    Files files = TinyFiles();
    files[name][files[name].size() / 2] ^= std::byte{1};
    const Result<Pack> pack = LoadPack(MemorySource(files), options);
    EXPECT_FALSE(pack) << name;
    if (!pack) {
      EXPECT_EQ(pack.error().code, ErrorCode::kBadPack);
    }
  }
  std::filesystem::remove_all(folder);
}

TEST(LoadPack, RefusesAFileThatWasCutOffOrIsMissing) {
  Files files = TinyFiles();
  files["scorer.onnx"].pop_back();
  EXPECT_THAT(ErrorOf(files).message, AllOf(HasSubstr("scorer.onnx: expected"), HasSubstr("bytes, it has")));
  files.erase("scorer.onnx");
  const Error missing = ErrorOf(files);
  EXPECT_EQ(missing.code, ErrorCode::kBadPack);
  EXPECT_THAT(missing.message, HasSubstr("scorer.onnx"));
}

TEST(LoadPack, RefusesAManifestThatDoesNotFitTheGraphs) {
  Files files = TinyFiles();
  nlohmann::json manifest = ManifestOf(files);
  manifest["state_dim"] = 512;
  files["manifest.json"] = testing::ToBytes(manifest.dump());
  EXPECT_THAT(ErrorOf(files).message, AllOf(HasSubstr("acoustic.onnx"), HasSubstr("state_dim")));

  manifest = ManifestOf(TinyFiles());
  manifest["files"].erase("g2p");
  files["manifest.json"] = testing::ToBytes(manifest.dump());
  EXPECT_THAT(ErrorOf(files).message, HasSubstr("names no file for \"g2p\""));
}

TEST(LoadPack, RefusesOptionsOutOfTheirRange) {
  AssessorOptions options;
  options.threads_per_request = 0;
  EXPECT_EQ(LoadPack(MemorySource(TinyFiles()), options).error().code, ErrorCode::kInvalidArgument);
  options = {};
  options.concurrent_requests = 65;
  EXPECT_EQ(LoadPack(MemorySource(TinyFiles()), options).error().code, ErrorCode::kInvalidArgument);
}

TEST(LoadPack, RunsAnotherAcousticGraphWhenAsked) {
  AssessorOptions options;
  options.acoustic_graph = std::string(kTinyPack) + "/scorer.onnx";
  const Result<Pack> wrong = LoadPack(FolderSource(kTinyPack), options);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("scorer.onnx"));
  options.acoustic_graph = std::string(kTinyPack) + "/acoustic.onnx";
  EXPECT_TRUE(LoadPack(FolderSource(kTinyPack), options));
}

}  // namespace
}  // namespace higgins
