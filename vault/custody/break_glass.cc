#include "vault/custody/break_glass.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::custody {
namespace {

using policy::Action;
using storage::BreakGlass;

absl::Status Failed(std::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::Status WrongState(const BreakGlass& row, BreakGlassState state, std::string_view what) {
  absl::Status status = Failed(
      "BREAK_GLASS_STATE", fmt::format("break-glass/{}: {}", row.id, what));
  AddDetail(status, "state", BreakGlassStateName(state));
  return status;
}

std::string Minutes(Micros time) {
  const auto minutes = (time + kMinute - 1) / kMinute;
  return fmt::format("{} minute{}", minutes, minutes == 1 ? "" : "s");
}

// "bob said no: not needed"; or why it ended without anybody.
absl::StatusOr<std::string> VetoInWords(WriteTx& tx, const BreakGlass& row) {
  if (!row.vetoed_by.has_value()) return fmt::format("it ended: {}", row.veto_reason);
  HF_ASSIGN_OR_RETURN(const storage::Holder by, LoadHolder(tx, *row.vetoed_by));
  return fmt::format("{} said no: {}", by.name, row.veto_reason);
}

std::string_view ReviewNeeds(BreakGlassState state) {
  return state == BreakGlassState::kClosed ? "it was reviewed already"
                                           : "only a request that was revealed is reviewed, and this one was not";
}

// The request, and the decision about what the actor wants with it.
struct Decided {
  BreakGlassRows rows;
  Permit permit;
};
absl::StatusOr<Decided> FindAndAuthorize(WriteTx& tx, const Actor& actor, Action action, std::int64_t id,
                                         std::map<std::string, std::string> texts) {
  Decided decided;
  HF_ASSIGN_OR_RETURN(decided.rows, FindBreakGlass(tx, actor, action, id));
  Target target = decided.rows.AsTarget(std::move(texts));
  // A reveal is for the holder who asked; whose review does not count is a matter of persons.
  bool own = decided.rows.requester.person == actor.holder.person;
  if (action == Action::kBreakGlassReveal) {
    own = decided.rows.requester.id == actor.holder.id;
    target.version = decided.rows.secret.current_version;
  }
  HF_ASSIGN_OR_RETURN(decided.permit, Authorize(tx, actor, action, target, {.requested_by_self = own}));
  return decided;
}

// The texts of an event about `decided`, and the end of a call that changed its row.
absl::StatusOr<BreakGlassView> Finish(WriteTx& tx, const Actor& actor, const Request& request, Action action,
                                      const Decided& decided,
                                      const std::map<std::string, std::string>& texts) {
  HF_RETURN_IF_ERROR(storage::BreakGlassStore(tx.db()).Update(decided.rows.row));
  tx.Record(EventFor(actor, action, decided.rows.AsTarget(texts), decided.permit));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(decided.rows.row.id)));
  return ViewBreakGlass(tx, decided.rows.row);
}

// The value again for the same call, whose answer may have been lost on the way.
absl::Status CheckRepeatable(WriteTx& tx, const BreakGlass& row) {
  if (row.revealed_at.has_value() && tx.now() - *row.revealed_at <= row.show) return absl::OkStatus();
  return WrongState(row, StateOf(tx, row), "it was shown, once, and its time is over");
}

absl::Status CheckState(WriteTx& tx, const BreakGlass& row) {
  const BreakGlassState state = StateOf(tx, row);
  switch (state) {
    case BreakGlassState::kReady:
      return absl::OkStatus();
    case BreakGlassState::kWaiting:
      return WrongState(row, state,
                        fmt::format("it waits, and is ready in {}, unless somebody says no",
                                    Minutes(row.ready_at_elapsed - tx.elapsed())));
    case BreakGlassState::kVetoed: {
      HF_ASSIGN_OR_RETURN(const std::string words, VetoInWords(tx, row));
      return WrongState(row, state, words);
    }
    case BreakGlassState::kExpired:
      return WrongState(row, state, "it was not used within a day; ask again");
    case BreakGlassState::kVoid:
      return WrongState(row, state, "it was asked for under another policy; ask again");
    case BreakGlassState::kRevealed:
    case BreakGlassState::kClosed:
      return WrongState(row, state, "it was shown already, and is shown once; ask again");
  }
  return absl::OkStatus();
}

// Who may object, and what the account asks for, may have changed during the wait.
absl::Status CheckReady(WriteTx& tx, const Actor& actor, const BreakGlassRows& rows) {
  HF_RETURN_IF_ERROR(CheckState(tx, rows.row));
  HF_RETURN_IF_ERROR(CheckStillAllowed(tx, actor, rows));
  return CheckSomebodyMayObject(tx, rows.requester, rows.AsTarget());
}

absl::Status CheckPossible(WriteTx& tx, const Actor& actor, const Located& located, const Target& target) {
  const policy::Obligations& obligations = located.decision.obligations;
  if (!obligations.wait.has_value() || !obligations.show.has_value())
    return Failed("NO_WAIT", fmt::format("rule {} gives no waiting period", located.decision.rule));
  HF_RETURN_IF_ERROR(CheckNotOpen(tx, actor, located.row.secret, *obligations.wait));
  return CheckSomebodyMayObject(tx, actor.holder, target);
}

// A refusal past the decision tells whoever does not see the account that there is one: not off the record.
absl::Status CheckOpens(WriteTx& tx, const Actor& actor, const Located& located, const Target& target) {
  absl::Status possible = CheckPossible(tx, actor, located, target);
  if (possible.ok()) return possible;
  HF_ASSIGN_OR_RETURN(const bool sees, Sees(tx, actor, *target.account));
  if (!sees) RecordRefusal(tx, actor, Action::kBreakGlassRequest, target, located.decision.rule);
  return possible;
}

}  // namespace

absl::StatusOr<GlassBroken> RequestBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::string_view account, std::string_view secret) {
  std::map<std::string, std::string> texts{{"reason", request.reason}, {"ticket", request.ticket}};
  // The asker may not see the account: what is wrong with the request itself is said before it is looked for.
  HF_RETURN_IF_ERROR(CheckLine("reason", request.reason, kMaxReason, /*required=*/true));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (!repeat.has_value()) HF_RETURN_IF_ERROR(CheckMayAsk(tx, actor));
  HF_ASSIGN_OR_RETURN(const Located located,
                      Locate(tx, actor, Action::kBreakGlassRequest, account, secret, /*number=*/0, texts));
  storage::BreakGlassStore store(tx.db());
  if (repeat.has_value()) {
    HF_ASSIGN_OR_RETURN(const BreakGlassRows rows,
                        FindBreakGlass(tx, actor, Action::kBreakGlassRead, std::stoll(*repeat)));
    HF_ASSIGN_OR_RETURN(BreakGlassView view, ViewBreakGlass(tx, rows.row));
    return GlassBroken{.view = std::move(view), .is_new = false};
  }
  HF_RETURN_IF_ERROR(CheckOpens(tx, actor, located, TargetOf(located.row, texts)));
  const policy::Obligations& obligations = located.decision.obligations;
  BreakGlass row{.requester_id = actor.holder.id,
                 .account_id = located.row.account.id,
                 .secret_id = located.row.secret.id,
                 .reason = request.reason,
                 .ticket = request.ticket,
                 .requested_at = tx.now(),
                 .ready_at_elapsed = tx.elapsed() + *obligations.wait,
                 .show = *obligations.show,
                 .policy_id = tx.policy().id,
                 .wait = *obligations.wait,
                 .approval_event = located.decision.approval};
  HF_RETURN_IF_ERROR(store.Insert(row));
  texts["break-glass"] = fmt::format("break-glass/{}", row.id);
  texts["wait"] = fmt::format("{} s", *obligations.wait / kSecond);
  tx.Record(EventFor(actor, Action::kBreakGlassRequest, TargetOf(located.row, texts), located.decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(row.id)));
  HF_ASSIGN_OR_RETURN(BreakGlassView view, ViewBreakGlass(tx, row));
  return GlassBroken{.view = std::move(view), .is_new = true};
}

absl::StatusOr<BreakGlassView> VetoBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                              std::int64_t id) {
  const std::map<std::string, std::string> texts{{"reason", request.reason}};
  HF_ASSIGN_OR_RETURN(Decided decided, FindAndAuthorize(tx, actor, Action::kBreakGlassVeto, id, texts));
  HF_RETURN_IF_ERROR(CheckLine("reason", request.reason, kMaxReason, /*required=*/true));
  BreakGlass& row = decided.rows.row;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return ViewBreakGlass(tx, row);
  const BreakGlassState state = StateOf(tx, row);
  if (state != BreakGlassState::kWaiting && state != BreakGlassState::kReady)
    return WrongState(row, state, "only a request that waits, or is ready, can be vetoed");
  row.vetoed_by = actor.holder.id;
  row.vetoed_at = tx.now();
  row.veto_reason = request.reason;
  return Finish(tx, actor, request, Action::kBreakGlassVeto, decided, texts);
}

absl::StatusOr<Revealed> RevealBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                          std::int64_t id) {
  HF_ASSIGN_OR_RETURN(Decided decided, FindAndAuthorize(tx, actor, Action::kBreakGlassReveal, id, {}));
  BreakGlass& row = decided.rows.row;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  HF_RETURN_IF_ERROR(repeat.has_value() ? CheckRepeatable(tx, row) : CheckReady(tx, actor, decided.rows));
  SecretRow shown{.account = decided.rows.account, .secret = decided.rows.secret, .version = {}};
  HF_ASSIGN_OR_RETURN(
      shown.version,
      FindVersion(tx, shown.secret, row.revealed_version.value_or(shown.secret.current_version)));
  const Micros show_for = std::min(row.show, decided.permit.obligations.show.value_or(row.show));
  HF_ASSIGN_OR_RETURN(Release release, ReleaseVersion(tx, actor, request, shown, show_for));
  if (!repeat.has_value()) {
    row.revealed_version = shown.version.version;
    row.revealed_at = tx.now();
    HF_RETURN_IF_ERROR(RecordShown(tx, actor, shown));
    HF_RETURN_IF_ERROR(Finish(tx, actor, request, Action::kBreakGlassReveal, decided, {}).status());
  }
  return Revealed{.row = std::move(shown),
                  .rule = std::string(decided.permit.rule),
                  .show_for = show_for,
                  .release = std::move(release)};
}

absl::StatusOr<BreakGlassView> ReviewBreakGlass(WriteTx& tx, const Actor& actor, const Request& request,
                                                std::int64_t id) {
  const std::map<std::string, std::string> texts{{"reason", request.reason}};
  HF_ASSIGN_OR_RETURN(Decided decided, FindAndAuthorize(tx, actor, Action::kBreakGlassReview, id, texts));
  HF_RETURN_IF_ERROR(CheckLine("reason", request.reason, kMaxReason, /*required=*/true));
  BreakGlass& row = decided.rows.row;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return ViewBreakGlass(tx, row);
  HF_ASSIGN_OR_RETURN(const BreakGlassView view, ViewBreakGlass(tx, row));
  if (view.state != BreakGlassState::kRevealed)
    return WrongState(row, view.state, ReviewNeeds(view.state));
  HF_ASSIGN_OR_RETURN(const storage::TaskState rotation,
                      storage::KnowledgeStore(tx.db()).TaskStateOf(
                          row.secret_id, row.revealed_version.value_or(0), decided.rows.requester.person));
  if (!rotation.done()) {
    return Failed(
        "ROTATION_OPEN",
        fmt::format("break-glass/{} cannot be closed: somebody other than the requester must {}", id,
                    rotation.replaced() ? "attest that the version shown is dead"
                                               : "put in a value that the requester does not know, and "
                                                 "attest that the one shown is dead"));
  }
  row.reviewed_by = actor.holder.id;
  row.reviewed_at = tx.now();
  row.review = request.reason;
  return Finish(tx, actor, request, Action::kBreakGlassReview, decided, texts);
}

}  // namespace holdfast::custody
