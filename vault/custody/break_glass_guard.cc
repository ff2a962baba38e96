#include "vault/custody/break_glass_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/retry.h"
#include "vault/custody/approvals.h"

namespace holdfast::custody {
namespace {

using policy::Action;
using storage::BreakGlass;

constexpr std::int64_t kOverseers =
    static_cast<std::int64_t>(Role::kSecurity) | static_cast<std::int64_t>(Role::kAuditor);

absl::Status Failed(std::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::Status NobodyToObject() {
  return Failed("NOBODY_TO_OBJECT",
                "there is nobody else, active and with a confirmed key, who could say no");
}

absl::StatusOr<std::vector<policy::Vote>> VotesOf(Tx& tx, const BreakGlass& row) {
  if (!row.approval_event.has_value()) return std::vector<policy::Vote>();
  HF_ASSIGN_OR_RETURN(const auto approval, storage::ApprovalStore(tx.db()).ByEvent(*row.approval_event));
  if (!approval.has_value()) return std::vector<policy::Vote>();
  return CountedVotes(tx, *approval, /*subject=*/nullptr);
}

absl::Status Stale(const BreakGlass& row, std::string_view rule) {
  absl::Status status =
      Failed("BREAK_GLASS_STALE",
             fmt::format("break-glass/{} was asked for when less was needed than now, by rule {}; ask again",
                         row.id, rule));
  AddDetail(status, "rule", rule);
  return status;
}

}  // namespace

absl::Status CheckMayAsk(Tx& tx, const Actor& actor) {
  storage::BreakGlassStore store(tx.db());
  HF_ASSIGN_OR_RETURN(const auto open, store.Open(tx.elapsed(), tx.policy().id));
  const auto own = std::ranges::count(open, actor.holder.id, &BreakGlass::requester_id);
  if (own >= kMaxOpenBreakGlass)
    return Failed("TOO_MANY_OPEN", fmt::format("{} of your requests are open, which is the most", own));
  HF_ASSIGN_OR_RETURN(const auto others,
                      storage::KeyStore(tx.db()).ConfirmedOfOthers(kOverseers, actor.holder.person, tx.now()));
  if (others.empty()) return NobodyToObject();
  HF_ASSIGN_OR_RETURN(const auto today, store.AskedAfter(actor.holder.id, tx.now() - kDay));
  if (std::ssize(today) < kMaxBreakGlassADay) return absl::OkStatus();
  // One falls out of the day when the oldest of the last kMaxBreakGlassADay does.
  const Micros free_at = today[today.size() - static_cast<std::size_t>(kMaxBreakGlassADay)] + kDay;
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_TODAY",
      fmt::format("you asked {} times within a day, which is the most; again from {} on", today.size(),
                  FormatTime(free_at)));
  SetRetryAfter(status, (free_at - tx.now() + 999) / 1000);
  return status;
}

absl::Status CheckNotOpen(Tx& tx, const Actor& actor, const storage::Secret& secret, Micros wait) {
  HF_ASSIGN_OR_RETURN(const auto open, storage::BreakGlassStore(tx.db()).Open(tx.elapsed(), tx.policy().id));
  for (const BreakGlass& row : open) {
    // One that waited too little is shown no more, and is in nobody's way.
    if (row.requester_id != actor.holder.id || row.secret_id != secret.id || row.wait < wait) continue;
    absl::Status status =
        Failed("BREAK_GLASS_OPEN", fmt::format("break-glass/{} is open for this secret already", row.id));
    AddDetail(status, "break_glass", fmt::format("break-glass/{}", row.id));
    return status;
  }
  return absl::OkStatus();
}

absl::Status CheckSomebodyMayObject(Tx& tx, const storage::Holder& requester, const Target& target) {
  HF_ASSIGN_OR_RETURN(const auto keys,
                      storage::KeyStore(tx.db()).ConfirmedOfOthers(kOverseers, requester.person, tx.now()));
  for (const storage::DeviceKey& key : keys) {
    Actor other{.key = key};
    HF_ASSIGN_OR_RETURN(other.holder, LoadHolder(tx, key.holder_id));
    HF_ASSIGN_OR_RETURN(const policy::Decision veto, Consider(tx, other, Action::kBreakGlassVeto, target,
                                                              {.has_reason = true, .has_ticket = true}));
    if (veto.allowed()) return absl::OkStatus();
  }
  return NobodyToObject();
}

absl::Status CheckStillAllowed(Tx& tx, const Actor& actor, const BreakGlassRows& rows) {
  const BreakGlass& row = rows.row;
  Actor asking = actor;
  asking.request.reason = row.reason;
  asking.request.ticket = row.ticket;
  Target target = rows.AsTarget();
  target.version = rows.secret.current_version;
  HF_ASSIGN_OR_RETURN(auto votes, VotesOf(tx, row));
  const auto now =
      AuthorizeToWait(tx, asking, Action::kBreakGlassRequest, target, {.votes = std::move(votes)});
  if (absl::IsInvalidArgument(now.status())) return Stale(row, DetailsOf(now.status())["rule"]);
  HF_RETURN_IF_ERROR(now.status());
  if (!now->allowed() || now->obligations.wait.value_or(0) > row.wait) return Stale(row, now->rule);
  return absl::OkStatus();
}

}  // namespace holdfast::custody
