// Formats that go through an ffmpeg process. Skipped where none is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "audio/child_process.h"
#include "audio/decode.h"
#include "audio/recordings.h"

namespace higgins::audio {
namespace {

using testing::ByteVector;
using ::testing::HasSubstr;
using testing::Signal;
using testing::SignalToErrorDb;

constexpr double kSeconds = 0.5;

class Ffmpeg : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("ffmpeg -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no ffmpeg on PATH";
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = std::filesystem::temp_directory_path() / ("higgins-" + name + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream wav(folder_ / "in.wav", std::ios::binary);
    const ByteVector bytes = testing::FloatWav(Signal(44100, kSeconds), 44100);
    wav.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// `options` of ffmpeg's output and a file name whose extension names the format.
  ByteVector Make(const std::string& options, const std::string& name) {
    const std::string in = (folder_ / "in.wav").string(), out = (folder_ / name).string();
    const std::string command = "ffmpeg -v error -i " + in + " " + options + " " + out + " 2>/dev/null";
    return std::system(command.c_str()) == 0 ? testing::ReadBytes(out) : ByteVector{};
  }

  std::filesystem::path folder_;
};

TEST_F(Ffmpeg, ReadsWhatLibsndfileDoesNot) {
  const std::pair<const char*, const char*> cases[] = {{"-b:a 128k", "a.m4a"},
                                                       {"-b:a 128k -movflags +faststart", "fast.m4a"},
                                                       {"-b:a 128k", "a.aac"},
                                                       {"", "a.aiff"},
                                                       {"", "a.caf"},
                                                       {"-c:a libvorbis", "a.webm"},
                                                       {"-c:a alac", "alac.m4a"}};
  for (const auto& [options, name] : cases) {
    const ByteVector bytes = Make(options, name);
    if (bytes.empty()) continue;  // this ffmpeg lacks the encoder
    const Result<Clip> clip = Decode(bytes, {});
    ASSERT_TRUE(clip) << name << ": " << clip.error().message;
    EXPECT_NEAR(clip->duration_ms(), kSeconds * 1000, 80) << name;
    EXPECT_GT(SignalToErrorDb(Signal(16000, kSeconds), clip->samples, 1100), 12)
        << name;  // aac: 1024 at 44.1 kHz
  }
}

TEST_F(Ffmpeg, IsNotUsedWhenNotAllowed) {
  const Result<Clip> clip = Decode(Make("", "a.m4a"), {.allow_ffmpeg = false});
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, ErrorCode::kUnsupportedAudio);
  EXPECT_THAT(clip.error().message, HasSubstr("m4a/mp4 needs ffmpeg"));
}

TEST_F(Ffmpeg, MissingProgramSaysWhatToDo) {
  const ByteVector bytes = Make("", "a.m4a");
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const Result<Clip> clip = Decode(bytes, {});
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, ErrorCode::kUnsupportedAudio);
  EXPECT_THAT(clip.error().message, HasSubstr("needs ffmpeg, which is not on PATH: install it, or convert"));
}

TEST_F(Ffmpeg, DamageIsReportedInOneLine) {
  ByteVector bytes = Make("", "a.m4a");
  bytes.resize(bytes.size() / 2);
  const Result<Clip> clip = Decode(bytes, {});
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, ErrorCode::kBadAudio);
  EXPECT_THAT(clip.error().message, HasSubstr("the m4a/mp4 cannot be decoded (ffmpeg: "));
  EXPECT_EQ(clip.error().message.find('\n'), std::string::npos);
}

TEST_F(Ffmpeg, LengthLimitHolds) {
  const Result<Clip> clip = Decode(Make("", "a.m4a"), {.max_duration_s = 0.2});
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, ErrorCode::kAudioTooLong) << clip.error().message;
}

TEST_F(Ffmpeg, LeavesNoChildBehind) {
  const ByteVector bytes = Make("", "a.m4a");
  for (const double limit : {60.0, 0.2}) Decode(bytes, {.max_duration_s = limit}).has_value();
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // no children at all
}

TEST(ChildProcess, IsKilledWhenItsTimeIsUp) {
  const auto start = std::chrono::steady_clock::now();
  {
    ChildLimits limits;
    limits.wall_time = std::chrono::milliseconds(200);
    Result<ChildProcess> child = ChildProcess::Start({"sleep", "60"}, {}, limits);
    ASSERT_TRUE(child) << child.error().message;
    ByteVector block(100);
    const Result<std::size_t> read = child->Read(block);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "the time is up");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(ChildProcess, GetsItsInputAndNothingElse) {
  const ByteVector input = testing::FromText("seekable");
  Result<ChildProcess> child =
      ChildProcess::Start({"sh", "-c",
                           "cat; cat /dev/stdin; env | grep -v -e ^PATH= -e ^PWD= -e ^_= -e ^SHLVL= -e "
                           "^OLDPWD=; ls /proc/self/fd | wc -l; echo bad >&2; exit 3"},
                          input, {});
  ASSERT_TRUE(child) << child.error().message;
  std::string output;
  ByteVector block(100);
  for (;;) {
    const Result<std::size_t> read = child->Read(block);
    ASSERT_TRUE(read) << read.error().message;
    if (*read == 0) break;
    output.append(reinterpret_cast<const char*>(block.data()), *read);
  }
  EXPECT_EQ(child->Wait(), 3);
  EXPECT_EQ(child->error_output(), "bad\n");
  // cat read it through, a second open starts anew; four descriptors: the standard three and ls's own.
  EXPECT_EQ(output, "seekableseekable4\n");
}

}  // namespace
}  // namespace higgins::audio
