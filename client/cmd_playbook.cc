#include <algorithm>

#include "client/command.h"
#include "client/playbook_files.h"
#include "client/playbook_text.h"
#include "client/policy_file.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "vault/playbook/fixture.h"
#include "vault/playbook/lint.h"
#include "vault/policy/attribute.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string directory;
  std::string platform;
  std::vector<std::string> knows;
  std::vector<std::string> relations;
  std::vector<std::string> files;
  bool facts = false;
};

bool WantsTable(const Globals& globals) { return globals.format() == OutputFormat::kTable; }

absl::Status WriteJson(const Json& json) {
  return WriteOut(json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n");
}

absl::Status List(const Globals& globals, const Options& options) {
  HF_ASSIGN_OR_RETURN(const playbook::Library library, LoadPlaybooks(globals, options.directory));
  if (WantsTable(globals)) return WriteOut(PlaybookTable(library.all()));
  Json list = Json::array();
  for (const playbook::Playbook& each : library.all()) {
    if (globals.format() == OutputFormat::kJsonLines) HF_RETURN_IF_ERROR(WriteJson(PlaybookSummary(each)));
    list.push_back(PlaybookSummary(each));
  }
  return globals.format() == OutputFormat::kJsonLines ? absl::OkStatus() : WriteJson({{"playbooks", list}});
}

// All steps, or those for a person of whom something is said.
std::vector<playbook::DueStep> StepsToShow(const playbook::Playbook& book, const Options& options) {
  if (!options.knows.empty() || !options.relations.empty())
    return StepsFor(book, {.secret_kinds = options.knows, .relations = options.relations});
  std::vector<playbook::DueStep> steps;
  for (const playbook::Step* const step : InOrder(book)) {
    steps.push_back({step, {}});
    for (const playbook::Ref& ref : step->after) steps.back().after.push_back(book.FindStep(ref.id));
  }
  return steps;
}

absl::Status Show(const Globals& globals, const Options& options) {
  HF_ASSIGN_OR_RETURN(const playbook::Library library, LoadPlaybooks(globals, options.directory));
  HF_ASSIGN_OR_RETURN(const playbook::Playbook* const book, PlaybookFor(library, options.platform));
  const auto steps = StepsToShow(*book, options);
  return WantsTable(globals) ? WriteOut(PlaybookText(*book, steps)) : WriteJson(PlaybookJson(*book, steps));
}

// --- lint

// The files that were named, those of --dir, or else those that come with the program.
absl::StatusOr<std::vector<CheckedPlaybook>> CheckAll(const Options& options) {
  std::vector<std::string> paths = options.files;
  if (!options.directory.empty()) {
    HF_ASSIGN_OR_RETURN(const std::vector<std::string> more, PlaybookFilesIn(options.directory));
    paths.insert(paths.end(), more.begin(), more.end());
  }
  std::vector<CheckedPlaybook> checked;
  for (const std::string& path : paths) {
    HF_ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
    checked.push_back(CheckPlaybook(path, text));
  }
  if (!paths.empty()) return checked;
  for (const playbook::ShippedFile& file : playbook::ShippedFiles())
    checked.push_back(CheckPlaybook(std::string(file.name), file.text));
  return checked;
}

// Adds the hosts and ids that two of them claim, or one of them and another that comes with the program.
void AddClashes(std::vector<CheckedPlaybook>& checked) {
  playbook::Library shipped = playbook::Library::Shipped();
  std::vector<playbook::Playbook> all;
  for (const playbook::Playbook& each : shipped.all()) {
    if (std::ranges::none_of(checked, [&](const auto& one) { return one.playbook.id == each.id; }))
      all.push_back(each);
  }
  const std::size_t first = all.size();
  std::vector<CheckedPlaybook*> owners;
  for (CheckedPlaybook& each : checked) {
    if (!each.problems.empty()) continue;
    all.push_back(each.playbook);
    owners.push_back(&each);
  }
  for (const playbook::Clash& clash : playbook::Clashes(all)) {
    const auto index = static_cast<std::size_t>(clash.playbook - all.data());
    if (index >= first) owners[index - first]->problems.push_back(clash.problem);
  }
}

absl::Status PrintChecked(const Globals& globals, const CheckedPlaybook& checked, bool facts) {
  const playbook::Playbook& book = checked.playbook;
  if (!WantsTable(globals)) {
    Json json = {{"file", checked.path},
                 {"problems", ProblemsJson(checked.problems)},
                 {"warnings", ProblemsJson(checked.warnings)}};
    if (facts && checked.problems.empty()) json["facts"] = FactsJson(book);
    return WriteJson(json);
  }
  HF_RETURN_IF_ERROR(PrintProblems(globals, checked.path, checked.problems));
  for (const policy::Problem& warning : checked.warnings)
    HF_RETURN_IF_ERROR(PrintProblems(globals, checked.path, {{warning.at, "warning: " + warning.message}}));
  if (!checked.problems.empty() || facts) return absl::OkStatus();
  return WriteOut(Printable(fmt::format("{}: {} holds, all ended by {} steps", checked.path,
                                        book.holds.size(), book.steps.size())) +
                  "\n");
}

absl::Status RunLint(const Globals& globals, const Options& options) {
  HF_ASSIGN_OR_RETURN(std::vector<CheckedPlaybook> checked, CheckAll(options));
  AddClashes(checked);
  absl::Status worst;
  std::vector<playbook::Playbook> sound;
  for (const CheckedPlaybook& each : checked) {
    HF_RETURN_IF_ERROR(PrintChecked(globals, each, options.facts));
    if (each.problems.empty()) {
      sound.push_back(each.playbook);
    } else {
      worst = BadPlaybookFile(each.path, each.problems.size());
    }
  }
  if (options.facts && WantsTable(globals)) HF_RETURN_IF_ERROR(WriteOut(FactTable(sound)));
  return worst;
}

// --- test

// Adds to the counts.
absl::Status RunCases(const Globals& globals, const playbook::Library& library, const std::string& path,
                      std::string_view text, std::size_t& cases, std::size_t& failed) {
  const playbook::Fixture fixture = playbook::ParseFixture(text);
  if (!fixture.problems.empty()) {
    HF_RETURN_IF_ERROR(PrintProblems(globals, path, fixture.problems));
    return BadPlaybookFile(path, fixture.problems.size());
  }
  std::size_t failed_here = 0;
  std::string told;
  Json list = Json::array();
  for (const playbook::Case& each : fixture.cases) {
    const std::string fault = Fault(library, each);
    list.push_back(
        {{"name", each.name}, {"line", each.at.line}, {"passed", fault.empty()}, {"fault", fault}});
    if (fault.empty()) continue;
    ++failed_here;
    told += Printable(fmt::format("{}:{}:{}: {}: {}", path, each.at.line, each.at.column, each.name, fault)) +
            "\n";
  }
  cases += fixture.cases.size();
  failed += failed_here;
  if (!WantsTable(globals)) return WriteJson({{"file", path}, {"failed", failed_here}, {"cases", list}});
  if (failed_here == 0)
    told = Printable(fmt::format("{}: {} cases passed", path, fixture.cases.size())) + "\n";
  return WriteOut(told);
}

absl::Status RunTests(const Globals& globals, const Options& options) {
  HF_ASSIGN_OR_RETURN(const playbook::Library library, LoadPlaybooks(globals, options.directory));
  std::size_t cases = 0;
  std::size_t failed = 0;
  for (const std::string& path : options.files) {
    HF_ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
    HF_RETURN_IF_ERROR(RunCases(globals, library, path, text, cases, failed));
  }
  if (options.files.empty())
    HF_RETURN_IF_ERROR(RunCases(globals, library, "playbooks.toml", playbook::ShippedCases(), cases, failed));
  if (failed == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "PLAYBOOK_TESTS_FAILED",
                   fmt::format("{} of {} cases failed", failed, cases));
}

void DeclareDirectory(CLI::App& command, Options& options) {
  command.add_option(
      "--dir", options.directory,
      "A directory of the organisation's own playbooks, in place of those they are named like");
}

void DeclareShow(CLI::App& command, Options& options) {
  DeclareDirectory(command, options);
  command.add_option("PLATFORM", options.platform, "A playbook's id, a URL or a host")->required();
  command
      .add_option("--knows", options.knows, "Only the steps for somebody who knows secrets of these kinds")
      ->delimiter(',')
      ->check(CLI::IsMember(
          std::vector<std::string>(policy::SecretKinds().begin(), policy::SecretKinds().end())));
  command
      .add_option("--relation", options.relations, "Only the steps for somebody who was this to the account")
      ->delimiter(',')
      ->check(CLI::IsMember({"owner", "backup", "grantee"}));
}

}  // namespace

void AddPlaybookCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group =
      AddGroup(root, "playbook",
               "What each platform lets a person keep, and the steps that take it back; needs no vault");
  AddCommand<Options>(*group, invocation, "list", "All playbooks", DeclareDirectory, List);
  AddCommand<Options>(*group, invocation, "show", "One playbook: steps, holds, sources", DeclareShow, Show);
  AddCommand<Options>(
      *group, invocation, "lint",
      "Check playbooks: every hold ends, every step can be closed, in a safe order",
      [](CLI::App& command, Options& options) {
        DeclareDirectory(command, options);
        command.add_option("FILE", options.files, "Playbooks; without any, those that come with the program");
        command.add_flag("--facts", options.facts,
                         "Print each fact with its source, or the step that checks it");
      },
      RunLint);
  AddCommand<Options>(
      *group, invocation, "test", "Run tests: which playbook a host leads to, which steps come out for whom",
      [](CLI::App& command, Options& options) {
        DeclareDirectory(command, options);
        command.add_option("TESTS", options.files, "Files of [[case]]; without any, those of the program");
      },
      RunTests);
}

}  // namespace holdfast::client
