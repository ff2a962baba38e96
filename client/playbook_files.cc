#include "client/playbook_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "client/policy_file.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "vault/base/clock.h"
#include "vault/playbook/lint.h"
#include "vault/playbook/parse.h"
#include "vault/policy/names.h"

namespace holdfast::client {
namespace {

constexpr std::size_t kMaxFiles = 500;

// A file that is named otherwise than its playbook replaces another one than its name says.
void CheckName(CheckedPlaybook& checked) {
  const std::string stem = std::filesystem::path(checked.path).stem();
  if (checked.problems.empty() && stem != checked.playbook.id)
    checked.problems.push_back({{1, 1},
                                fmt::format("the file is named {}, its playbook {}: name it {}.toml", stem,
                                            checked.playbook.id, checked.playbook.id)});
}

}  // namespace

CheckedPlaybook CheckPlaybook(const std::string& path, std::string_view text) {
  playbook::Parsed parsed = playbook::Parse(text);
  CheckedPlaybook checked{.path = path,
                          .playbook = std::move(parsed.playbook),
                          .problems = std::move(parsed.problems),
                          .warnings = {}};
  if (checked.problems.empty()) {
    playbook::LintReport report = playbook::Lint(checked.playbook, WallNow());
    checked.problems = std::move(report.problems);
    checked.warnings = std::move(report.warnings);
  }
  CheckName(checked);
  return checked;
}

absl::StatusOr<std::vector<std::string>> PlaybookFilesIn(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".toml") files.push_back(at->path());
    if (files.size() > kMaxFiles)
      return InvalidField("--dir", fmt::format("{} holds more than {} playbooks", directory, kMaxFiles));
  }
  if (error) return InvalidField("--dir", fmt::format("{} cannot be read: {}", directory, error.message()));
  if (files.empty())
    return InvalidField("--dir", fmt::format("{} holds no file that ends with .toml", directory));
  std::ranges::sort(files);
  return files;
}

absl::StatusOr<playbook::Library> LoadPlaybooks(const Globals& globals, const std::string& directory) {
  playbook::Library library = playbook::Library::Shipped();
  if (directory.empty()) return library;
  HF_ASSIGN_OR_RETURN(const std::vector<std::string> files, PlaybookFilesIn(directory));
  for (const std::string& path : files) {
    HF_ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
    CheckedPlaybook checked = CheckPlaybook(path, text);
    if (!checked.problems.empty()) {
      HF_RETURN_IF_ERROR(PrintProblems(globals, path, checked.problems));
      absl::Status bad = BadPlaybookFile(path, checked.problems.size());
      if (globals.format() != OutputFormat::kTable)
        AddDetail(bad, "problems", policy::Listed(checked.problems));
      return bad;
    }
    library.Put(std::move(checked.playbook));
  }
  return library;
}

absl::Status BadPlaybookFile(const std::string& path, std::size_t problems) {
  return MakeError(absl::StatusCode::kInvalidArgument, "PLAYBOOK_INVALID",
                   fmt::format("{}: {} {}", path, problems, problems == 1 ? "problem" : "problems"));
}

absl::StatusOr<const playbook::Playbook*> PlaybookFor(const playbook::Library& library,
                                                      const std::string& platform) {
  if (const playbook::Playbook* const found = library.For(platform); found != nullptr) return found;
  std::vector<std::string_view> ids;
  for (const playbook::Playbook& each : library.all()) ids.push_back(each.id);
  const auto nearest = policy::Nearest(platform, ids);
  return MakeError(
      absl::StatusCode::kNotFound, "PLAYBOOK_NOT_FOUND",
      Printable(fmt::format("there is no playbook for {}{}; an account there follows the playbook "
                            "{}; all of them: holdfast playbook list",
                            platform, nearest.has_value() ? fmt::format(": did you mean {}?", *nearest) : "",
                            playbook::kGeneric)));
}

}  // namespace holdfast::client
