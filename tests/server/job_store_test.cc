#include "transports/server/jobs/job_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace higgins::server::jobs {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "higgins-jobs-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  std::unique_ptr<JobStore> Open(std::int64_t retention_s = 3600) const {
    auto store = JobStore::Open(path_ / "data", retention_s);
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

const std::string kRecording(std::string("RIFF\0\xff", 6));

std::string AddJob(JobStore* store, int num_items, const std::string& owner = "me") {
  NewJob job{.owner = owner, .options = "{}", .items = {}, .recordings = {{"a", &kRecording}}};
  for (int i = 0; i < num_items; ++i) job.items.push_back({"item" + std::to_string(i), "text", "a", "{}"});
  const Result<std::string> id = store->Create(job);
  EXPECT_TRUE(id) << id.error().message;
  return *id;
}

TEST(JobStore, GivesEveryItemOnceInOrder) {
  const Folder folder;
  const auto store = folder.Open();
  const std::string id = AddJob(store.get(), 2);
  const auto first = store->Claim();
  const auto second = store->Claim();
  ASSERT_TRUE(first && *first && second && *second);
  EXPECT_EQ((*first)->item_id, "item0");
  EXPECT_EQ((*first)->audio, kRecording);
  EXPECT_EQ((*second)->item_id, "item1");
  EXPECT_FALSE(*store->Claim());
  ASSERT_TRUE(store->Finish(**second, ItemState::kFailed, "{\"b\":2}"));
  ASSERT_TRUE(store->Finish(**first, ItemState::kDone, "{\"a\":1}"));
  const auto status = store->Find(id, "me", 0, 10);
  ASSERT_TRUE(status && *status);
  EXPECT_EQ((*status)->num_done, 2);
  EXPECT_EQ((*status)->num_failed, 1);
  EXPECT_EQ((*status)->results, (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"}));
  EXPECT_EQ((*store->Find(id, "me", 1, 1))->results, (std::vector<std::string>{"{\"b\":2}"}));
}

TEST(JobStore, TakesOwnersInTurn) {
  const Folder folder;
  const auto store = folder.Open();
  AddJob(store.get(), 3, "a");
  AddJob(store.get(), 1, "b");
  AddJob(store.get(), 2, "");
  std::string owners;
  for (int i = 0; i < 6; ++i) {
    const auto work = store->Claim();
    ASSERT_TRUE(work && *work) << i;
    for (const char* owner : {"a", "b", ""}) {
      if (*store->Find((*work)->job_id, owner, 0, 1)) owners += std::string(owner) + ".";
    }
    ASSERT_TRUE(i % 2 == 1 || store->Finish(**work, ItemState::kDone, "{}"));
  }
  EXPECT_EQ(owners, "a.b..a..a.");
  EXPECT_FALSE(*store->Claim());
}

TEST(JobStore, ShowsAJobToItsOwnerOnly) {
  const Folder folder;
  const auto store = folder.Open();
  const std::string id = AddJob(store.get(), 1);
  EXPECT_TRUE(*store->Find(id, "me", 0, 1));
  EXPECT_FALSE(*store->Find(id, "you", 0, 1));
  EXPECT_FALSE(*store->Find("x", "me", 0, 1));
}

TEST(JobStore, RefusesToDoAnItemTwice) {
  const Folder folder;
  const auto store = folder.Open();
  AddJob(store.get(), 1);
  const auto work = store->Claim();
  ASSERT_TRUE(store->Finish(**work, ItemState::kDone, "{}"));
  EXPECT_FALSE(store->Finish(**work, ItemState::kDone, "{}"));
  EXPECT_EQ(*store->NumPending(), 0);
}

TEST(JobStore, GivesAgainWhatWasClaimedWhenTheProcessDied) {
  const Folder folder;
  std::string id;
  {
    const auto store = folder.Open();
    id = AddJob(store.get(), 3);
    ASSERT_TRUE(store->Finish(**store->Claim(), ItemState::kDone, "{}"));
    ASSERT_TRUE(store->Claim());  // and then nothing more is heard of it
  }
  const auto store = folder.Open();
  EXPECT_EQ(*store->NumPending(), 2);
  EXPECT_EQ((*store->Claim())->item_id, "item1");
  EXPECT_EQ((*store->Find(id, "me", 0, 10))->num_done, 1);
}

TEST(JobStore, ReleasesWhatIsNotDone) {
  const Folder folder;
  const auto store = folder.Open();
  AddJob(store.get(), 1);
  const auto work = store->Claim();
  EXPECT_FALSE(*store->Claim());
  store->Release(**work);
  EXPECT_TRUE(*store->Claim());
}

TEST(JobStore, RemovesOldJobsAndKeepsUnfinishedOnes) {
  const Folder folder;
  std::string ended;
  std::string open;
  {
    const auto store = folder.Open();
    ended = AddJob(store.get(), 1);
    ASSERT_TRUE(store->Finish(**store->Claim(), ItemState::kDone, "{}"));
    open = AddJob(store.get(), 1);
  }
  const auto store = folder.Open(/*retention_s=*/-10);
  EXPECT_FALSE(*store->Find(ended, "me", 0, 1));
  EXPECT_TRUE(*store->Find(open, "me", 0, 1));
}

TEST(JobStore, KeepsItsFilesToItself) {
  const Folder folder;
  const auto store = folder.Open();
  AddJob(store.get(), 1);
  for (const auto& entry : fs::directory_iterator(folder.path() / "data")) {
    EXPECT_EQ(entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none)
        << entry.path();
  }
}

TEST(JobStore, SaysWhenItsFolderCannotBe) {
  const auto store = JobStore::Open("/proc/nowhere", 1);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace higgins::server::jobs
