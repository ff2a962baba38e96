#include "client/usage_error.h"

#include "gtest/gtest.h"

namespace holdfast::client {
namespace {

// "holdfast status", "holdfast account show ID [--all]", "holdfast secret put ACCOUNT".
std::string Explained(const std::vector<std::string>& words) {
  CLI::App app("test", "holdfast");
  std::string text;
  bool flag = false;
  std::string wait;
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--wait{10m}", wait);
  app.add_subcommand("status", "");
  CLI::App* account = app.add_subcommand("account", "");
  account->require_subcommand(1);
  CLI::App* show = account->add_subcommand("show", "");
  show->add_option("ID", text)->required();
  show->add_flag("--all", flag);
  account->add_subcommand("list", "");
  CLI::App* put = app.add_subcommand("secret", "")->add_subcommand("put", "");
  put->add_option("ACCOUNT", text)->required();
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return ExplainUsage(app, error);
  }
  return "";
}

TEST(UsageError, NamesTheUnknownCommandAndThoseThatThereAre) {
  EXPECT_EQ(Explained({"bogus", "now"}), "there is no command bogus: say status, account, secret");
  EXPECT_EQ(Explained({"account", "bogus", "x"}), "there is no command account bogus: say account show|list");
  EXPECT_EQ(Explained({"account"}), "name a command: account show|list");
}

TEST(UsageError, NamesTheCommandThatWasProbablyMeant) {
  EXPECT_EQ(Explained({"statu"}), "there is no command statu; did you mean status?");
  EXPECT_EQ(Explained({"secret", "putt", "x"}), "there is no command secret putt; did you mean secret put?");
}

TEST(UsageError, SaysHowADurationIsGivenToWait) {
  EXPECT_EQ(Explained({"status", "--wait", "5m"}),
            "5m is not expected here; for how long to wait, write --wait=5m");
}

TEST(UsageError, RepeatsWhatIsTooMuchInTheOrderItWasTyped) {
  EXPECT_EQ(Explained({"status", "one", "two", "three"}), "one two three is not expected here");
  EXPECT_EQ(Explained({"account", "show", "x", "--bogus", "y"}), "there is no option --bogus here");
  EXPECT_EQ(Explained({"--bogus", "status"}), "there is no option --bogus here");
  EXPECT_EQ(Explained({"account", "show"}), "ID is required");
}

TEST(UsageError, NeverRepeatsWhatCouldBeASecret) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"secret", "put", "news", "hunter2"},
                                             {"secret", "put", "news", "--value", "hunter2"},
                                             {"secret", "put", "news", "--value=hunter2"},
                                             {"secret", "put", "--hunter2"}}) {
    const std::string said = Explained(words);
    EXPECT_NE(said.find("your shell's history"), said.npos) << said;
    EXPECT_EQ(said.find("hunter2"), said.npos) << said;
  }
}

}  // namespace
}  // namespace holdfast::client
