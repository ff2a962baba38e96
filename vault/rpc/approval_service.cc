// Four eyes: requests for approval, and deciding on them.
#include <map>

#include "holdfast/v1/approval_service.grpc.pb.h"
#include "vault/custody/approving.h"
#include "vault/custody/policy_change.h"
#include "vault/handover/asking.h"
#include "vault/rpc/call.h"
#include "vault/rpc/names.h"
#include "vault/rpc/page.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using custody::ApprovalState;
using storage::Approval;

constexpr int kScannedAtMost = 2000;  // rows looked at for one page

constexpr std::pair<ApprovalState, v1::ApprovalState> kStates[] = {
    {ApprovalState::kPending, v1::APPROVAL_STATE_PENDING},
    {ApprovalState::kApproved, v1::APPROVAL_STATE_APPROVED},
    {ApprovalState::kRejected, v1::APPROVAL_STATE_REJECTED},
    {ApprovalState::kWithdrawn, v1::APPROVAL_STATE_WITHDRAWN},
    {ApprovalState::kUsed, v1::APPROVAL_STATE_USED},
    {ApprovalState::kExpired, v1::APPROVAL_STATE_EXPIRED},
    {ApprovalState::kVoid, v1::APPROVAL_STATE_VOID},
};

v1::ApprovalState ToProto(ApprovalState state) {
  for (const auto& [ours, proto] : kStates)
    if (ours == state) return proto;
  return v1::APPROVAL_STATE_UNSPECIFIED;
}

absl::StatusOr<std::optional<ApprovalState>> FromProto(v1::ApprovalState state) {
  if (state == v1::APPROVAL_STATE_UNSPECIFIED) return std::optional<ApprovalState>();
  for (const auto& [ours, proto] : kStates)
    if (proto == state) return std::optional(ours);
  return InvalidField("state", "must be a state of the API's list");
}

// Rows as messages; the policies that they name are read once each.
class Renderer {
 public:
  Renderer(custody::Tx& tx, const Actor& reader) : tx_(tx), reader_(reader), names_(tx) {}

  absl::Status Render(const Approval& row, v1::Approval& out) {
    out.set_name(custody::ApprovalName(row.id));
    out.set_state(ToProto(custody::StateOf(tx_, row)));
    HF_RETURN_IF_ERROR(RenderWhat(row, out));
    out.set_details(row.details);
    out.set_reason(row.reason);
    out.set_ticket(row.ticket);
    out.set_rule(row.rule);
    out.set_needs(custody::DescribeNeeds(custody::NeedsOf(row)));
    HF_ASSIGN_OR_RETURN(*out.mutable_approvers(), custody::ApproversOf(tx_, reader_, row));
    HF_RETURN_IF_ERROR(RenderVotes(row, out));
    SetTime(row.created_at, out.mutable_create_time());
    const bool ends = !row.handover_id.has_value();
    if (ends) SetTime(row.decide_until, out.mutable_decide_time_limit());
    if (ends && row.use_until.has_value()) SetTime(*row.use_until, out.mutable_use_time_limit());
    out.set_uses(row.uses);
    out.set_used(row.used);
    HF_ASSIGN_OR_RETURN(*out.mutable_closer(), names_.Holder(row.closed_by));
    out.set_close_reason(row.close_reason);
    if (row.closed_at.has_value()) SetTime(*row.closed_at, out.mutable_close_time());
    HF_ASSIGN_OR_RETURN(*out.mutable_policy_sha256(), PolicyHash(row.policy_id));
    return absl::OkStatus();
  }

 private:
  absl::Status RenderWhat(const Approval& row, v1::Approval& out) {
    HF_ASSIGN_OR_RETURN(*out.mutable_requester(), names_.Holder(row.requester_id));
    out.set_action(row.action);
    if (row.account_id.has_value()) {
      HF_ASSIGN_OR_RETURN(*out.mutable_account(), names_.Account(*row.account_id));
    }
    if (row.secret_id.has_value()) {
      HF_ASSIGN_OR_RETURN(*out.mutable_secret(), names_.Secret(*row.secret_id));
    }
    out.set_version(row.version.value_or(0));
    HF_ASSIGN_OR_RETURN(*out.mutable_subject(), names_.Holder(row.subject_id));
    if (row.staged_policy_id.has_value()) out.set_staged_policy(custody::PolicyName(*row.staged_policy_id));
    return row.handover_id.has_value() ? RenderCut(row, *row.handover_id, out) : absl::OkStatus();
  }

  absl::Status RenderCut(const Approval& row, std::int64_t handover_id, v1::Approval& out) {
    HF_ASSIGN_OR_RETURN(*out.mutable_handover(), names_.Handover(handover_id));
    out.set_plan_hash(HexEncode(row.operation));
    return absl::OkStatus();
  }

  absl::Status RenderVotes(const Approval& row, v1::Approval& out) {
    HF_ASSIGN_OR_RETURN(const auto votes, storage::ApprovalStore(tx_.db()).Votes(row.id));
    for (const storage::ApprovalVote& vote : votes) {
      v1::ApprovalVote& message = *out.add_votes();
      HF_ASSIGN_OR_RETURN(*message.mutable_holder(), names_.Holder(vote.holder_id));
      message.set_reason(vote.reason);
      SetTime(vote.voted_at, message.mutable_vote_time());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> PolicyHash(std::int64_t id) {
    if (id == tx_.policy().id) return HexEncode(tx_.policy().sha256);
    if (const auto known = hashes_.find(id); known != hashes_.end()) return known->second;
    HF_ASSIGN_OR_RETURN(const auto row, storage::PolicyStore(tx_.db()).ById(id));
    return hashes_[id] = row.has_value() ? HexEncode(row->sha256) : "";
  }

  custody::Tx& tx_;
  const Actor& reader_;
  Names names_;
  std::map<std::int64_t, std::string> hashes_;
};

// One of two decisions, which differ in the function alone.
template <absl::StatusOr<Approval> (*Decide)(custody::WriteTx&, const Actor&, const custody::Request&,
                                             std::string_view),
          class Message>
absl::StatusOr<Work<v1::Approval>> PrepareDecision(const Message& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("approvals", message.name(), "name"));
  return [request = std::move(request), name = std::move(name)](custody::WriteTx& tx, const Actor& actor,
                                                                v1::Approval& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const Approval row, Decide(tx, actor, request, name));
    return Renderer(tx, actor).Render(row, out);
  };
}

// A yes, and for a cut all that follows from it, in one transaction.
absl::StatusOr<Work<v1::Approval>> PrepareApprove(const v1::ApproveApprovalRequest& message,
                                                  custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("approvals", message.name(), "name"));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Approval& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(Approval row, custody::Approve(tx, actor, request, name));
    if (!row.handover_id.has_value()) return Renderer(tx).Render(row, out);
    HF_ASSIGN_OR_RETURN(const std::string blocked, handover::AfterYes(tx, actor, row, message.plan_hash()));
    HF_ASSIGN_OR_RETURN(const auto now, storage::ApprovalStore(tx.db()).ById(row.id));
    HF_RETURN_IF_ERROR(Renderer(tx).Render(now.value_or(row), out));
    out.set_blocked(blocked);
    return absl::OkStatus();
  };
}

absl::StatusOr<Query<v1::Approval>> PrepareGet(const v1::GetApprovalRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("approvals", message.name(), "name"));
  return
      [name = std::move(name)](custody::ReadTx& tx, const Actor& actor, v1::Approval& out) -> absl::Status {
        HF_ASSIGN_OR_RETURN(const Approval row, custody::FindSeen(tx, actor, policy::Action::kApprovalRead, name));
        return Renderer(tx, actor).Render(row, out);
      };
}

struct Wanted {
  std::optional<ApprovalState> state;
  bool for_me = false;
};

absl::StatusOr<bool> IsWanted(custody::Tx& tx, const Actor& actor, const Wanted& wanted,
                              const Approval& row) {
  if (wanted.state.has_value() && custody::StateOf(tx, row) != *wanted.state) return false;
  return wanted.for_me ? custody::WaitsFor(tx, actor, row) : custody::MayRead(tx, actor, row);
}

// What may not be seen is left out, so a page is what is left of a bounded number of rows.
absl::Status FillPage(custody::Tx& tx, const Actor& actor, const Wanted& wanted,
                      const storage::ApprovalFilter& filter, const Page& page,
                      v1::ListApprovalsResponse& out) {
  HF_ASSIGN_OR_RETURN(const auto rows,
                      storage::ApprovalStore(tx.db()).List(filter, page.after(), kScannedAtMost + 1));
  Renderer renderer(tx, actor);
  std::int64_t seen = page.after();
  int scanned = 0;
  for (const Approval& row : rows) {
    if (out.approvals_size() == page.limit() || ++scanned > kScannedAtMost) {
      out.set_next_page_token(page.TokenFor(seen));
      break;
    }
    seen = row.id;
    HF_ASSIGN_OR_RETURN(const bool is_wanted, IsWanted(tx, actor, wanted, row));
    if (is_wanted) HF_RETURN_IF_ERROR(renderer.Render(row, *out.add_approvals()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Query<v1::ListApprovalsResponse>> PrepareList(const v1::ListApprovalsRequest& message) {
  Wanted wanted{.for_me = message.for_me()};
  HF_ASSIGN_OR_RETURN(wanted.state, FromProto(message.state()));
  return [&message, wanted](custody::ReadTx& tx, const Actor& actor,
                            v1::ListApprovalsResponse& out) -> absl::Status {
    HF_RETURN_IF_ERROR(
        custody::Authorize(tx, actor, policy::Action::kApprovalRead, {}, {.requested_by_self = true})
            .status());
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    storage::ApprovalFilter filter;
    if (message.mine()) filter.requester_id = actor.holder.id;
    if (wanted.for_me || wanted.state == ApprovalState::kPending)
      filter.waiting = {.now = tx.now(), .policy_id = tx.policy().id};
    return FillPage(tx, actor, wanted, filter, page, out);
  };
}

class ApprovalService final : public v1::ApprovalService::CallbackService {
 public:
  explicit ApprovalService(Core& core) : core_(core) {}

 private:
  Reactor* GetApproval(Context* context, const v1::GetApprovalRequest* request,
                       v1::Approval* response) override {
    return Read(core_, context, "holdfast.v1.ApprovalService/GetApproval", request, response, PrepareGet);
  }
  Reactor* ListApprovals(Context* context, const v1::ListApprovalsRequest* request,
                         v1::ListApprovalsResponse* response) override {
    return Read(core_, context, "holdfast.v1.ApprovalService/ListApprovals", request, response, PrepareList);
  }
  Reactor* ApproveApproval(Context* context, const v1::ApproveApprovalRequest* request,
                           v1::Approval* response) override {
    return Write(core_, context, "holdfast.v1.ApprovalService/ApproveApproval", request, response,
                 PrepareApprove);
  }
  Reactor* RejectApproval(Context* context, const v1::RejectApprovalRequest* request,
                          v1::Approval* response) override {
    return Write(core_, context, "holdfast.v1.ApprovalService/RejectApproval", request, response,
                 PrepareDecision<&custody::Reject, v1::RejectApprovalRequest>);
  }
  Reactor* WithdrawApproval(Context* context, const v1::WithdrawApprovalRequest* request,
                            v1::Approval* response) override {
    return Write(core_, context, "holdfast.v1.ApprovalService/WithdrawApproval", request, response,
                 PrepareDecision<&custody::Withdraw, v1::WithdrawApprovalRequest>);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeApprovalService(Core& core) {
  return std::make_unique<ApprovalService>(core);
}

}  // namespace holdfast::rpc
