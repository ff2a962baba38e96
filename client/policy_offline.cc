#include "client/policy_offline.h"

#include <chrono>

#include "client/policy_file.h"
#include "client/policy_online.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "vault/policy/diff.h"
#include "vault/policy/fixture.h"
#include "vault/policy/lint.h"
#include "vault/policy/lockout.h"
#include "vault/policy/parse.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDefaultLines = 10;

bool WantsTable(const Globals& globals) { return globals.format() == OutputFormat::kTable; }

absl::Status WriteJson(const Json& json) {
  return WriteOut(json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n");
}

// "1 rule", "2 rules".
std::string Counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// --- lint

struct LintOptions {
  std::vector<std::string> files;
};

struct Linted {
  std::size_t rules = 0;
  policy::LintReport report;
  std::int64_t millis = 0;
};

Linted LintText(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  policy::Parsed parsed = policy::Parse(text);
  Linted linted{.rules = parsed.document.rules.size(), .report = {}};
  if (parsed.problems.empty()) {
    linted.report = policy::Lint(parsed.document);
    const std::string locked_out = policy::LockOut(policy::Bundle(std::move(parsed.document)));
    if (!locked_out.empty()) linted.report.problems.push_back({.at = {1, 1}, .message = locked_out});
  } else {
    linted.report.problems = std::move(parsed.problems);
  }
  const auto taken = std::chrono::steady_clock::now() - start;
  linted.millis = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
  return linted;
}

absl::Status PrintLinted(const Globals& globals, const std::string& path, const Linted& linted) {
  const policy::LintReport& report = linted.report;
  if (!WantsTable(globals))
    return WriteJson({{"file", path},
                      {"rules", linted.rules},
                      {"assertions", report.assertions},
                      {"points", report.points},
                      {"millis", linted.millis},
                      {"problems", ProblemsJson(report.problems)}});
  if (!report.problems.empty()) return PrintProblems(globals, path, report.problems);
  return WriteOut(
      Printable(fmt::format("{}: {}, {} proved over {} in {} ms", path, Counted(linted.rules, "rule"),
                            Counted(report.assertions, "assertion"), Counted(report.points, "point"),
                            linted.millis)) +
      "\n");
}

absl::Status RunLint(const Globals& globals, const LintOptions& options) {
  absl::Status worst;
  for (const std::string& path : options.files) {
    HF_ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
    const Linted linted = LintText(text);
    HF_RETURN_IF_ERROR(PrintLinted(globals, path, linted));
    if (!linted.report.problems.empty()) worst = BadPolicyFile(path, linted.report.problems.size());
  }
  return worst;
}

// --- test

struct TestOptions {
  std::string file;
  std::vector<std::string> tests;
};

// The cases of one file; adds to the counts.
absl::Status RunTestFile(const Globals& globals, const policy::Bundle& bundle, const std::string& path,
                         std::size_t& cases, std::size_t& failed) {
  HF_ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
  const policy::Fixture fixture = policy::ParseFixture(text);
  if (!fixture.problems.empty()) {
    HF_RETURN_IF_ERROR(PrintProblems(globals, path, fixture.problems));
    absl::Status bad = BadPolicyFile(path, fixture.problems.size());
    if (!WantsTable(globals)) AddDetail(bad, "problems", policy::Listed(fixture.problems));
    return bad;
  }
  std::string told;
  Json list = Json::array();
  std::size_t failed_here = 0;
  for (const policy::Outcome& outcome : policy::RunFixture(bundle, fixture.cases)) {
    list.push_back({{"name", outcome.of->name},
                    {"line", outcome.of->at.line},
                    {"passed", outcome.passed()},
                    {"rule", outcome.explanation.decision.rule}});
    if (outcome.passed()) continue;
    ++failed_here;
    list.back()["fault"] = outcome.fault;
    told += Printable(fmt::format("{}:{}:{}: {}: {}", path, outcome.of->at.line, outcome.of->at.column,
                                  outcome.of->name, outcome.fault)) +
            "\n";
    for (const std::string& line : policy::LinesOf(outcome.explanation))
      told += "    " + Printable(line) + "\n";
  }
  cases += fixture.cases.size();
  failed += failed_here;
  if (!WantsTable(globals)) return WriteJson({{"file", path}, {"failed", failed_here}, {"cases", list}});
  if (failed_here == 0)
    told = Printable(fmt::format("{}: {} passed", path, Counted(fixture.cases.size(), "case"))) + "\n";
  return WriteOut(told);
}

absl::Status RunTests(const Globals& globals, const TestOptions& options) {
  HF_ASSIGN_OR_RETURN(policy::Document document, LoadPolicy(globals, options.file));
  const policy::Bundle bundle(std::move(document));
  std::size_t cases = 0;
  std::size_t failed = 0;
  for (const std::string& path : options.tests)
    HF_RETURN_IF_ERROR(RunTestFile(globals, bundle, path, cases, failed));
  if (failed == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "POLICY_TESTS_FAILED",
                   fmt::format("{} of {} failed", failed, Counted(cases, "case")));
}

// --- diff

struct DiffOptions {
  std::string before;
  std::string after;
  std::size_t lines = kDefaultLines;
};

Json ToJson(const policy::Difference& difference) {
  Json changes = Json::array();
  for (const policy::Change& change : difference.changes)
    changes.push_back({{"action", policy::ActionName(change.action)},
                       {"where", change.where},
                       {"before", change.before},
                       {"after", change.after},
                       {"ruleBefore", change.rule_before},
                       {"ruleAfter", change.rule_after},
                       {"points", change.points}});
  Json omitted = Json::array();
  for (const policy::Omitted& each : difference.omitted)
    omitted.push_back(
        {{"action", policy::ActionName(each.action)}, {"changes", each.changes}, {"points", each.points}});
  return {{"changedPoints", difference.changed},
          {"points", difference.points},
          {"changes", changes},
          {"omitted", omitted},
          {"limits", difference.limits}};
}

absl::StatusOr<policy::Document> FileOrVaults(const Globals& globals, const std::string& text) {
  return NamesVaultsPolicy(text) ? FetchPolicy(text) : LoadPolicy(globals, text);
}

absl::Status RunDiff(const Globals& globals, const DiffOptions& options) {
  HF_ASSIGN_OR_RETURN(const policy::Document before, FileOrVaults(globals, options.before));
  HF_ASSIGN_OR_RETURN(const policy::Document after, FileOrVaults(globals, options.after));
  HF_ASSIGN_OR_RETURN(const policy::Difference difference, policy::Diff(before, after, options.lines));
  return WantsTable(globals) ? WriteOut(DifferenceText(difference)) : WriteJson(ToJson(difference));
}

}  // namespace

std::string DifferenceText(const policy::Difference& difference) {
  std::string text;
  for (const policy::Action action : policy::AllActions()) {
    std::string lines;
    for (const policy::Change& change : difference.changes) {
      if (change.action != action) continue;
      lines += fmt::format("  {}:\n    {} ({}) -> {} ({})\n", change.where.empty() ? "always" : change.where,
                           change.before, change.rule_before, change.after, change.rule_after);
    }
    for (const policy::Omitted& each : difference.omitted) {
      if (each.action == action)
        lines += fmt::format("  and {} more ({})\n", each.changes, Counted(each.points, "point"));
    }
    if (!lines.empty()) text += fmt::format("{}\n{}", policy::ActionName(action), lines);
  }
  if (!difference.limits.empty()) text += "limits\n";
  for (const std::string& limit : difference.limits) text += fmt::format("  {}\n", limit);
  if (difference.none())
    return text + fmt::format("nothing changes, of {}\n", Counted(difference.points, "point"));
  return text +
         fmt::format("{} of {} decided otherwise\n", difference.changed, Counted(difference.points, "point"));
}

void AddPolicyOfflineCommands(CLI::App& group, Invocation& invocation) {
  AddCommand<LintOptions>(
      group, invocation, "lint",
      "Check policy files: every rule can be reached, every assertion holds everywhere; needs no vault",
      [](CLI::App& command, LintOptions& options) {
        command.add_option("FILE", options.files, "Policies")->required();
      },
      RunLint);
  AddCommand<TestOptions>(
      group, invocation, "test", "Run files of tests against a policy file; needs no vault",
      [](CLI::App& command, TestOptions& options) {
        command.add_option("FILE", options.file, "The policy")->required();
        command.add_option("TESTS", options.tests, "Files of [[case]]")->required();
      },
      RunTests);
  AddCommand<DiffOptions>(
      group, invocation, "diff",
      "Which decisions change from one policy to another; needs no vault for files",
      [](CLI::App& command, DiffOptions& options) {
        command
            .add_option("OLD", options.before,
                        "The policy as it is: a file, or the vault's: active, policies/7")
            ->required();
        command.add_option("NEW", options.after, "The policy as it would be, likewise")->required();
        command.add_option("--lines", options.lines, "At most this many changes an action")
            ->check(WholeNumber(1, 1000));
      },
      RunDiff);
}

}  // namespace holdfast::client
