#include "client/policy_file.h"

#include "client/files.h"
#include "client/print.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "vault/policy/parse.h"

namespace holdfast::client {

absl::StatusOr<std::string> ReadPolicyText(const std::string& path) {
  auto text = ReadTextFile(path);
  if (text.ok()) return text;
  return MakeError(absl::StatusCode::kInvalidArgument, "POLICY_UNREADABLE", MessageOf(text.status()));
}

absl::Status PrintProblems(const Globals& globals, const std::string& path,
                           const std::vector<policy::Problem>& problems) {
  if (globals.format() != OutputFormat::kTable) return absl::OkStatus();
  std::string lines;
  for (const policy::Problem& problem : problems)
    lines +=
        Printable(fmt::format("{}:{}:{}: {}", path, problem.at.line, problem.at.column, problem.message)) +
        "\n";
  return WriteOut(lines);
}

nlohmann::ordered_json ProblemsJson(const std::vector<policy::Problem>& problems) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const policy::Problem& problem : problems)
    list.push_back({{"line", problem.at.line}, {"column", problem.at.column}, {"message", problem.message}});
  return list;
}

absl::Status BadPolicyFile(const std::string& path, std::size_t problems) {
  return MakeError(absl::StatusCode::kInvalidArgument, "POLICY_INVALID",
                   fmt::format("{}: {} {}", path, problems, problems == 1 ? "problem" : "problems"));
}

absl::StatusOr<policy::Document> ParsePolicy(const Globals& globals, const std::string& path,
                                             const std::string& text) {
  policy::Parsed parsed = policy::Parse(text);
  if (parsed.problems.empty()) return std::move(parsed.document);
  HF_RETURN_IF_ERROR(PrintProblems(globals, path, parsed.problems));
  absl::Status bad = BadPolicyFile(path, parsed.problems.size());
  if (globals.format() != OutputFormat::kTable) AddDetail(bad, "problems", policy::Listed(parsed.problems));
  return bad;
}

absl::StatusOr<policy::Document> LoadPolicy(const Globals& globals, const std::string& path) {
  HF_ASSIGN_OR_RETURN(const std::string text, ReadPolicyText(path));
  return ParsePolicy(globals, path, text);
}

}  // namespace holdfast::client
