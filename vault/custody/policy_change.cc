#include "vault/custody/policy_change.h"

#include <fmt/format.h>

#include "vault/base/ascii.h"

namespace holdfast::custody {
namespace {

using policy::Action;

constexpr std::string_view kActive = "active";

absl::Status AlreadyActive() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "ALREADY_ACTIVE",
                   "this policy is in force already");
}

// What was approved under a policy is void after it. If it came back under the same number, so would that.
absl::Status Superseded(const storage::PolicyRow& row) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "POLICY_SUPERSEDED",
                   fmt::format("{} was in force before; stage its text again", PolicyName(row.id)));
}

absl::Status Damaged(const storage::PolicyRow& row) {
  return MakeError(absl::StatusCode::kDataLoss, "POLICY_DAMAGED",
                   fmt::format("{} is not what was staged", PolicyName(row.id)));
}

absl::Status CheckWhole(const storage::PolicyRow& row, std::string_view sha256) {
  if (!sha256.empty() && sha256 != HexEncode(row.sha256)) {
    return MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                     fmt::format("sha256: {} has another hash; read it again", PolicyName(row.id)));
  }
  if (row.source.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "POLICY_DROPPED",
                     fmt::format("{} was staged so long ago that its text was let go; stage it again",
                                 PolicyName(row.id)));
  }
  return ToBytes(crypto::Sha256(AsBytes(row.source))) == row.sha256 ? absl::OkStatus() : Damaged(row);
}

// Whoever may not change the policy does not learn which texts were staged.
absl::StatusOr<storage::PolicyRow> FindPolicyFor(Tx& tx, const Actor& actor, std::string_view id) {
  auto row = FindPolicy(tx, id);
  if (!row.ok()) HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kPolicyActivate, {}).status());
  return row;
}

Target TargetOf(const storage::PolicyRow& row, const Request& request) {
  return {
      .policy = &row,
      .texts = {{"name", PolicyName(row.id)}, {"sha256", HexEncode(row.sha256)}, {"reason", request.reason}}};
}

}  // namespace

std::string PolicyName(std::int64_t id) { return fmt::format("policies/{}", id); }

absl::StatusOr<storage::PolicyRow> FindPolicy(Tx& tx, std::string_view id) {
  const std::int64_t number = id == kActive ? tx.policy().id : ParseNumber(id).value_or(0);
  HF_ASSIGN_OR_RETURN(auto row, storage::PolicyStore(tx.db()).ById(number));
  if (row.has_value()) return *std::move(row);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", fmt::format("there is no policy {}", id));
}

absl::StatusOr<storage::PolicyRow> StagePolicy(WriteTx& tx, const Actor& actor, const Request& request,
                                               const ReviewedPolicy& policy) {
  storage::PolicyStore store(tx.db());
  storage::PolicyRow row{.sha256 = ToBytes(policy.sha256()),
                         .source = policy.source(),
                         .staged_by = actor.holder.id,
                         .staged_at = tx.now()};
  const Target asked{.texts = {{"sha256", HexEncode(row.sha256)}, {"reason", request.reason}}};
  HF_ASSIGN_OR_RETURN(const Permit permit, Authorize(tx, actor, Action::kPolicyStage, asked));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) {
    HF_RETURN_IF_ERROR(AuthorizeShownAgain(tx, actor, Action::kPolicyRead, {}));
    return FindPolicy(tx, *repeat);
  }
  if (policy.sha256() == tx.policy().sha256) return AlreadyActive();
  HF_RETURN_IF_ERROR(store.Insert(row));
  HF_RETURN_IF_ERROR(store.DropSources(kKeptStaged));
  tx.Record(EventFor(actor, Action::kPolicyStage, TargetOf(row, request), permit));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(row.id)));
  return row;
}

absl::StatusOr<storage::PolicyRow> PolicyToActivate(Tx& tx, const Actor& actor, std::string_view id,
                                                    std::string_view sha256) {
  HF_ASSIGN_OR_RETURN(storage::PolicyRow row, FindPolicyFor(tx, actor, id));
  HF_RETURN_IF_ERROR(
      AuthorizeToWait(tx, actor, Action::kPolicyActivate, TargetOf(row, actor.request)).status());
  HF_RETURN_IF_ERROR(CheckWhole(row, sha256));
  return row;
}

absl::StatusOr<storage::PolicyRow> ActivatePolicy(WriteTx& tx, const Actor& actor, const Request& request,
                                                  std::string_view id, std::string_view sha256,
                                                  const ReviewedPolicy& reviewed) {
  HF_ASSIGN_OR_RETURN(storage::PolicyRow row, FindPolicyFor(tx, actor, id));
  const Target target = TargetOf(row, request);
  HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, Action::kPolicyActivate, target).status());
  // First of all: to a repeat its policy is in force already, and its approval void.
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return row;
  // Before anybody is asked to approve what would fail.
  if (row.id == tx.policy().id) return AlreadyActive();
  HF_RETURN_IF_ERROR(CheckWhole(row, sha256));
  if (row.activated_at.has_value()) return Superseded(row);
  if (ToBytes(reviewed.sha256()) != row.sha256) return Damaged(row);
  HF_ASSIGN_OR_RETURN(const Permit permit, Authorize(tx, actor, Action::kPolicyActivate, target));
  row.activated_by = actor.holder.id;
  row.activated_at = tx.now();
  storage::PolicyStore store(tx.db());
  HF_RETURN_IF_ERROR(store.Update(row));
  HF_RETURN_IF_ERROR(store.SetActive(row.id));
  tx.Record(EventFor(actor, Action::kPolicyActivate, target, permit));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(row.id)));
  return row;
}

}  // namespace holdfast::custody
