#include "engine/graph_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace higgins {
namespace {

namespace fs = std::filesystem;

class GraphCacheTest : public ::testing::Test {
 protected:
  GraphCacheTest() {
    std::string pattern = (fs::temp_directory_path() / "higgins-cache-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~GraphCacheTest() override { fs::remove_all(folder_); }

  std::vector<fs::path> Files() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder_)) out.push_back(entry.path());
    return out;
  }
  /// The only file that there is.
  fs::path File() const {
    EXPECT_EQ(Files().size(), 1U);
    return Files().front();
  }

  fs::path folder_;
  const std::string bytes_ = std::string("a\0b", 3) + std::string(100000, 'x');
};

TEST_F(GraphCacheTest, GivesBackWhatWasKeptUnderTheKey) {
  const GraphCache cache(folder_ / "made" / "when needed");
  EXPECT_EQ(cache.Read("one"), "");
  cache.Write("one", bytes_);
  EXPECT_EQ(cache.Read("one"), bytes_);
  EXPECT_EQ(cache.Read("two"), "");
  cache.Write("one", "replaced");
  EXPECT_EQ(GraphCache(folder_ / "made" / "when needed").Read("one"), "replaced");
}

TEST_F(GraphCacheTest, WithoutAFolderNothingIsKept) {
  const GraphCache cache{{}};
  EXPECT_FALSE(cache.is_on());
  cache.Write("one", bytes_);
  EXPECT_EQ(cache.Read("one"), "");
}

TEST_F(GraphCacheTest, WhatWasDamagedIsNotThere) {
  const GraphCache cache(folder_);
  cache.Write("one", bytes_);
  const fs::path file = File();
  std::string content;
  {
    std::ifstream in(file, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto write = [&](const std::string& damaged) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
  };
  std::string flipped = content;
  flipped[content.size() / 2] ^= 1;
  for (const std::string& damaged : {std::string(), content.substr(0, 64),
                                     content.substr(0, content.size() - 1), content + "x", flipped}) {
    write(damaged);
    EXPECT_EQ(cache.Read("one"), "") << damaged.size();
  }
  write(content);
  EXPECT_EQ(cache.Read("one"), bytes_);
  std::error_code ignored;  // some file systems cannot
  fs::resize_file(file, std::uintmax_t{1} << 42, ignored);
  if (!ignored) {
    EXPECT_EQ(cache.Read("one"), "");
  }
}

TEST_F(GraphCacheTest, WhatOthersCouldHaveWrittenIsNotRead) {
  const GraphCache cache(folder_);
  cache.Write("one", bytes_);
  const fs::path file = File();
  fs::permissions(file, fs::perms::group_write, fs::perm_options::add);
  EXPECT_EQ(cache.Read("one"), "");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(cache.Read("one"), bytes_);
  const fs::path elsewhere = folder_ / "elsewhere";
  fs::rename(file, elsewhere);
  fs::create_symlink(elsewhere, file);
  EXPECT_EQ(cache.Read("one"), "");
}

TEST_F(GraphCacheTest, AFolderThatOthersMayWriteToIsNotUsed) {
  const GraphCache cache(folder_);
  cache.Write("one", bytes_);
  fs::permissions(folder_, fs::perms::others_write, fs::perm_options::add);
  EXPECT_EQ(cache.Read("one"), "");
  cache.Write("two", bytes_);
  EXPECT_EQ(Files().size(), 1U);
}

TEST_F(GraphCacheTest, AFileUnderAnothersNameIsNone) {
  const GraphCache cache(folder_);
  cache.Write("one", bytes_);
  const fs::path one = File();
  cache.Write("two", "other");
  for (const fs::path& file : Files())
    if (file != one) fs::rename(file, one);
  EXPECT_EQ(cache.Read("one"), "");
}

TEST_F(GraphCacheTest, AFolderThatCannotBeMadeIsNoError) {
  std::ofstream(folder_ / "file") << "x";
  const GraphCache cache(folder_ / "file" / "folder");
  cache.Write("one", bytes_);
  EXPECT_EQ(cache.Read("one"), "");
}

TEST_F(GraphCacheTest, WhatNobodyReadForAMonthGoes) {
  const GraphCache cache(folder_);
  cache.Write("unread", bytes_);
  const fs::path unread = File();
  cache.Write("read", bytes_);
  const std::string digits(32, 'a');
  const std::vector<std::string> of_the_user{
      "notes",           "x.graph", "social.graphml", digits, digits + ".graphs", digits + ".graph-123456",
      digits + "f.graph"};
  for (const std::string& name : of_the_user) std::ofstream(folder_ / name) << "x";
  std::ofstream(folder_ / (digits + ".graph.a1B2c3")) << "an interrupted write";
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 31);
  for (const fs::path& file : Files()) fs::last_write_time(file, long_ago);
  EXPECT_EQ(cache.Read("read"), bytes_);  // and is young again
  cache.Write("new", bytes_);
  EXPECT_FALSE(fs::exists(unread));
  EXPECT_EQ(cache.Read("read"), bytes_);
  EXPECT_EQ(cache.Read("new"), bytes_);
  for (const std::string& name : of_the_user) EXPECT_TRUE(fs::exists(folder_ / name)) << name;
  EXPECT_EQ(Files().size(), 2 + of_the_user.size());
}

TEST_F(GraphCacheTest, ManyMayWriteAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const GraphCache cache(folder_);
      for (int round = 0; round < 20; ++round) {
        cache.Write("one", bytes_);
        EXPECT_EQ(cache.Read("one"), bytes_);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  File();  // no partial one is left
}

}  // namespace
}  // namespace higgins
