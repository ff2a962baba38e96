#include "vault/custody/break_glass_view.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "vault/custody/sight.h"

namespace holdfast::custody {
namespace {

// Whoever asked for it knows of it, and can do what the policy lets them; to read it is a right like others.
absl::StatusOr<bool> IsThere(Tx& tx, const Actor& actor, const BreakGlassRows& rows, policy::Action action) {
  const bool own = rows.requester.person == actor.holder.person;
  return SeesOrKnows(tx, actor, policy::Action::kBreakGlassRead, rows.AsTarget(), {.requested_by_self = own},
                     /*knows=*/own && action != policy::Action::kBreakGlassRead);
}

bool IsOver(BreakGlassState state) {
  return state == BreakGlassState::kVetoed || state == BreakGlassState::kExpired ||
         state == BreakGlassState::kClosed || state == BreakGlassState::kVoid;
}

}  // namespace

std::string_view BreakGlassStateName(BreakGlassState state) {
  switch (state) {
    case BreakGlassState::kWaiting:
      return "WAITING";
    case BreakGlassState::kReady:
      return "READY";
    case BreakGlassState::kVetoed:
      return "VETOED";
    case BreakGlassState::kExpired:
      return "EXPIRED";
    case BreakGlassState::kRevealed:
      return "REVEALED";
    case BreakGlassState::kClosed:
      return "CLOSED";
    case BreakGlassState::kVoid:
      return "VOID";
  }
  return "";
}

BreakGlassState StateOf(const Tx& tx, const storage::BreakGlass& row) {
  if (row.vetoed_at.has_value()) return BreakGlassState::kVetoed;
  if (row.reviewed_at.has_value()) return BreakGlassState::kClosed;
  if (row.revealed_at.has_value()) return BreakGlassState::kRevealed;
  if (!row.Open(tx.elapsed())) return BreakGlassState::kExpired;
  if (row.policy_id != tx.policy().id) return BreakGlassState::kVoid;
  return tx.elapsed() < row.ready_at_elapsed ? BreakGlassState::kWaiting : BreakGlassState::kReady;
}

Target BreakGlassRows::AsTarget(std::map<std::string, std::string> texts) const {
  texts["break-glass"] = fmt::format("break-glass/{}", row.id);
  return {.account = &account, .secret = &secret, .version = row.revealed_version, .texts = std::move(texts)};
}

absl::StatusOr<BreakGlassRows> LoadBreakGlass(Tx& tx, const storage::BreakGlass& row) {
  BreakGlassRows rows{.row = row};
  HF_ASSIGN_OR_RETURN(rows.account, LoadAccount(tx, row.account_id));
  HF_ASSIGN_OR_RETURN(rows.requester, LoadHolder(tx, row.requester_id));
  HF_ASSIGN_OR_RETURN(rows.secret, LoadSecret(tx, row.secret_id));
  return rows;
}

absl::StatusOr<BreakGlassRows> FindBreakGlass(Tx& tx, const Actor& actor, policy::Action action, std::int64_t id) {
  const std::string name = std::to_string(id);
  HF_ASSIGN_OR_RETURN(const auto row, storage::BreakGlassStore(tx.db()).ById(id));
  if (!row.has_value()) return NotThere(tx, actor, action, Thing::kBreakGlass, name);
  HF_ASSIGN_OR_RETURN(BreakGlassRows rows, LoadBreakGlass(tx, *row));
  HF_ASSIGN_OR_RETURN(const bool there, IsThere(tx, actor, rows, action));
  if (!there) return NotThere(tx, actor, action, Thing::kBreakGlass, name, rows.AsTarget());
  return rows;
}

absl::StatusOr<BreakGlassView> ViewBreakGlass(Tx& tx, const storage::BreakGlass& row) {
  BreakGlassView view{.row = row, .state = StateOf(tx, row)};
  if (view.state == BreakGlassState::kWaiting) view.left = row.ready_at_elapsed - tx.elapsed();
  if (view.state == BreakGlassState::kReady)
    view.left = row.ready_at_elapsed + storage::kBreakGlassUsableFor - tx.elapsed();
  if (view.state != BreakGlassState::kRevealed) return view;
  HF_ASSIGN_OR_RETURN(const storage::Holder requester, LoadHolder(tx, row.requester_id));
  HF_ASSIGN_OR_RETURN(view.rotation, storage::KnowledgeStore(tx.db(), storage::KnownBy::kExposure).TaskStateOf(
                                         row.secret_id, row.revealed_version.value_or(0), requester.person));
  return view;
}

absl::StatusOr<BreakGlassView> GetBreakGlass(Tx& tx, const Actor& actor, std::int64_t id) {
  HF_ASSIGN_OR_RETURN(const BreakGlassRows rows, FindBreakGlass(tx, actor, policy::Action::kBreakGlassRead, id));
  return ViewBreakGlass(tx, rows.row);
}

absl::StatusOr<BreakGlassPage> ListBreakGlass(Tx& tx, const Actor& actor, bool open_only,
                                              std::int64_t after_id, int limit) {
  // Also where there is none yet: what nobody decided is not answered.
  HF_RETURN_IF_ERROR(Consider(tx, actor, policy::Action::kBreakGlassRead, {}).status());
  HF_ASSIGN_OR_RETURN(const auto all,
                      storage::BreakGlassStore(tx.db()).List(after_id, kBreakGlassLookedAt + 1));
  BreakGlassPage page;
  int looked_at = 0;
  for (const storage::BreakGlass& row : all) {
    if (std::ssize(page.views) == limit || looked_at++ == kBreakGlassLookedAt) {
      page.last = after_id;
      break;
    }
    after_id = row.id;
    if (open_only && IsOver(StateOf(tx, row))) continue;
    HF_ASSIGN_OR_RETURN(const BreakGlassRows rows, LoadBreakGlass(tx, row));
    HF_ASSIGN_OR_RETURN(const bool sees, IsThere(tx, actor, rows, policy::Action::kBreakGlassRead));
    if (!sees) continue;
    HF_ASSIGN_OR_RETURN(BreakGlassView view, ViewBreakGlass(tx, row));
    page.views.push_back(std::move(view));
  }
  return page;
}

absl::StatusOr<int> CountVetoable(Tx& tx, const Actor& actor) {
  HF_ASSIGN_OR_RETURN(const auto open, storage::BreakGlassStore(tx.db()).Open(tx.elapsed(), tx.policy().id));
  int count = 0;
  for (const storage::BreakGlass& row : open) {
    if (row.requester_id == actor.holder.id) continue;
    HF_ASSIGN_OR_RETURN(const BreakGlassRows rows, LoadBreakGlass(tx, row));
    HF_ASSIGN_OR_RETURN(const policy::Decision decision,
                        Consider(tx, actor, policy::Action::kBreakGlassVeto, rows.AsTarget()));
    if (decision.allowed()) ++count;
  }
  return count;
}

}  // namespace holdfast::custody
