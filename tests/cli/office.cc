#include "tests/cli/office.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "gmock/gmock.h"

namespace holdfast::testing {
namespace {

constexpr char kMarker[] = "fixture";  // in every value that a test puts in

constexpr char kWallVariable[] = "HF_CLOCK_SHIFT";
constexpr char kSteadyVariable[] = "HF_STEADY_SHIFT";
constexpr const char* kClockVariables[] = {"LD_PRELOAD", kWallVariable, kSteadyVariable};

// For the programs that are started from now on.
void PreloadClocks() {
  if (std::getenv("LD_PRELOAD") != nullptr) return;
  setenv("LD_PRELOAD", HF_CLOCK_SHIFT_LIBRARY, 1);
  const char* const asan = std::getenv("ASAN_OPTIONS");
  const std::string options = asan == nullptr ? "" : std::string(asan) + ":";
  setenv("ASAN_OPTIONS", (options + "verify_asan_link_order=0").c_str(), 1);  // the library does not allocate
}

std::string Line(const Args& args) {
  std::string line;
  for (const std::string& arg : args) line += " " + arg.substr(0, 80);
  return line;
}

Args WithJson(const Args& args) {
  Args all{"-o", "json"};
  all.insert(all.end(), args.begin(), args.end());
  return all;
}

void ExpectRefusal(const Outcome& outcome, int exit_code, const std::string& holder, const Args& args) {
  EXPECT_EQ(outcome.exit_code, exit_code) << holder << Line(args) << "\n" << outcome.out << outcome.err;
  EXPECT_EQ(outcome.out, "") << holder << Line(args);
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, ::testing::Not(::testing::HasSubstr(kMarker))) << holder << Line(args);
}

}  // namespace

Office::Office() {
  if (!Start()) {
    ADD_FAILURE() << "the server did not start: " << server_log();
    std::abort();
  }
  EnrollOfficer();
}

Office::~Office() {
  for (const char* name : kClockVariables) unsetenv(name);
  if (Running()) {
    EXPECT_EQ(Stop(SIGTERM), 0);
  }
  EXPECT_THAT(server_log(), ::testing::Not(::testing::HasSubstr(kMarker)));
  EXPECT_THAT(server_log(), ::testing::Not(::testing::HasSubstr("hf1:")));
}

void Office::Restart() {
  ASSERT_EQ(Stop(SIGTERM), 0) << server_log();
  ASSERT_TRUE(Start()) << server_log();
}

void Office::SetShift(const char* variable, std::int64_t seconds) const {
  const std::string path = dir() / variable;
  if (std::getenv(variable) == nullptr) {
    WriteFile(path, std::string(sizeof seconds, '\0'));
    PreloadClocks();
    setenv(variable, path.c_str(), 1);
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);  // in place: it is mapped
  file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
  file.close();
  ASSERT_TRUE(file.good());
}

void Office::RestartAhead(std::int64_t seconds) {
  SetShift(kWallVariable, ahead_ = seconds);
  Restart();
}

void Office::LetPass(std::int64_t seconds) {
  const bool first = std::getenv(kSteadyVariable) == nullptr;
  if (first) {  // the server must see the clock move: what passed before its start does not count
    SetShift(kSteadyVariable, passed_);
    Restart();
  }
  SetShift(kSteadyVariable, passed_ += seconds);
}

void Office::LetDaysPass(int days) {
  constexpr std::int64_t kDaySeconds = 24 * 3600;
  const bool first = std::getenv(kWallVariable) == nullptr;
  if (first) {
    SetShift(kWallVariable, ahead_);
    Restart();
  }
  SetShift(kWallVariable, ahead_ += days * kDaySeconds);
}

void Office::AwaitServerCertificate(const std::string& holder) const {
  constexpr int kCalls = 1000;
  for (int i = 0; i < kCalls; ++i) {
    const std::string err = Cli(holder, {"status"}).err;
    if (err.find("the server's certificate ended") == err.npos) return;
    ASSERT_THAT(err, ::testing::HasSubstr("set the clock that is wrong, or restart holdfastd"));
  }
  FAIL() << "the server's certificate was not renewed: " << server_log();
}

std::string Office::Ok(const std::string& holder, const Args& args, const std::string& input) const {
  const Outcome outcome = Cli(holder, args, input);
  EXPECT_EQ(outcome.exit_code, 0) << holder << Line(args) << "\n" << outcome.err;
  return outcome.out;
}

Json Office::Get(const std::string& holder, const Args& args, const std::string& input) const {
  const std::string out = Ok(holder, WithJson(args), input);
  Json json = Json::parse(out, nullptr, /*allow_exceptions=*/false);
  EXPECT_TRUE(json.is_object()) << holder << Line(args) << "\n" << out;
  return json.is_object() ? json : Json::object();
}

std::string Office::Refused(int exit_code, const std::string& holder, const Args& args,
                            const std::string& input) const {
  const Outcome outcome = Cli(holder, args, input);
  ExpectRefusal(outcome, exit_code, holder, args);
  const std::string prefix = "holdfast: ";
  EXPECT_EQ(outcome.err.substr(0, prefix.size()), prefix);
  return outcome.err.substr(std::min(prefix.size(), outcome.err.size()));
}

Json Office::Error(int exit_code, const std::string& holder, const Args& args,
                   const std::string& input) const {
  const Outcome outcome = Cli(holder, WithJson(args), input);
  ExpectRefusal(outcome, exit_code, holder, args);
  const Json json = Json::parse(outcome.err, nullptr, /*allow_exceptions=*/false);
  EXPECT_TRUE(json.is_object() && json.contains("error")) << outcome.err;
  return json.is_object() ? json.value("error", Json::object()) : Json::object();
}

void Office::AddAccount(const std::string& account, const std::string& owner, const Args& more) const {
  Args args{"account", "add", account, "--platform", "x", "--owner", owner};
  args.insert(args.end(), more.begin(), more.end());
  Ok("alice", args);
}

void Office::Put(const std::string& holder, const std::string& account, const std::string& value,
                 const std::string& secret) const {
  Ok(holder, {"secret", "put", account, secret, "--from-file", "-"}, value);
}

std::string Office::Reveal(const std::string& holder, const std::string& account, const Args& more) const {
  Args args{"secret", "reveal", account, "password"};
  args.insert(args.end(), more.begin(), more.end());
  if (std::find(args.begin(), args.end(), "--reason") == args.end())
    args.insert(args.end(), {"--reason", "to sign in"});
  return Ok(holder, args);
}

std::string Office::NewString(const std::string& holder, const std::string& by) const {
  std::string string = Ok(by, {"-q", "holder", "enroll", holder});
  EXPECT_THAT(string, ::testing::MatchesRegex("hf1:[^\n]*\n"));
  return string.substr(0, string.find('\n'));
}

std::string Office::Fingerprint(const std::string& holder) const {
  return Get(holder, {"status"}).value("callerFingerprint", "");
}

std::string Office::State() const {
  std::string state;
  for (const Args& list : std::vector<Args>{{"holder", "list"},
                                            {"account", "list", "--archived"},
                                            {"access", "list"},
                                            {"exposure", "list"},
                                            {"handover", "list"}})
    state += Ok("alice", WithJson(list));
  const Json accounts = Get("alice", {"account", "list", "--archived"});
  for (const auto& account : accounts["accounts"])
    state += Ok("alice", WithJson({"secret", "list", account["name"]}));
  return state;
}

Json Office::Events(const Args& filters, const std::string& reader) const {
  Args args{"audit", "log"};
  args.insert(args.end(), filters.begin(), filters.end());
  return Get(reader, args)["events"];
}

std::vector<std::string> Each(const Json& list, const std::string& field) {
  std::vector<std::string> values;
  for (const Json& object : list) values.push_back(object.value(field, ""));
  return values;
}

Json Where(const Json& list, const std::string& field, const std::string& value) {
  for (const Json& object : list)
    if (object.value(field, "") == value) return object;
  return nullptr;
}

std::string FixturePath(const std::string& name) {
  return std::string(HF_SOURCE_DIR) + "/tests/fixtures/" + name;
}

}  // namespace holdfast::testing
