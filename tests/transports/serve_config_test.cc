#include "transports/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "transports/program.h"

namespace higgins::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { unsetenv(name_); }

 private:
  const char* name_;
};

// The flag that names a configuration file with `text`; the folder is this test's own, since tests run side
// by side.
std::string ConfigFlag(const testing::Sandbox& folder, const std::string& text) {
  testing::WriteFile(folder / "serve.toml", text);
  return "--config=" + (folder / "serve.toml").string();
}

Config Parse(const std::vector<std::string>& arguments) {
  const Result<Command> command = ParseCommandLine(arguments);
  EXPECT_TRUE(command) << command.error().message;
  return command ? command->config : Config();
}

TEST(ServeConfig, FlagsGoBeforeEnvironmentBeforeFileBeforeDefaults) {
  const testing::Sandbox folder;
  const std::string file =
      ConfigFlag(folder, "port = 1\nworkers = 3\nqueue-length = 7\npack = [\"a\", \"b\"]\n");
  EXPECT_EQ(Parse({}).port, 8080);
  EXPECT_EQ(Parse({file}).port, 1);
  EXPECT_EQ(Parse({file}).packs.size(), 2U);
  const Environment port("HIGGINS_PORT", "2");
  const Environment origins("HIGGINS_CORS_ORIGIN", "https://a.test,https://b.test");
  const Config both = Parse({file});
  EXPECT_EQ(both.port, 2);
  EXPECT_EQ(both.workers, 3);
  EXPECT_EQ(both.queue_length, 7U);
  EXPECT_THAT(both.cors_origins, ElementsAre("https://a.test", "https://b.test"));
  EXPECT_EQ(Parse({file, "--port", "3"}).port, 3);
  EXPECT_EQ(Parse({file, "--port=4"}).port, 4);
}

TEST(ServeConfig, RefusesWhatItDoesNotKnow) {
  const testing::Sandbox folder;
  const std::string file = ConfigFlag(folder, "prot = 1\n");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--prot", "1"},
                                                    {"--port", "x"},
                                                    {"--port", "70000"},
                                                    {"--workers", "0"},
                                                    {file},
                                                    {"--config=/nowhere.toml"},
                                                    {"extra"},
                                                    {"--log-level", "loud"}}) {
    const Result<Command> command = ParseCommandLine(arguments);
    ASSERT_FALSE(command) << arguments.front();
    EXPECT_EQ(command.error().message.find('\n'), std::string::npos);
  }
}

TEST(ServeConfig, SaysWhatIsWrongAndWhatToDo) {
  EXPECT_THAT(FindProblems(Parse({})), IsEmpty());
  EXPECT_THAT(FindProblems(Parse({"--host", "127.0.0.2"})), IsEmpty());
  EXPECT_THAT(FindProblems(Parse({"--host", "0.0.0.0", "--allow-anonymous"})), IsEmpty());
  EXPECT_THAT(FindProblems(Parse({"--host", "0.0.0.0"})), ElementsAre(HasSubstr("--keys FILE")));
  EXPECT_THAT(FindProblems(Parse({"--tls-key", "/nowhere"})),
              ElementsAre(HasSubstr("belong together"), HasSubstr("/nowhere")));
  EXPECT_THAT(FindProblems(Parse({"--cors-origin", "a.test/x"})), ElementsAre(HasSubstr("--cors-origin")));
  EXPECT_THAT(FindProblems(Parse({"--web-root", "/nowhere"})), ElementsAre(HasSubstr("--web-root")));
}

TEST(ServeConfig, WritesItsOwnTable) {
  const Result<Command> command = ParseCommandLine({"--print-config-table"});
  ASSERT_TRUE(command);
  EXPECT_EQ(command->action, Action::kPrintConfigTable);
  EXPECT_THAT(command->text, HasSubstr("| `--port N` | `HIGGINS_PORT` | `port` | `8080` |"));
  EXPECT_THAT(command->text, HasSubstr("`--workers N` | `HIGGINS_WORKERS` | `workers` | `the cores`"));
}

}  // namespace
}  // namespace higgins::server
