#include "vault/custody/break_glass_view.h"

#include <fmt/format.h>

#include <utility>

namespace holdfast::custody {
namespace {

constexpr int kReadAtOnce = 200;

absl::StatusOr<bool> MayRead(Tx& tx, const Actor& actor, const storage::BreakGlass& row) {
  HF_ASSIGN_OR_RETURN(const BreakGlassRows rows, LoadBreakGlass(tx, row));
  HF_ASSIGN_OR_RETURN(const policy::Decision decision,
                      Consider(tx, actor, policy::Action::kBreakGlassRead, rows.AsTarget(),
                               {.requested_by_self = rows.requester.person == actor.holder.person}));
  return decision.allowed();
}

bool IsOver(BreakGlassState state) {
  return state == BreakGlassState::kVetoed || state == BreakGlassState::kExpired ||
         state == BreakGlassState::kClosed;
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
  }
  return "";
}

BreakGlassState StateOf(const storage::BreakGlass& row, Micros elapsed) {
  if (row.vetoed_at.has_value()) return BreakGlassState::kVetoed;
  if (row.reviewed_at.has_value()) return BreakGlassState::kClosed;
  if (row.revealed_at.has_value()) return BreakGlassState::kRevealed;
  if (!row.Open(elapsed)) return BreakGlassState::kExpired;
  return elapsed < row.ready_at_elapsed ? BreakGlassState::kWaiting : BreakGlassState::kReady;
}

Target BreakGlassRows::AsTarget(std::map<std::string, std::string> texts) const {
  texts["break-glass"] = fmt::format("break-glass/{}", row.id);
  return {.account = &account, .secret = &secret, .version = row.revealed_version, .texts = std::move(texts)};
}

absl::StatusOr<BreakGlassRows> LoadBreakGlass(Tx& tx, const storage::BreakGlass& row) {
  BreakGlassRows rows{.row = row};
  HF_ASSIGN_OR_RETURN(rows.account, LoadAccount(tx, row.account_id));
  HF_ASSIGN_OR_RETURN(rows.requester, LoadHolder(tx, row.requester_id));
  HF_ASSIGN_OR_RETURN(auto secret, storage::SecretStore(tx.db()).ById(row.secret_id));
  if (!secret.has_value())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                     "a row refers to a secret that is missing");
  rows.secret = *std::move(secret);
  return rows;
}

absl::StatusOr<BreakGlassRows> FindBreakGlass(Tx& tx, std::int64_t id) {
  HF_ASSIGN_OR_RETURN(const auto row, storage::BreakGlassStore(tx.db()).ById(id));
  if (row.has_value()) return LoadBreakGlass(tx, *row);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", fmt::format("there is no break-glass/{}", id));
}

absl::StatusOr<BreakGlassView> ViewBreakGlass(Tx& tx, const storage::BreakGlass& row) {
  BreakGlassView view{.row = row, .state = StateOf(row, tx.elapsed())};
  if (view.state == BreakGlassState::kWaiting) view.left = row.ready_at_elapsed - tx.elapsed();
  if (view.state == BreakGlassState::kReady)
    view.left = row.ready_at_elapsed + storage::kBreakGlassUsableFor - tx.elapsed();
  if (view.state != BreakGlassState::kRevealed) return view;
  HF_ASSIGN_OR_RETURN(const storage::Holder requester, LoadHolder(tx, row.requester_id));
  HF_ASSIGN_OR_RETURN(view.rotation, storage::ExposureStore(tx.db()).TaskStateOf(
                                         row.secret_id, row.revealed_version.value_or(0), requester.person));
  return view;
}

absl::StatusOr<BreakGlassView> GetBreakGlass(Tx& tx, const Actor& actor, std::int64_t id) {
  const auto rows = FindBreakGlass(tx, id);
  if (!rows.ok()) {
    // Decided before the answer says whether there is one.
    HF_RETURN_IF_ERROR(Authorize(tx, actor, policy::Action::kBreakGlassRead, {}).status());
    return rows.status();
  }
  HF_RETURN_IF_ERROR(Authorize(tx, actor, policy::Action::kBreakGlassRead, rows->AsTarget(),
                               {.requested_by_self = rows->requester.person == actor.holder.person})
                         .status());
  return ViewBreakGlass(tx, rows->row);
}

absl::StatusOr<std::vector<BreakGlassView>> ListBreakGlass(Tx& tx, const Actor& actor, bool open_only,
                                                           std::int64_t after_id, int limit) {
  // Also where there is none yet: what nobody decided is not answered.
  HF_RETURN_IF_ERROR(Consider(tx, actor, policy::Action::kBreakGlassRead, {}).status());
  std::vector<BreakGlassView> views;
  storage::BreakGlassStore store(tx.db());
  while (true) {
    HF_ASSIGN_OR_RETURN(const auto rows, store.List(after_id, kReadAtOnce));
    for (const storage::BreakGlass& row : rows) {
      after_id = row.id;
      if (open_only && IsOver(StateOf(row, tx.elapsed()))) continue;
      HF_ASSIGN_OR_RETURN(const bool may_read, MayRead(tx, actor, row));
      if (!may_read) continue;
      HF_ASSIGN_OR_RETURN(BreakGlassView view, ViewBreakGlass(tx, row));
      views.push_back(std::move(view));
      if (static_cast<int>(views.size()) == limit) return views;
    }
    if (rows.size() < kReadAtOnce) return views;
  }
}

absl::StatusOr<int> CountVetoable(Tx& tx, const Actor& actor) {
  HF_ASSIGN_OR_RETURN(const auto open, storage::BreakGlassStore(tx.db()).Open(tx.elapsed()));
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
