#include "vault/custody/approving.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "vault/base/ascii.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/custody/approvers.h"
#include "vault/custody/cut_approval.h"
#include "vault/custody/facts.h"
#include "vault/custody/holders.h"
#include "vault/custody/sight.h"
#include "vault/storage/event_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;
using storage::Approval;
using storage::ApprovalClosed;
using storage::ApprovalStore;

// The rows that a request is about.
struct About {
  storage::Holder requester;
  std::optional<storage::Account> account;
  std::optional<storage::Secret> secret;
  std::optional<storage::Holder> subject;
  std::optional<storage::Handover> handover;  // whose cut it is
  std::set<std::string> gainers;              // persons who would own something by it
  std::optional<std::int64_t> version;
  std::map<std::string, std::string> texts;

  Target target() const {
    const auto borrow = [](const auto& row) { return row.has_value() ? &*row : nullptr; };
    return {.account = borrow(account),
            .secret = borrow(secret),
            .subject = borrow(subject),
            .handover = borrow(handover),
            .version = version,
            .texts = texts};
  }
  const storage::Holder* about() const { return subject.has_value() ? &*subject : nullptr; }
};

absl::Status AddCut(Tx& tx, std::int64_t handover_id, About& about) {
  HF_ASSIGN_OR_RETURN(about.handover, storage::HandoverStore(tx.db()).ById(handover_id));
  if (!about.handover.has_value())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "an approval is of a case that is missing");
  HF_ASSIGN_OR_RETURN(const Actor asker, AskerOf(tx, *about.handover));
  about.requester = asker.holder;
  HF_ASSIGN_OR_RETURN(about.gainers, GainersOf(tx, handover_id));
  return absl::OkStatus();
}

absl::StatusOr<About> AboutOf(Tx& tx, const Approval& row, std::string_view reason) {
  About about{
      .version = row.version,
      .texts = {{"approval", ApprovalName(row.id)}, {"action", row.action}, {"reason", std::string(reason)}}};
  HF_ASSIGN_OR_RETURN(about.requester, LoadHolder(tx, row.requester_id));
  if (row.account_id.has_value()) {
    HF_ASSIGN_OR_RETURN(about.account, LoadAccount(tx, *row.account_id));
  }
  if (row.secret_id.has_value()) {
    HF_ASSIGN_OR_RETURN(about.secret, LoadSecret(tx, *row.secret_id));
  }
  if (row.subject_id.has_value()) {
    HF_ASSIGN_OR_RETURN(about.subject, LoadHolder(tx, *row.subject_id));
  }
  about.texts["requester"] = about.requester.name;
  if (row.handover_id.has_value()) HF_RETURN_IF_ERROR(AddCut(tx, *row.handover_id, about));
  return about;
}

absl::StatusOr<std::optional<Approval>> Lookup(Tx& tx, std::string_view name) {
  const auto id = ParseNumber(name);
  if (!id.has_value()) return std::optional<Approval>();
  return ApprovalStore(tx.db()).ById(*id);
}

policy::Context ContextOf(const Actor& actor, const About& about) {
  return {.requested_by_self = about.requester.person == actor.holder.person,
          .successor_is_self = about.gainers.contains(actor.holder.person)};
}

// A request, found and authorized for `action` on behalf of the actor.
struct Located {
  Approval row;
  About about;
  Permit permit;
};
// True when the actor is one of those who are asked, or were, if the request is over.
absl::StatusOr<bool> IsAsked(Tx& tx, const Actor& actor, const Approval& row, const About& about);

absl::StatusOr<Located> Locate(WriteTx& tx, const Actor& actor, Action action, std::string_view name) {
  Located located;
  HF_ASSIGN_OR_RETURN(located.row, FindSeen(tx, actor, action, name));
  HF_ASSIGN_OR_RETURN(located.about, AboutOf(tx, located.row, actor.request.reason));
  HF_ASSIGN_OR_RETURN(located.permit,
                      Authorize(tx, actor, action, located.about.target(), ContextOf(actor, located.about)));
  return located;
}

absl::Status CheckState(const Tx& tx, const Approval& row, std::initializer_list<ApprovalState> allowed) {
  const ApprovalState state = StateOf(tx, row);
  if (std::ranges::find(allowed, state) != allowed.end()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "APPROVAL_STATE",
                   fmt::format("approval {} is {}", row.id, StateName(state)));
}

int TotalLacking(const Approval& row, const policy::Context& context) {
  int lacking = 0;
  for (const policy::ApprovalNeed& need : NeedsOf(row)) lacking += policy::Lacking(need, context);
  return lacking;
}

// The votes so far, and what the actor's own would be.
struct Count {
  policy::Context context;  // of the requester, with the votes so far
  policy::Vote own;
  bool voted = false;  // the actor's person has

  bool Names(const Approval& row) const {
    policy::Context with = context;
    with.votes.push_back(own);
    const int lacking = TotalLacking(row, context);
    if (lacking > 0) return TotalLacking(row, with) < lacking;
    // Enough people said yes once, one of them was away then: somebody who is named must still say so.
    return IsNamed(row);
  }
  // Whether the actor is one of those whose yes counts, whatever is there already.
  bool IsNamed(const Approval& row) const {
    return !own.gains && std::ranges::any_of(NeedsOf(row), [&](const policy::ApprovalNeed& need) {
      return policy::IsApprover(need.who, own.roles, own.relation);
    });
  }
};
absl::StatusOr<Count> CountFor(Tx& tx, const Actor& actor, const Approval& row, const About& about) {
  const storage::Holder& holder = actor.holder;
  Count count{
      .context = {.person = about.requester.person},
      .own = {.person = holder.person, .roles = holder.roles, .kind = holder.kind, .status = holder.status}};
  count.own.gains = about.gainers.contains(holder.person);
  HF_ASSIGN_OR_RETURN(count.context.votes, CountedVotes(tx, row, about.about()));
  if (about.account.has_value()) {
    HF_ASSIGN_OR_RETURN(count.own.relation, RelationTo(tx, *about.account, holder.id));
  }
  count.voted = std::ranges::any_of(count.context.votes,
                                    [&](const policy::Vote& vote) { return vote.person == holder.person; });
  return count;
}

absl::StatusOr<bool> IsAsked(Tx& tx, const Actor& actor, const Approval& row, const About& about) {
  HF_ASSIGN_OR_RETURN(const Count count, CountFor(tx, actor, row, about));
  if (count.voted) return true;
  if (!count.IsNamed(row)) return false;
  HF_ASSIGN_OR_RETURN(const policy::Decision may,
                      Consider(tx, actor, Action::kApprovalApprove, about.target(), ContextOf(actor, about)));
  return may.allowed();
}

absl::Status NotAnApprover(WriteTx& tx, const Actor& actor, const Located& located) {
  audit::Event event = EventFor(actor, Action::kApprovalApprove, located.about.target(), located.permit);
  event.outcome = audit::Outcome::kDenied;
  event.rule = located.row.rule;
  tx.RecordInstead(std::move(event));
  HF_ASSIGN_OR_RETURN(const std::string approvers, ApproversOf(tx, actor, located.row));
  absl::Status status = MakeError(
      absl::StatusCode::kPermissionDenied, "NOT_AN_APPROVER",
      approvers.empty()
          ? fmt::format("approval {} can be rejected by {}, by rule {}; you are none of those", located.row.id,
                        DescribeNeeds(NeedsOf(located.row)), located.row.rule)
          : fmt::format("approval {} needs a yes of {}, by rule {}, not yours", located.row.id, approvers,
                        located.row.rule));
  AddDetail(status, "needs", DescribeNeeds(NeedsOf(located.row)));
  AddDetail(status, "rule", located.row.rule);
  return status;
}

// What a person asked for who is suspended or leaves is nothing to say yes to.
absl::Status CheckRequesterStands(const Located& located) {
  const storage::Holder& requester = located.about.requester;
  if (requester.status == HolderStatus::kActive) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "REQUESTER_INACTIVE",
                   fmt::format("approval {} was asked for by {}, who {}", located.row.id, requester.name,
                               StatusWords(requester.status)));
}

absl::Status CheckMayApprove(WriteTx& tx, const Actor& actor, const Located& located, const Count& count) {
  HF_RETURN_IF_ERROR(CheckState(tx, located.row, {ApprovalState::kPending}));
  HF_RETURN_IF_ERROR(CheckRequesterStands(located));
  if (count.voted) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "ALREADY_VOTED",
                     fmt::format("you have approved {} already; it waits for somebody else", located.row.id));
  }
  return count.Names(located.row) ? absl::OkStatus() : NotAnApprover(tx, actor, located);
}

// A yes can be taken back, by whoever gave it or by another who could have, until it is used up.
absl::Status CheckMayReject(WriteTx& tx, const Actor& actor, const Located& located, const Count& count) {
  HF_RETURN_IF_ERROR(CheckState(tx, located.row, {ApprovalState::kPending, ApprovalState::kApproved}));
  return count.IsNamed(located.row) ? absl::OkStatus() : NotAnApprover(tx, actor, located);
}

absl::Status Close(WriteTx& tx, const Actor& actor, Approval& row, ApprovalClosed as,
                   std::string_view reason) {
  row.closed_as = as;
  row.closed_by = actor.holder.id;
  row.closed_at = tx.now();
  row.close_reason = reason;
  return ApprovalStore(tx.db()).Update(row);
}

}  // namespace

absl::StatusOr<Approval> Approve(WriteTx& tx, const Actor& actor, const Request& request,
                                 std::string_view name) {
  HF_ASSIGN_OR_RETURN(Located located, Locate(tx, actor, Action::kApprovalApprove, name));
  Approval& row = located.row;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return row;
  HF_ASSIGN_OR_RETURN(Count count, CountFor(tx, actor, row, located.about));
  HF_RETURN_IF_ERROR(CheckMayApprove(tx, actor, located, count));
  ApprovalStore store(tx.db());
  HF_RETURN_IF_ERROR(
      store.AddVote(row.id, {.holder_id = actor.holder.id, .reason = request.reason, .voted_at = tx.now()}));
  count.context.votes.push_back(std::move(count.own));
  if (TotalLacking(row, count.context) == 0) {
    HF_ASSIGN_OR_RETURN(const std::int64_t size, storage::EventStore(tx.db()).Size());
    row.approved_at = tx.now();
    row.use_until = tx.now() + row.valid;
    row.event_idx = size + static_cast<std::int64_t>(tx.events().size());  // of the event below
    HF_RETURN_IF_ERROR(store.Update(row));
  }
  tx.Record(EventFor(actor, Action::kApprovalApprove, located.about.target(), located.permit));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, name));
  return row;
}

absl::StatusOr<Approval> Reject(WriteTx& tx, const Actor& actor, const Request& request,
                                std::string_view name) {
  HF_RETURN_IF_ERROR(CheckLine("reason", request.reason, kMaxReason, /*required=*/true));
  HF_ASSIGN_OR_RETURN(Located located, Locate(tx, actor, Action::kApprovalApprove, name));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return located.row;
  HF_ASSIGN_OR_RETURN(const Count count, CountFor(tx, actor, located.row, located.about));
  HF_RETURN_IF_ERROR(CheckMayReject(tx, actor, located, count));
  HF_RETURN_IF_ERROR(Close(tx, actor, located.row, ApprovalClosed::kRejected, request.reason));
  audit::Event event = EventFor(actor, Action::kApprovalApprove, located.about.target(), located.permit);
  event.type = "approval.reject";
  tx.Record(std::move(event));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, name));
  return located.row;
}

absl::StatusOr<Approval> Withdraw(WriteTx& tx, const Actor& actor, const Request& request,
                                  std::string_view name) {
  HF_ASSIGN_OR_RETURN(Located located, Locate(tx, actor, Action::kApprovalWithdraw, name));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return located.row;
  HF_RETURN_IF_ERROR(CheckState(tx, located.row, {ApprovalState::kPending, ApprovalState::kApproved}));
  if (const auto& cut = located.about.handover; cut.has_value())
    return MakeError(absl::StatusCode::kFailedPrecondition, "APPROVAL_OF_CUT",
                     fmt::format("approval {} is of the cut of handover {}: change or cancel that case instead: "
                                 "holdfast handover cancel {}",
                                 located.row.id, cut->name, cut->name));
  HF_RETURN_IF_ERROR(Close(tx, actor, located.row, ApprovalClosed::kWithdrawn, request.reason));
  tx.Record(EventFor(actor, Action::kApprovalWithdraw, located.about.target(), located.permit));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, name));
  return located.row;
}

absl::Status WithdrawAll(WriteTx& tx, const Actor& actor, const storage::Holder& holder,
                         const storage::Handover& handover) {
  HF_ASSIGN_OR_RETURN(
      auto rows, ApprovalStore(tx.db()).OpenOf(holder.id, {.now = tx.now(), .policy_id = tx.policy().id}));
  const std::string reason = fmt::format("handover {}", handover.name);
  for (Approval& row : rows) {
    HF_ASSIGN_OR_RETURN(const About about, AboutOf(tx, row, reason));
    HF_RETURN_IF_ERROR(Close(tx, actor, row, ApprovalClosed::kWithdrawn, reason));
    audit::Event event = EventFor(actor, Action::kApprovalWithdraw, about.target(), Permit());
    event.handover = RefTo(handover);
    event.rule = "handover.cut";
    tx.Record(std::move(event));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> MayRead(Tx& tx, const Actor& actor, const Approval& approval) {
  HF_ASSIGN_OR_RETURN(const About about, AboutOf(tx, approval, ""));
  HF_ASSIGN_OR_RETURN(const bool sees, SeesOrKnows(tx, actor, Action::kApprovalRead, about.target(),
                                                   ContextOf(actor, about), /*knows=*/false));
  return sees ? true : IsAsked(tx, actor, approval, about);
}

absl::StatusOr<Approval> FindSeen(Tx& tx, const Actor& actor, Action action, std::string_view name) {
  HF_ASSIGN_OR_RETURN(auto row, Lookup(tx, name));
  if (!row.has_value()) return NotThere(tx, actor, action, Thing::kApproval, name);
  HF_ASSIGN_OR_RETURN(bool sees, MayRead(tx, actor, *row));
  HF_ASSIGN_OR_RETURN(const About about, AboutOf(tx, *row, ""));
  const policy::Context context = ContextOf(actor, about);
  if (!sees && action != Action::kApprovalRead) {
    HF_ASSIGN_OR_RETURN(sees, SeesOrKnows(tx, actor, Action::kApprovalRead, about.target(), context,
                                          /*knows=*/context.requested_by_self));
  }
  if (sees) return *std::move(row);
  return NotThere(tx, actor, action, Thing::kApproval, name, about.target());
}

absl::StatusOr<std::string> ApproversOf(Tx& tx, const Actor& reader, const Approval& approval) {
  if (StateOf(tx, approval) != ApprovalState::kPending) return std::string();
  HF_ASSIGN_OR_RETURN(const About about, AboutOf(tx, approval, ""));
  HF_ASSIGN_OR_RETURN(std::string names, NameApprovers(tx, reader, about.requester, about.target(),
                                                       NeedsOf(approval), approval));
  return names.empty() ? DescribeNeeds(NeedsOf(approval)) : std::move(names);
}

absl::StatusOr<bool> WaitsFor(Tx& tx, const Actor& actor, const Approval& approval) {
  if (StateOf(tx, approval) != ApprovalState::kPending) return false;
  HF_ASSIGN_OR_RETURN(const About about, AboutOf(tx, approval, ""));
  if (about.requester.status != HolderStatus::kActive) return false;
  HF_ASSIGN_OR_RETURN(const Count count, CountFor(tx, actor, approval, about));
  if (count.voted || !count.Names(approval)) return false;
  HF_ASSIGN_OR_RETURN(const policy::Decision may,
                      Consider(tx, actor, Action::kApprovalApprove, about.target(), ContextOf(actor, about)));
  return may.allowed();
}

}  // namespace holdfast::custody
