#include "client/policy_online.h"

#include "client/policy_file.h"
#include "client/policy_offline.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "holdfast/v1/approval_service.grpc.pb.h"
#include "holdfast/v1/policy_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/crypto/init.h"
#include "vault/policy/diff.h"
#include "vault/policy/lint.h"
#include "vault/policy/parse.h"

namespace holdfast::client {
namespace {

using Policies = v1::PolicyService;
using Methods = Policies::StubInterface;
using Approvals = v1::ApprovalService;

constexpr std::string_view kActive = "policies/active";
constexpr std::string_view kCollection = "policies/";
constexpr std::size_t kSummaryLines = 5;  // of changes, an action

// "7", "active" or "policies/7".
absl::StatusOr<std::string> PolicyArg(std::string_view option, std::string_view text) {
  HF_ASSIGN_OR_RETURN(const std::string id, NewIdArg("policies", option, text));
  return fmt::format("{}{}", kCollection, id);
}

// With its text, which is checked against its hash: what people read is what the events name.
absl::StatusOr<v1::Policy> Fetch(Session& session, std::string_view name) {
  v1::GetPolicyRequest request;
  request.set_name(std::string(name));
  HF_ASSIGN_OR_RETURN(v1::Policy policy, session.Call<Policies>(&Methods::GetPolicy, request));
  if (policy.state() == v1::POLICY_STATE_DROPPED ||
      HexEncode(crypto::Sha256(AsBytes(policy.source()))) == policy.sha256())
    return policy;
  return MakeError(absl::StatusCode::kDataLoss, "VERIFICATION_FAILED",
                   fmt::format("the text of {} does not have the hash that the vault gives it", name));
}

// --- stage

struct StageOptions {
  std::string file;
  std::vector<std::string> tests;
};

// All that is wrong, as "policy lint" prints it, before the vault is asked.
absl::Status LintFirst(const Globals& globals, const std::string& path, const policy::Document& document) {
  const policy::LintReport report = policy::Lint(document);
  if (report.problems.empty()) return absl::OkStatus();
  HF_RETURN_IF_ERROR(PrintProblems(globals, path, report.problems));
  absl::Status bad = BadPolicyFile(path, report.problems.size());
  if (globals.format() != OutputFormat::kTable) AddDetail(bad, "problems", policy::Listed(report.problems));
  return bad;
}

// The vault knows a file of tests by its place alone.
absl::Status NameFiles(const absl::Status& status, const StageOptions& options) {
  const std::string field = FieldOf(status);
  const auto told = [&](const std::string& path) {
    std::string message(MessageOf(status));
    if (message.compare(0, field.size(), field) == 0) message.replace(0, field.size(), path);
    return MakeError(status.code(), "POLICY_INVALID", message);
  };
  if (field == "source") return told(options.file);
  for (std::size_t i = 0; i < options.tests.size(); ++i) {
    if (field == fmt::format("tests[{}]", i)) return told(options.tests[i]);
  }
  return status;
}

absl::Status PrintStaged(const Globals& globals, const v1::Policy& staged, const v1::Policy& active,
                         const policy::Document& document) {
  HF_RETURN_IF_ERROR(Print(globals, staged));
  const policy::Parsed before = policy::Parse(active.source());
  if (globals.format() == OutputFormat::kTable && before.problems.empty()) {
    HF_ASSIGN_OR_RETURN(const auto difference, policy::Diff(before.document, document, kSummaryLines));
    HF_RETURN_IF_ERROR(WriteOut(
        fmt::format("\nagainst {}, which is in force:\n{}", active.name(), DifferenceText(difference))));
  }
  const std::string id = LastId(staged.name());
  Note(globals,
       fmt::format("Nothing has changed yet. To put it in force: holdfast policy activate {} --reason WHY",
                   id));
  Note(globals, fmt::format("and another security holder: holdfast policy approve {}", id));
  return absl::OkStatus();
}

absl::Status Stage(const Globals& globals, const StageOptions& options) {
  v1::StagePolicyRequest request;
  // Read once: what is sent is what was linted.
  HF_ASSIGN_OR_RETURN(*request.mutable_source(), ReadPolicyText(options.file));
  HF_ASSIGN_OR_RETURN(const policy::Document document,
                      ParsePolicy(globals, options.file, request.source()));
  HF_RETURN_IF_ERROR(LintFirst(globals, options.file, document));
  for (const std::string& path : options.tests) {
    HF_ASSIGN_OR_RETURN(*request.add_tests(), ReadPolicyText(path));
  }
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Policy active, Fetch(*session, kActive));
  const auto staged = session->Call<Policies>(&Methods::StagePolicy, request);
  if (!staged.ok()) return NameFiles(staged.status(), options);
  return PrintStaged(globals, *staged, active, document);
}

// --- activate, approve

struct PolicyOptions {
  std::string id = "active";
  bool source = false;
  bool floor = false;
};

absl::Status Activate(const Globals& globals, const PolicyOptions& options) {
  v1::ActivatePolicyRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), PolicyArg("ID", options.id));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Policy policy, Fetch(*session, request.name()));
  request.set_sha256(policy.sha256());
  HF_ASSIGN_OR_RETURN(const v1::Policy active, session->Call<Policies>(&Methods::ActivatePolicy, request));
  return Print(globals, active);
}

// What waits for a yes to this policy. Nobody is asked before somebody has tried to activate it.
absl::StatusOr<std::string> PendingApproval(Session& session, const std::string& policy) {
  v1::ListApprovalsRequest request;
  request.set_state(v1::APPROVAL_STATE_PENDING);
  HF_ASSIGN_OR_RETURN(const auto pending,
                      session.CallAllPages<Approvals>(&Approvals::StubInterface::ListApprovals, request));
  for (const v1::Approval& approval : pending.approvals()) {
    if (approval.staged_policy() == policy) return approval.name();
  }
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                   fmt::format("nothing waits for an approval of {}: has somebody run \"holdfast policy "
                               "activate {}\"?",
                               policy, LastId(policy)));
}

absl::Status Approve(const Globals& globals, const PolicyOptions& options) {
  HF_ASSIGN_OR_RETURN(const std::string name, PolicyArg("ID", options.id));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  v1::ApproveApprovalRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), PendingApproval(*session, name));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto approval,
                      session->Call<Approvals>(&Approvals::StubInterface::ApproveApproval, request));
  return Print(globals, approval);
}

// --- show, list

absl::Status Show(const Globals& globals, const PolicyOptions& options) {
  HF_ASSIGN_OR_RETURN(const std::string name, PolicyArg("ID", options.floor ? "floor" : options.id));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(v1::Policy policy, Fetch(*session, name));
  const bool text_alone = globals.format() == OutputFormat::kTable && (options.source || options.floor);
  if (text_alone) return WriteOut(policy.source());  // exactly: its hash is the policy's
  if (!options.source && !options.floor) policy.clear_source();
  return Print(globals, policy);
}

absl::Status List(const Globals& globals, const NoOptions&) {
  return ListAndPrint<Policies>(globals, &Methods::ListPolicies, {});
}

// --- explain

struct ExplainOptions {
  std::string holder;
  std::string action;
  std::string account;
  std::string secret;
  std::string subject;
};

std::string EffectText(v1::DecisionEffect effect) {
  switch (effect) {
    case v1::DECISION_EFFECT_ALLOW:
      return "allowed";
    case v1::DECISION_EFFECT_PENDING:
      return "needs more";
    default:
      return "denied";
  }
}

std::string Because(const std::string& why) { return why.empty() ? "" : fmt::format(": {}", why); }

std::string AnswerText(const v1::ExplainDecisionResponse& answer) {
  std::string text =
      fmt::format("{} (rule {}{})\n", EffectText(answer.effect()), answer.rule(), Because(answer.why()));
  for (const std::string& missing : answer.missing()) text += fmt::format("  missing: {}\n", missing);
  if (answer.matching_size() > 0) text += "rules that match:\n";
  for (const auto& rule : answer.matching()) {
    const std::string with = rule.obligations().empty() ? "" : fmt::format(", with {}", rule.obligations());
    text += fmt::format("  {} {}{}{}\n", rule.effect(), rule.rule(), with, Because(rule.why()));
  }
  if (answer.unmatched_size() > 0) text += "permits that do not match:\n";
  for (const auto& permit : answer.unmatched())
    text += fmt::format("  {}: {}\n", permit.rule(), fmt::join(permit.needs(), "; "));
  text += "assumptions:\n";
  for (const std::string& assumption : answer.assumptions()) text += fmt::format("  {}\n", assumption);
  return text + fmt::format("decided by the policy in force, {}, whose file has the SHA-256 {}\n", answer.policy(),
                            answer.policy_hash());
}

std::string PrintableLines(const std::string& text) {
  std::string lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    lines += Printable(std::string_view(text).substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return lines;
}

absl::Status ExplainAction(const Globals& globals, const ExplainOptions& options) {
  v1::ExplainDecisionRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_holder(), HolderArg("--holder", options.holder));
  if (!policy::ActionOf(options.action).has_value())
    return InvalidField("--action", "must be an action that rules name, as \"secret.reveal\"");
  request.set_action(options.action);
  HF_ASSIGN_OR_RETURN(*request.mutable_account(), OptionalAccountArg("--account", options.account));
  HF_ASSIGN_OR_RETURN(*request.mutable_subject(), OptionalHolderArg("--subject", options.subject));
  if (!options.secret.empty()) {
    if (options.account.empty()) return InvalidField("--secret", "needs --account");
    HF_ASSIGN_OR_RETURN(*request.mutable_secret(), SecretArg(options.account, options.secret));
  }
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const auto answer, session->Call<Policies>(&Methods::ExplainDecision, request));
  return globals.format() == OutputFormat::kTable ? WriteOut(PrintableLines(AnswerText(answer)))
                                                  : Print(globals, answer);
}

void DeclareId(CLI::App& command, PolicyOptions& options) {
  command.add_option("ID", options.id, "The policy, as in \"7\"")->required();
}

void DeclareShow(CLI::App& command, PolicyOptions& options) {
  command.add_option("ID", options.id, "The policy, as in \"7\"; the one in force when left out");
  command.add_flag("--source", options.source, "Its text, exactly: its SHA-256 is the policy's");
  command.add_flag("--floor", options.floor, "The rules that no policy can loosen");
}

void DeclareExplain(CLI::App& command, ExplainOptions& options) {
  command.add_option("--holder", options.holder, "Who would do it")->required();
  command.add_option("--action", options.action, "What: \"secret.reveal\"")->required();
  command.add_option("--account", options.account, "To which account");
  command.add_option("--secret", options.secret, "To which secret of the account");
  command.add_option("--subject", options.subject, "To which other holder");
}

}  // namespace

bool NamesVaultsPolicy(std::string_view text) {
  if (text == "active") return true;
  if (!text.starts_with(kCollection)) return false;
  const std::string_view id = text.substr(kCollection.size());
  // Files lie in a directory of that name too.
  return id == "active" || id == "floor" ||
         (!id.empty() && id.find_first_not_of("0123456789") == std::string_view::npos);
}

absl::StatusOr<policy::Document> FetchPolicy(std::string_view text) {
  HF_ASSIGN_OR_RETURN(const std::string name, PolicyArg("POLICY", text));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Policy policy, Fetch(*session, name));
  policy::Parsed parsed = policy::Parse(policy.source());
  if (parsed.problems.empty()) return std::move(parsed.document);
  return MakeError(absl::StatusCode::kFailedPrecondition, "POLICY_NOT_READABLE",
                   fmt::format("this program cannot read {}: is it older than the vault?", name));
}

void AddPolicyOnlineCommands(CLI::App& group, Invocation& invocation) {
  AddCommand<StageOptions>(
      group, invocation, "stage", "Hand a policy in to the vault; it changes nothing before it is activated",
      [](CLI::App& command, StageOptions& options) {
        command.add_option("FILE", options.file, "The policy")->required();
        command.add_option("--tests", options.tests, "Files of tests that it must pass");
      },
      Stage);
  AddCommand<PolicyOptions>(group, invocation, "activate",
                            "Put a staged policy in force; another security holder must approve", DeclareId,
                            Activate);
  AddCommand<PolicyOptions>(group, invocation, "approve",
                            "Say yes to the activation that somebody else asked for", DeclareId, Approve);
  AddCommand<PolicyOptions>(group, invocation, "show", "The policy in force, or another one", DeclareShow,
                            Show);
  AddCommand<NoOptions>(
      group, invocation, "list", "All policies that were staged", [](CLI::App&, NoOptions&) {}, List);
  AddCommand<ExplainOptions>(group, invocation, "explain",
                             "Why a holder would be allowed or denied something now", DeclareExplain,
                             ExplainAction);
}

}  // namespace holdfast::client
