#include <map>

#include "client/command.h"
#include "client/prompt.h"
#include "fmt/format.h"
#include "holdfast/v1/approval_service.grpc.pb.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Approvals = v1::ApprovalService;
using Methods = Approvals::StubInterface;

const std::map<std::string, v1::ApprovalState> kStates = {
    {"pending", v1::APPROVAL_STATE_PENDING},   {"approved", v1::APPROVAL_STATE_APPROVED},
    {"rejected", v1::APPROVAL_STATE_REJECTED}, {"withdrawn", v1::APPROVAL_STATE_WITHDRAWN},
    {"used", v1::APPROVAL_STATE_USED},         {"expired", v1::APPROVAL_STATE_EXPIRED},
    {"void", v1::APPROVAL_STATE_VOID}};

struct ListOptions {
  std::string state;
  bool open = false;
  bool mine = false;
  bool for_me = false;
};

struct ApprovalOptions {
  std::string id;
  std::string confirm;
};

absl::Status List(const Globals& globals, const ListOptions& options) {
  v1::ListApprovalsRequest request;
  if (options.open) request.set_state(v1::APPROVAL_STATE_PENDING);
  if (!options.state.empty()) request.set_state(kStates.at(options.state));
  request.set_mine(options.mine);
  request.set_for_me(options.for_me);
  return ListAndPrint<Approvals>(globals, &Methods::ListApprovals, request);
}

absl::Status Show(const Globals& globals, const ApprovalOptions& options) {
  v1::GetApprovalRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), ApprovalArg("ID", options.id));
  return CallAndPrint<Approvals>(globals, &Methods::GetApproval, request);
}

template <class Request>
absl::StatusOr<Request> Decision(const Globals& globals, const ApprovalOptions& options) {
  Request request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), ApprovalArg("ID", options.id));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return request;
}

// A cut is shown before it is approved, and approved as it was shown.
absl::Status ConfirmCut(const Globals& globals, const v1::Approval& approval, const std::string& confirm) {
  const std::string leaver = LastId(approval.subject());
  if (confirm.empty() && CanAsk()) Note(globals, approval.details());
  return ConfirmWord("--confirm", confirm, leaver,
                     fmt::format("This cannot be undone. Type the leaver's id to approve the cut:"));
}

void TellCut(const Globals& globals, const v1::Approval& approval) {
  const std::string id = LastId(approval.handover());
  if (!approval.blocked().empty()) {
    Note(globals, fmt::format("The yes is kept, but the cut cannot be done: {}. When that is settled: holdfast "
                              "handover cut {}",
                              approval.blocked(), id));
  } else if (approval.state() == v1::APPROVAL_STATE_USED) {
    Note(globals, fmt::format("The cut is done. What is left to do: holdfast handover tasks {} --open", id));
  } else {
    Note(globals, fmt::format("The cut waits for a further yes, by {}", approval.approvers()));
  }
}

absl::Status Approve(const Globals& globals, const ApprovalOptions& options) {
  HF_ASSIGN_OR_RETURN(auto request, Decision<v1::ApproveApprovalRequest>(globals, options));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  v1::GetApprovalRequest get;
  get.set_name(request.name());
  const auto asked = session->Call<Approvals>(&Methods::GetApproval, get);
  const bool cut = asked.ok() && !asked->handover().empty();
  if (cut && asked->state() == v1::APPROVAL_STATE_PENDING) {
    HF_RETURN_IF_ERROR(ConfirmCut(globals, *asked, options.confirm));
    request.set_plan_hash(asked->plan_hash());
  }
  HF_ASSIGN_OR_RETURN(const v1::Approval approved,
                      session->Call<Approvals>(&Methods::ApproveApproval, request));
  HF_RETURN_IF_ERROR(Print(globals, approved));
  if (cut && globals.format() == OutputFormat::kTable) TellCut(globals, approved);
  return absl::OkStatus();
}

absl::Status Reject(const Globals& globals, const ApprovalOptions& options) {
  HF_RETURN_IF_ERROR(CheckLine("--reason", globals.reason, kMaxReason, /*required=*/true));
  HF_ASSIGN_OR_RETURN(const auto request, Decision<v1::RejectApprovalRequest>(globals, options));
  return CallAndPrint<Approvals>(globals, &Methods::RejectApproval, request);
}

absl::Status Withdraw(const Globals& globals, const ApprovalOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, Decision<v1::WithdrawApprovalRequest>(globals, options));
  return CallAndPrint<Approvals>(globals, &Methods::WithdrawApproval, request);
}

void DeclareList(CLI::App& command, ListOptions& options) {
  auto* state =
      command.add_option("--state", options.state, "Only in this state")->check(CLI::IsMember(kStates));
  command.add_flag("--open", options.open, "Only those that wait")->excludes(state);
  command.add_flag("--mine", options.mine, "Only what you asked for");
  command.add_flag("--for-me", options.for_me, "Only those that wait for your yes");
}

void DeclareOne(CLI::App& command, ApprovalOptions& options) {
  command.add_option("ID", options.id, "The request, as in 7 or approvals/7")->required();
}

}  // namespace

void AddApprovalCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "approval", "What waits for somebody else's yes");
  AddCommand<ListOptions>(group, invocation, "list", "Requests for approval, oldest first", DeclareList,
                          List);
  AddCommand<ApprovalOptions>(group, invocation, "show", "One request: what exactly would happen, and why",
                              DeclareOne, Show);
  AddCommand<ApprovalOptions>(
      group, invocation, "approve", "Say yes; the last yes to a handover's cut carries it out",
      [](CLI::App& command, ApprovalOptions& options) {
        DeclareOne(command, options);
        command.add_option("--confirm", options.confirm, "Of a cut: the leaver's id, in place of being asked for it");
      },
      Approve);
  AddCommand<ApprovalOptions>(group, invocation, "reject", "Say no, with a reason; it ends the request",
                              DeclareOne, Reject);
  AddCommand<ApprovalOptions>(group, invocation, "withdraw", "Take your own request back", DeclareOne,
                              Withdraw);
}

}  // namespace holdfast::client
