#include <algorithm>
#include <array>

#include "client/bitwarden.h"
#include "client/command.h"
#include "client/import_run.h"
#include "client/prompt.h"
#include "client/terminal.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace holdfast::client {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 6> kOutcomes = {"created",      "unchanged", "differs",
                                                  "not compared", "skipped",   "failed"};

struct ImportOptions {
  std::string file;
  std::string format = "auto";
  std::string owner;
  std::vector<std::string> known_by;
  bool dry_run = false;
};

using Counts = std::map<std::string, int>;

Counts Count(const std::vector<ImportResult>& results) {
  Counts counts;
  for (const char* outcome : kOutcomes) counts[outcome] = 0;
  for (const ImportResult& result : results) ++counts[result.outcome];
  return counts;
}

// A dry run compares no values, so it never says that any are the same.
std::string SummaryText(const Counts& counts, bool dry_run) {
  if (!dry_run && counts.at("created") + counts.at("differs") + counts.at("failed") == 0)
    return fmt::format("nothing changed: unchanged {}, skipped {}", counts.at("unchanged"),
                       counts.at("skipped"));
  std::string text = dry_run ? "dry run, nothing was changed: " : "";
  for (const char* outcome : kOutcomes) {
    if (!dry_run && std::string_view(outcome) == "not compared") continue;
    text += fmt::format("{}{} {}", outcome == kOutcomes.front() ? "" : ", ", outcome, counts.at(outcome));
  }
  return text;
}

// The accounts that came in or would, with their secrets, in the order of the file.
std::string CreatedText(const std::vector<ImportResult>& results) {
  std::vector<std::vector<std::string>> rows = {{"ITEM", "TITLE", "ACCOUNT", "SECRETS"}};
  for (const ImportResult& result : results) {
    if (result.outcome != "created") continue;
    std::string secrets;
    for (const auto& [secret, outcome] : result.components) secrets += (secrets.empty() ? "" : ", ") + secret;
    rows.push_back({fmt::format("{}", result.position), result.title, LastId(result.account), secrets});
  }
  return rows.size() == 1 ? "" : FormatTable(rows, TerminalWidth()) + "\n";
}

Json ItemJson(const ImportResult& result) {
  Json components = Json::array();
  for (const auto& [secret, outcome] : result.components)
    components.push_back(Json({{"secret", secret}, {"outcome", outcome}}));
  Json item = {{"position", result.position}, {"title", result.title},    {"account", result.account},
               {"outcome", result.outcome},   {"components", components}, {"notes", result.notes},
               {"left_out", result.left_out}};
  if (!result.error.ok()) item["error"] = MessageOf(result.error);
  return item;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

// What needs a look, one line each; what went well is in the summary.
void NoteItems(const std::vector<ImportResult>& results) {
  Globals always;
  for (const ImportResult& result : results) {
    const std::string item = fmt::format("item {} (\"{}\")", result.position, result.title);
    if (!result.error.ok() && ReasonOf(result.error) != "NOT_TRIED")
      Note(always, fmt::format("{}: failed: {}", item, MessageOf(result.error)));
    for (const std::string& note : result.notes) Note(always, fmt::format("{}: {}", item, note));
    for (const std::string& note : result.left_out) Note(always, fmt::format("{}: {}", item, note));
    if (result.outcome != "differs") continue;
    for (const auto& [secret, outcome] : result.components)
      if (outcome == "differs")
        Note(always, fmt::format("{}: {} differs from the file; the vault's value was kept", item, secret));
  }
}

absl::Status PrintResults(const Globals& globals, const std::vector<ImportResult>& results, bool dry_run) {
  const Counts counts = Count(results);
  switch (globals.format()) {
    case OutputFormat::kTable:
      NoteItems(results);
      return WriteOut(CreatedText(results) + SummaryText(counts, dry_run) + "\n");
    case OutputFormat::kJson: {
      Json items = Json::array();
      for (const ImportResult& result : results) items.push_back(ItemJson(result));
      Json summary = Json::object();
      for (const char* outcome : kOutcomes) summary[outcome] = counts.at(outcome);
      Json all = Json::object();
      all["items"] = items;
      all["summary"] = summary;
      return WriteOut(Dump(all));
    }
    case OutputFormat::kJsonLines: {
      std::string lines;
      for (const ImportResult& result : results) lines += Dump(ItemJson(result));
      return WriteOut(lines);
    }
  }
  return absl::OkStatus();
}

// Items of the file that are not in the vault whole, as they stand there.
int CountMissing(const std::vector<ImportResult>& results) {
  return static_cast<int>(std::ranges::count_if(results, [](const ImportResult& result) {
    return (result.outcome != "created" && result.outcome != "unchanged") || !result.left_out.empty();
  }));
}

// Says what is left to do. The file may be deleted only when the vault has all of it.
void NoteFile(const Globals& globals, const ImportOptions& options,
              const std::vector<ImportResult>& results) {
  if (options.file == "-") return;
  const int missing = CountMissing(results);
  if (missing == 0) {
    Note(globals, fmt::format("{} is still there in plain text: delete it.", options.file));
  } else {
    Note(globals,
         fmt::format(
             "{} is still there in plain text. {} of its items {} not in the vault whole, as said above: "
             "bring the rest to safety before the file goes.",
             options.file, missing, missing == 1 ? "is" : "are"));
  }
}

void NoteAfterwards(const Globals& globals, const ImportOptions& options,
                    const std::vector<ImportResult>& results) {
  const Counts counts = Count(results);
  if (globals.format() != OutputFormat::kTable || options.dry_run || counts.at("created") == 0) return;
  Note(globals, "You count as knowing what you imported, until somebody else has put in new values.");
  if (options.known_by.empty())
    Note(globals, "So do the owners of the accounts. If others know it too, run this again with --known-by.");
  NoteFile(globals, options, results);
}

// What ended the import says why; else bad items are a fault of the input.
absl::Status Verdict(const std::vector<ImportResult>& results) {
  const int failed = Count(results).at("failed");
  if (failed == 0) return absl::OkStatus();
  for (const ImportResult& result : results)
    if (EndsImport(result.error)) return result.error;
  return MakeError(absl::StatusCode::kInvalidArgument, "ITEMS_FAILED",
                   fmt::format("{} of {} items could not be imported", failed, results.size()));
}

bool NothingGotThrough(const std::vector<ImportResult>& results) {
  const Counts counts = Count(results);
  return counts.at("failed") + counts.at("skipped") == static_cast<int>(results.size());
}

absl::Status ReadKnownBy(const std::vector<std::string>& names, ImportSettings& settings) {
  constexpr std::string_view kNobody = "none";
  if (names.size() == 1 && names[0] == kNobody) {
    settings.known_by_nobody = true;
    return absl::OkStatus();
  }
  for (const std::string& name : names) {
    if (name == kNobody) return InvalidField("--known-by", "is either none or names");
    HF_ASSIGN_OR_RETURN(std::string holder, HolderArg("--known-by", name));
    settings.known_by.push_back(std::move(holder));
  }
  return absl::OkStatus();
}

absl::Status Import(const Globals& globals, const ImportOptions& options) {
  ImportSettings settings;
  HF_ASSIGN_OR_RETURN(settings.owner, OptionalHolderArg("--owner", options.owner));
  HF_RETURN_IF_ERROR(ReadKnownBy(options.known_by, settings));
  settings.dry_run = options.dry_run;
  settings.show_progress = !globals.quiet;
  std::vector<ImportEntry> entries;
  {
    HF_ASSIGN_OR_RETURN(const Plaintext file, ReadFileArg("FILE", options.file, kMaxImportFile));
    HF_ASSIGN_OR_RETURN(entries, ReadBitwarden(file));
  }
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const auto results, RunImport(*session, entries, settings));
  const absl::Status verdict = Verdict(results);
  if (EndsImport(verdict) && NothingGotThrough(results)) return verdict;
  HF_RETURN_IF_ERROR(PrintResults(globals, results, options.dry_run));
  NoteAfterwards(globals, options, results);
  return verdict;
}

void Declare(CLI::App& command, ImportOptions& options) {
  command
      .add_option("FILE", options.file, "An unencrypted JSON export of Bitwarden, or - for standard input")
      ->required();
  command.add_option("--format", options.format, "auto or bitwarden-json")
      ->check(CLI::IsMember({"auto", "bitwarden-json"}));
  command.add_option("--owner", options.owner, "Owner of new accounts; you when not given");
  command
      .add_option(
          "--known-by", options.known_by,
          "Who knows the values already, as in mia,sam; the owner is presumed to, unless this is none")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("--dry-run", options.dry_run,
                   "Check only: values that the vault has already are not compared");
}

}  // namespace

void AddImportCommand(CLI::App& root, Invocation& invocation) {
  AddCommand<ImportOptions>(root, invocation, "import",
                            "Bring logins in from another store; nothing that exists is overwritten", Declare,
                            Import);
}

}  // namespace holdfast::client
