#include "vault/custody/approvals.h"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <sstream>
#include <utility>

#include "vault/crypto/mac.h"
#include "vault/custody/approvers.h"
#include "vault/custody/cut_approval.h"
#include "vault/custody/facts.h"
#include "vault/storage/request_store.h"

namespace holdfast::custody {
namespace {

using storage::Approval;
using storage::ApprovalClosed;
using storage::ApprovalStore;

// One yes to more leavers than a day's number is for all of them, not for one call.
bool CoversMany(std::string_view action) {
  return action == policy::ActionName(policy::Action::kHandoverStartMany);
}

// Names are in the request's body and are never reused; what a call means by "the newest" is bound by its
// number. The subject is not: one approval serves a call that is about several people.
Bytes OperationOf(const Tx& tx, const Actor& actor, std::string_view action, const Target& target) {
  const std::string version = target.version.has_value() ? std::to_string(*target.version) : "";
  return ToBytes(crypto::Mac(
      tx.keys().request_mac,
      {AsBytes("holdfast-operation-v1"), AsBytes(actor.request.method),
       CoversMany(action) ? ByteView() : ByteView(actor.request.body), AsBytes(action),
       target.account != nullptr ? ByteView(target.account->pseudonym) : ByteView(),
       target.secret != nullptr ? ByteView(target.secret->pseudonym) : ByteView(), AsBytes(version)}));
}

absl::Status Unfit(std::string_view reason, std::int64_t id, std::string_view why) {
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, reason, fmt::format("approval {} {}", id, why));
  AddDetail(status, "approval", ApprovalName(id));
  return status;
}

// What this same request has used counts again, for as long as a repeat of the request would be known for
// one: a request that is forgotten would else use an approval without end.
absl::StatusOr<bool> CountsAgain(Tx& tx, const Actor& actor, Micros used_at) {
  const Request& request = actor.request;
  HF_ASSIGN_OR_RETURN(const auto done,
                      storage::RequestStore(tx.db()).Get(actor.holder.id, request.method, request.id));
  const bool in_this_call = used_at == tx.now();
  return done.has_value() || in_this_call;
}

absl::StatusOr<std::optional<Approval>> UsedByThis(Tx& tx, const Actor& actor, const Bytes& operation) {
  const Request& request = actor.request;
  HF_ASSIGN_OR_RETURN(const auto used,
                      ApprovalStore(tx.db()).UsedBy(actor.holder.id, operation, request.method, request.id));
  if (!used.has_value()) return std::optional<Approval>();
  const ApprovalState state = StateOf(tx, used->approval);
  const bool usable = state == ApprovalState::kUsed || state == ApprovalState::kApproved;
  if (!usable || used->approval.use_until <= tx.now() || used->approval.policy_id != tx.policy().id)
    return std::optional<Approval>();
  HF_ASSIGN_OR_RETURN(const bool again, CountsAgain(tx, actor, used->at));
  return again ? std::optional(used->approval) : std::nullopt;
}

// Nothing when it is for another action of this same call: that one must find its own.
absl::StatusOr<std::optional<Approval>> Named(Tx& tx, const Actor& actor, const Target& target,
                                              const Bytes& operation) {
  std::int64_t id = 0;
  const char* end = actor.approval.data() + actor.approval.size();
  const auto [stop, error] = std::from_chars(actor.approval.data(), end, id);
  std::optional<Approval> row;
  if (error == std::errc() && stop == end) {
    HF_ASSIGN_OR_RETURN(row, ApprovalStore(tx.db()).ById(id));
  }
  if (!row.has_value() || row->requester_id != actor.holder.id) {
    return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                     fmt::format("you have no approval {}", actor.approval));
  }
  if (row->operation != operation) {
    if (row->operation == OperationOf(tx, actor, row->action, target)) return std::optional<Approval>();
    return Unfit("APPROVAL_MISMATCH", id,
                 "is for another call, or the same with other words or another version");
  }
  const ApprovalState state = StateOf(tx, *row);
  if (state == ApprovalState::kPending || state == ApprovalState::kApproved) return row;
  return Unfit("APPROVAL_STATE", id, fmt::format("is {}", StateName(state)));
}

// What would be done, beyond what the row's other columns say.
std::string DetailsOf(const Target& target) {
  std::string details;
  for (const auto& [field, text] : target.texts) {
    if (text.empty() || field == "reason" || field == "ticket") continue;
    details.append(details.empty() ? "" : "; ").append(field).append(": ");
    // A free text cannot pass for another field before the eyes of whoever says yes.
    const bool plain = text.find_first_of(";\"\\") == text.npos;
    details += plain ? text : fmt::format("{:?}", text);
  }
  return details;
}

template <class Row>
std::optional<std::int64_t> IdOf(const Row* row) {
  return row != nullptr && row->id != 0 ? std::optional(row->id) : std::nullopt;
}

Approval NewApproval(const Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                     const policy::Decision& decision) {
  return {.requester_id = actor.holder.id,
          .action = std::string(policy::ActionName(action)),
          .operation = OperationOf(tx, actor, policy::ActionName(action), target),
          .policy_id = tx.policy().id,
          .account_id = IdOf(target.account),
          .secret_id = IdOf(target.secret),
          .version = target.version,
          .subject_id = IdOf(target.subject),
          .staged_policy_id = IdOf(target.policy),
          .rule = decision.rule,
          .needs = EncodeNeeds(decision.obligations.approvals),
          .reason = actor.request.reason,
          .ticket = actor.request.ticket,
          .details = DetailsOf(target),
          .created_at = tx.now(),
          .decide_until = tx.now() + kApprovalDecidedWithin,
          .uses = decision.obligations.uses.value_or(1),
          .valid = decision.obligations.valid.value_or(kApprovalUsableFor)};
}

audit::Event EventOf(const Actor& actor, policy::Action action, const Target& target,
                     const policy::Decision& decision, const Approval& row) {
  audit::Event event = EventFor(actor, action, target, Permit{decision, std::nullopt});
  event.type = "approval.request";
  event.texts["approval"] = ApprovalName(row.id);
  event.texts["action"] = row.action;
  event.texts["needs"] = DescribeNeeds(decision.obligations.approvals);
  event.texts["reason"] = row.reason;
  event.texts["ticket"] = row.ticket;
  return event;
}

absl::Status Required(const policy::Decision& decision, std::string_view approval,
                      const std::string& approvers) {
  const std::string needs = DescribeNeeds(decision.obligations.approvals);
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, "APPROVAL_REQUIRED",
                fmt::format("needs approval by {} (rule {}: {})", approvers.empty() ? needs : approvers,
                            decision.rule, decision.why));
  if (!approval.empty()) AddDetail(status, "approval", approval);
  AddDetail(status, "needs", needs);
  if (!approvers.empty()) AddDetail(status, "approvers", approvers);
  AddDetail(status, "rule", decision.rule);
  return status;
}

// Whoever asks for more than they may have open would learn, of as many names as they like, which are accounts.
absl::Status CheckSeesTarget(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                             const policy::Decision& decision) {
  if (target.account == nullptr || target.account->id == 0) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const bool sees, Sees(tx, actor, *target.account));
  if (sees) return absl::OkStatus();
  RecordRefusal(tx, actor, action, target, decision.rule);
  return NoSuchAccount(tx, actor, target.account->name);
}

}  // namespace

ApprovalState StateOf(const Tx& tx, const Approval& approval) {
  switch (approval.closed_as) {
    case ApprovalClosed::kRejected:
      return ApprovalState::kRejected;
    case ApprovalClosed::kWithdrawn:
      return ApprovalState::kWithdrawn;
    case ApprovalClosed::kNot:
      break;
  }
  if (approval.used >= approval.uses) return ApprovalState::kUsed;
  const ApprovalState open = approval.approved_at.has_value() ? ApprovalState::kApproved : ApprovalState::kPending;
  if (approval.handover_id.has_value()) return open;
  if (approval.policy_id != tx.policy().id) return ApprovalState::kVoid;
  if (approval.use_until.value_or(approval.decide_until) <= tx.now()) return ApprovalState::kExpired;
  return open;
}

std::string_view StateName(ApprovalState state) {
  switch (state) {
    case ApprovalState::kPending:
      return "pending";
    case ApprovalState::kApproved:
      return "approved";
    case ApprovalState::kRejected:
      return "rejected";
    case ApprovalState::kWithdrawn:
      return "withdrawn";
    case ApprovalState::kUsed:
      return "used";
    case ApprovalState::kExpired:
      return "expired";
    case ApprovalState::kVoid:
      return "void: the policy has changed since";
  }
  return "";
}

std::string ApprovalName(std::int64_t id) { return fmt::format("approvals/{}", id); }

std::vector<policy::ApprovalNeed> NeedsOf(const Approval& approval) {
  std::istringstream in(approval.needs);
  std::vector<policy::ApprovalNeed> needs;
  policy::ApprovalNeed need;
  for (char colon = 0; in >> need.count >> colon >> need.who;) needs.push_back(need);
  return needs;
}

std::string EncodeNeeds(const std::vector<policy::ApprovalNeed>& needs) {
  std::string text;
  for (const auto& need : needs)
    text += fmt::format("{}{}:{}", text.empty() ? "" : " ", need.count, need.who);
  return text;
}

std::string DescribeNeeds(const std::vector<policy::ApprovalNeed>& needs) {
  std::string text;
  for (const auto& need : needs) text.append(text.empty() ? "" : "; ").append(policy::Describe(need));
  return text;
}

absl::StatusOr<std::vector<policy::Vote>> CountedVotes(Tx& tx, const Approval& approval,
                                                       const storage::Holder* subject) {
  std::optional<storage::Account> account;
  if (approval.account_id.has_value()) {
    HF_ASSIGN_OR_RETURN(account, LoadAccount(tx, *approval.account_id));
  }
  std::set<std::string> gainers;
  if (approval.handover_id.has_value()) {
    HF_ASSIGN_OR_RETURN(gainers, GainersOf(tx, *approval.handover_id));
  }
  HF_ASSIGN_OR_RETURN(const auto rows, ApprovalStore(tx.db()).Votes(approval.id));
  std::vector<policy::Vote> votes;
  for (const storage::ApprovalVote& row : rows) {
    HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, row.holder_id));
    if (subject != nullptr && subject->person == holder.person) continue;
    policy::Vote vote{
        .person = holder.person, .roles = holder.roles, .kind = holder.kind, .status = holder.status};
    vote.gains = gainers.contains(holder.person);
    if (account.has_value()) {
      HF_ASSIGN_OR_RETURN(vote.relation, RelationTo(tx, *account, holder.id));
    }
    votes.push_back(std::move(vote));
  }
  return votes;
}

absl::StatusOr<std::vector<policy::Vote>> VotesFor(Tx& tx, const Approval& approval, const Target& target) {
  if (!approval.approved_at.has_value()) return std::vector<policy::Vote>();
  return CountedVotes(tx, approval, target.subject);
}

absl::StatusOr<std::optional<Approval>> FindApproval(Tx& tx, const Actor& actor, policy::Action action,
                                                     const Target& target) {
  const Bytes operation = OperationOf(tx, actor, policy::ActionName(action), target);
  HF_ASSIGN_OR_RETURN(auto again, UsedByThis(tx, actor, operation));
  if (again.has_value()) return again;
  if (!actor.approval.empty()) {
    HF_ASSIGN_OR_RETURN(auto named, Named(tx, actor, target, operation));
    if (named.has_value()) return named;
  }
  return ApprovalStore(tx.db()).Open(actor.holder.id, operation,
                                     {.now = tx.now(), .policy_id = tx.policy().id});
}

absl::Status UseApproval(Tx& tx, const Actor& actor, Approval approval) {
  ApprovalStore store(tx.db());
  const Request& request = actor.request;
  HF_ASSIGN_OR_RETURN(const auto used,
                      store.UsedBy(actor.holder.id, approval.operation, request.method, request.id));
  if (used.has_value() && used->approval.id == approval.id) {
    HF_ASSIGN_OR_RETURN(const bool again, CountsAgain(tx, actor, used->at));
    if (again) return absl::OkStatus();
  }
  ++approval.used;
  HF_RETURN_IF_ERROR(store.AddUse(approval.id, request.method, request.id, tx.now()));
  return store.Update(approval);
}

absl::Status AskForApproval(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                            const policy::Decision& decision, const std::optional<Approval>& existing) {
  HF_ASSIGN_OR_RETURN(const std::string approvers,
                      NameApprovers(tx, actor, actor.holder, target, decision.obligations.approvals, existing));
  if (existing.has_value() && StateOf(tx, *existing) == ApprovalState::kPending)
    return Required(decision, ApprovalName(existing->id), approvers);
  const bool only_reads = actor.request.id.empty();
  if (tx.dry_run() || only_reads) return Required(decision, "", approvers);
  ApprovalStore store(tx.db());
  HF_ASSIGN_OR_RETURN(const auto open,
                      store.OpenOf(actor.holder.id, {.now = tx.now(), .policy_id = tx.policy().id}));
  if (open.size() >= kMaxOpenApprovals) {
    HF_RETURN_IF_ERROR(CheckSeesTarget(tx, actor, action, target, decision));
    return MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_APPROVALS",
                     fmt::format("you have {} open requests for approval; withdraw some", open.size()));
  }
  Approval row = NewApproval(tx, actor, action, target, decision);
  // What is done instead runs next, before anybody else: the id stays free.
  HF_ASSIGN_OR_RETURN(row.id, store.NextId());
  tx.DoInstead([row, event = EventOf(actor, action, target, decision, row)](WriteTx& after) -> absl::Status {
    HF_RETURN_IF_ERROR(ApprovalStore(after.db()).Insert(row));
    after.Record(event);
    return absl::OkStatus();
  });
  return Required(decision, ApprovalName(row.id), approvers);
}

}  // namespace holdfast::custody
