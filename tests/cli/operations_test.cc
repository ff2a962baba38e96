// docs/operations.md says what to do when something is lost. Its commands are run as they stand there, in their order.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

namespace fs = std::filesystem;

struct Command {
  int line = 0;
  std::string who;  // "host", or a holder
  std::string text;
};

// The lines of fenced blocks, "who$ command".
std::vector<Command> Commands(const std::string& path) {
  std::ifstream file(path);
  std::vector<Command> commands;
  bool fenced = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else if (fenced) {
      const std::size_t prompt = line.find("$ ");
      EXPECT_NE(prompt, std::string::npos) << path << ":" << number << ": " << line;
      if (prompt != std::string::npos)
        commands.push_back({.line = number, .who = line.substr(0, prompt), .text = line.substr(prompt + 2)});
    }
  }
  return commands;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

class Operations : public ::testing::Test {
 protected:
  Operations() {
    office.AddOmar();
    office.AddHolder("ada", "auditor", "omar");
    office.AddMember("mia");
    office.AddAccount("news", "mia");
    office.Put("mia", "news", "fixture-1");
    office.Stop(SIGTERM);
    for (const char* folder : {"srv", "backup", "mnt", "media", "media/stick", "media/other"})
      fs::create_directory(office.dir() / folder);
    fs::rename(office.data_dir(), office.dir() / "srv/holdfast");
    fs::rename(office.key_file(), office.dir() / "media/stick/holdfast.key");
    // The vault was made with the key file on the stick, as far as it knows.
    fs::create_symlink(office.dir() / "media/stick/holdfast.key", office.key_file());
    Serve({"--data-dir", Local("/srv/holdfast")});
  }
  ~Operations() override { server_.reset(); }

  // Where a path of the page lies in this test.
  std::string Local(std::string text) const {
    text = Replaced(text, "/home-of/", office.dir() / "home-");
    for (const char* top : {"/srv/", "/backup/", "/mnt/", "/media/"})
      text = Replaced(text, std::string(" ") + top, std::string(" ") + office.dir().path() + top);
    return text.starts_with('/') && !text.starts_with(office.dir().path()) ? office.dir().path() + text : text;
  }

  void Serve(Args args) {
    const std::string out = office.dir() / "operations.out";
    WriteFile(out, "");
    args.insert(args.begin(), {std::string(HF_BIN_DIR) + "/holdfastd", "serve"});
    args.insert(args.end(), {"--listen", "127.0.0.1:0"});
    server_ = std::make_unique<Daemon>(args, out, office.dir() / "operations.err");
    while (ReadFile(out).find("ready") == std::string::npos)
      ASSERT_TRUE(server_->Running()) << ReadFile(office.dir() / "operations.err");
    const auto at = std::find(args.begin(), args.end(), "--data-dir");
    api_ = Json::parse(ReadFile(*(at + 1) + "/endpoint"))["api"];
  }

  void Stop() {
    ASSERT_NE(server_, nullptr);
    EXPECT_EQ(server_->Stop(SIGTERM), 0) << ReadFile(office.dir() / "operations.err");
    server_.reset();
  }

  // As a shell runs it, with this build's programs first on the path.
  void Shell(const Command& command) {
    const Outcome outcome = testing::Run({"/bin/sh", "-c", Local(" " + command.text)}, "",
                                {"PATH=" + std::string(HF_BIN_DIR) + ":/usr/bin:/bin",
                                 "HOLDFAST_HOME=" + office.home(command.who), "HOLDFAST_SERVER=" + api_});
    EXPECT_EQ(outcome.exit_code, 0) << "docs/operations.md:" << command.line << ": " << command.text << "\n"
                                    << outcome.out << outcome.err;
  }

  void RunLine(const Command& command) {
    if (command.text == "systemctl stop holdfast") return Stop();
    if (command.text == "systemctl start holdfast") return Serve({"--data-dir", Local("/srv/holdfast")});
    if (command.text.starts_with("holdfastd serve ")) {
      std::istringstream words(Local(" " + command.text.substr(15)));
      return Serve({std::istream_iterator<std::string>(words), {}});
    }
    Shell(command);
  }

  Office office;
  std::unique_ptr<Daemon> server_;
  std::string api_;
};

TEST_F(Operations, EveryCommandOfThePageWorks) {
  const auto commands = Commands(std::string(HF_SOURCE_DIR) + "/docs/operations.md");
  ASSERT_GT(commands.size(), 30u);
  for (const Command& command : commands) {
    SCOPED_TRACE(command.text);
    ASSERT_NO_FATAL_FAILURE(RunLine(command));
    if (HasFailure()) break;
  }
  Stop();
}

}  // namespace
}  // namespace holdfast::testing
