#include <map>

#include "client/command.h"
#include "holdfast/v1/finding_service.grpc.pb.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Methods = v1::FindingService::StubInterface;

constexpr std::size_t kMaxRule = 64;

const std::map<std::string, v1::Severity> kSeverities = {
    {"critical", v1::SEVERITY_CRITICAL}, {"warning", v1::SEVERITY_WARNING}, {"info", v1::SEVERITY_INFO}};

struct ListOptions {
  std::string severity;
  std::string account;
  std::string rule;
};

absl::Status List(const Globals& globals, const ListOptions& options) {
  v1::ListFindingsRequest request;
  if (!options.severity.empty()) request.set_severity(kSeverities.at(options.severity));
  HF_ASSIGN_OR_RETURN(*request.mutable_account(), OptionalAccountArg("--account", options.account));
  HF_RETURN_IF_ERROR(CheckLine("--rule", options.rule, kMaxRule, /*required=*/false));
  request.set_rule(options.rule);
  return ListAndPrint<v1::FindingService>(globals, &Methods::ListFindings, request);
}

}  // namespace

void AddFindingsCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "findings", "What is not as the policy wants it");
  AddCommand<ListOptions>(
      group, invocation, "list", "What the clock, or people leaving, have broken; most severe first",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--severity", options.severity, "Only critical, warning or info")
            ->check(CLI::IsMember(kSeverities));
        command.add_option("--account", options.account, "Only of this account");
        command.add_option("--rule", options.rule, "Only of this rule, as in tiers.1.min_owners");
      },
      List);
}

}  // namespace holdfast::client
