#include "vault/rpc/render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "vault/custody/holders.h"
#include "vault/storage/key_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::rpc {
namespace {

std::string RelationName(Relation relation) {
  switch (relation) {
    case Relation::kOwner:
      return "owner";
    case Relation::kBackup:
      return "backup";
    case Relation::kGrantee:
      return "grantee";
  }
  return "";
}

std::string Versions(const std::vector<std::int64_t>& versions) {
  return fmt::format("version{} {}", versions.size() == 1 ? "" : "s", fmt::join(versions, ", "));
}

std::string OptionalHolder(std::string_view id) { return id.empty() ? "" : HolderName(id); }

absl::Status Render(Names& names, const storage::DeviceKey& row, v1::DeviceKey& out) {
  out.set_fingerprint(custody::FingerprintOf(row));
  out.set_state(ToProto(row.state));
  HF_ASSIGN_OR_RETURN(*out.mutable_issuer(), names.Holder(row.issuer_id));
  HF_ASSIGN_OR_RETURN(*out.mutable_confirmer(), names.Holder(row.confirmed_by));
  SetTime(row.created_at, out.mutable_create_time());
  SetTime(row.not_after, out.mutable_expire_time());
  if (row.stopped_at.has_value()) SetTime(*row.stopped_at, out.mutable_stop_time());
  return absl::OkStatus();
}

}  // namespace

std::string Todo(const storage::TaskState& task) {
  if (task.done()) return "";
  std::string todo = task.replaced() ? "" : "put in a new value";
  if (task.open_versions.empty()) return todo;
  return fmt::format("{}{}attest that {} {} dead", todo, todo.empty() ? "" : "; ",
                     Versions(task.open_versions), task.open_versions.size() == 1 ? "is" : "are");
}

absl::Status Render(Names& names, const storage::Account& row, v1::Account& out) {
  out.set_name(AccountName(row.name));
  out.set_platform(row.platform);
  out.set_platform_id(row.platform_id);
  out.set_handle(row.handle);
  out.set_url(row.url);
  out.set_purpose(row.purpose);
  out.set_tier(row.tier);
  out.set_unit(row.unit);
  out.set_state(ToProto(row.state));
  SetTime(row.created_at, out.mutable_create_time());
  SetTime(row.updated_at, out.mutable_update_time());
  out.set_etag(custody::EtagOf(row.revision));
  SetTime(row.reviewed_at, out.mutable_review_time());
  HF_ASSIGN_OR_RETURN(*out.mutable_reviewer(), names.Holder(row.reviewed_by));
  for (const storage::AccountDetail& detail : row.details) {
    v1::AccountDetail& message = *out.add_details();
    message.set_name(detail.name);
    message.set_value(detail.value);
  }
  HF_ASSIGN_OR_RETURN(const auto grants,
                      storage::GrantStore(names.tx().db()).LiveByAccount(row.id, names.tx().now()));
  for (const storage::Grant& grant : grants) {
    if (grant.relation == Relation::kGrantee) continue;
    HF_ASSIGN_OR_RETURN(std::string holder, names.Holder(grant.holder_id));
    if (grant.relation == Relation::kOwner) {
      out.set_owner(std::move(holder));
    } else {
      out.add_backups(std::move(holder));
    }
  }
  return absl::OkStatus();
}

absl::Status Render(Names& names, const storage::Grant& row, v1::Grant& out) {
  HF_ASSIGN_OR_RETURN(*out.mutable_account(), names.Account(row.account_id));
  HF_ASSIGN_OR_RETURN(*out.mutable_holder(), names.Holder(row.holder_id));
  HF_ASSIGN_OR_RETURN(*out.mutable_grantor(), names.Holder(row.granted_by));
  out.set_name(GrantResource(out.account(), out.holder()));
  out.set_relation(ToProto(row.relation));
  out.set_reason(row.reason);
  SetTime(row.created_at, out.mutable_create_time());
  if (row.expires_at.has_value()) SetTime(*row.expires_at, out.mutable_expire_time());
  if (row.ended_at.has_value()) SetTime(*row.ended_at, out.mutable_end_time());
  return absl::OkStatus();
}

absl::Status Render(Names& names, const storage::Exposure& row, v1::Exposure& out) {
  HF_ASSIGN_OR_RETURN(*out.mutable_holder(), names.Holder(row.holder_id));
  HF_ASSIGN_OR_RETURN(const std::string secret, names.Secret(row.secret_id));
  out.set_version(fmt::format("{}/versions/{}", secret, row.version));
  out.set_kind(ToProto(row.how));
  SetTime(row.first_at, out.mutable_first_time());
  SetTime(row.last_at, out.mutable_last_time());
  out.set_times(row.times);
  out.set_live(row.live);
  return absl::OkStatus();
}

void Render(const storage::Holder& row, v1::Holder& out) {
  out.set_name(HolderName(row.name));
  out.set_display_name(row.display_name);
  out.set_person(row.person);
  out.set_kind(ToProto(row.kind));
  RolesToProto(row.roles, out);
  out.set_status(ToProto(row.status));
  SetTime(row.created_at, out.mutable_create_time());
  SetTime(row.updated_at, out.mutable_update_time());
  if (row.suspension_ends.has_value())
    SetTime(*row.suspension_ends, out.mutable_suspension_end_time());
  out.set_etag(custody::EtagOf(row.revision));
  std::istringstream qualifications(row.qualifications);
  for (std::string name; qualifications >> name;) out.add_qualifications(name);
}

absl::Status RenderWithKeys(Names& names, const storage::Holder& row, v1::Holder& out) {
  Render(row, out);
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(names.tx().db()).ByHolder(row.id));
  for (const storage::DeviceKey& key : keys) HF_RETURN_IF_ERROR(Render(names, key, *out.add_keys()));
  return absl::OkStatus();
}

void Render(const storage::Account& account, const storage::Secret& row, v1::Secret& out) {
  out.set_name(SecretResource(account.name, row.name));
  out.set_kind(row.kind);
  out.set_current_version(row.current_version);
  SetTime(row.created_at, out.mutable_create_time());
  SetTime(row.updated_at, out.mutable_update_time());
  out.set_etag(custody::EtagOf(row.revision));
  if (row.removed_at.has_value()) SetTime(*row.removed_at, out.mutable_remove_time());
}

absl::Status Render(Names& names, const custody::SecretRow& row, v1::SecretVersion& out) {
  const storage::SecretVersion& version = row.version;
  out.set_name(VersionResource(row.account.name, row.secret.name, version.version));
  out.set_version(version.version);
  HF_ASSIGN_OR_RETURN(
      const auto attestations,
      storage::KnowledgeStore(names.tx().db()).Attestations(row.secret.id, version.version));
  out.set_state(StateOf(version, row.secret, !attestations.empty()));
  HF_ASSIGN_OR_RETURN(*out.mutable_creator(), names.Holder(version.created_by));
  SetTime(version.created_at, out.mutable_create_time());
  SetTime(version.in_use_since, out.mutable_in_use_time());
  for (const storage::Attestation& attestation : attestations) {
    v1::Attestation& message = *out.add_attestations();
    HF_ASSIGN_OR_RETURN(*message.mutable_attester(), names.Holder(attestation.holder_id));
    SetTime(attestation.attested_at, message.mutable_attest_time());
    message.set_evidence(attestation.evidence);
  }
  if (version.destroyed_at.has_value()) SetTime(*version.destroyed_at, out.mutable_destroy_time());
  return absl::OkStatus();
}

void Render(const handover::CaseView& view, v1::Handover& out) {
  const storage::Handover& row = view.row;
  const bool is_plan = row.id == 0;
  if (!is_plan) {
    out.set_name(HandoverName(row.name));
    out.set_state(ToProto(row.state));
    out.set_etag(custody::EtagOf(row.revision));
    SetTime(row.started_at, out.mutable_start_time());
    if (row.cut_at.has_value()) SetTime(*row.cut_at, out.mutable_cut_time());
    const bool cancelled = row.state == storage::HandoverState::kCancelled;
    if (row.closed_at.has_value())
      SetTime(*row.closed_at, cancelled ? out.mutable_cancel_time() : out.mutable_close_time());
  }
  out.set_leaver(HolderName(view.leaver));
  out.set_named_successor(OptionalHolder(view.named_successor));
  out.set_approval_required(row.needs_approval);
  out.set_reason(row.reason);
  out.set_starter(OptionalHolder(view.starter));
  out.set_approver(OptionalHolder(view.approver));
  out.set_ender(OptionalHolder(view.ender));
  if (!is_plan) out.set_approval(view.approval);
  out.set_approvers(view.approvers);
  for (const handover::AccountView& account : view.accounts) {
    v1::HandoverAccount& message = *out.add_accounts();
    message.set_account(AccountName(account.account));
    message.set_relation(RelationName(account.relation));
    message.set_successor(OptionalHolder(account.successor));
    message.set_choice(ToProto(account.chosen_by));
  }
  for (const handover::TaskView& task : view.tasks) Render(row, task, *out.add_tasks());
  for (const std::string& warning : view.warnings) out.add_warnings(warning);
}

void Render(const storage::Handover& handover, const handover::TaskView& task, v1::HandoverTask& out) {
  if (task.id != 0) out.set_name(fmt::format("{}/tasks/{}", HandoverName(handover.name), task.id));
  out.set_account(AccountName(task.account));
  out.set_state(task.done() ? v1::TASK_STATE_DONE : v1::TASK_STATE_OPEN);
  out.set_assignee(OptionalHolder(task.assignee));
  if (task.due.has_value()) SetTime(*task.due, out.mutable_due_time());
  if (task.secret.empty()) {
    if (!task.done()) out.set_todo(fmt::format("name another backup owner of {}", task.account));
    return;
  }
  out.set_secret(SecretResource(task.account, task.secret));
  for (const std::int64_t version : task.state.open_versions) out.add_unattested_versions(version);
  out.set_replaced(task.state.replaced());
  out.set_todo(Todo(task.state));
  out.set_outcome(ToProto(task.state.settled));
}

absl::Status Render(Names& names, const audit::Entry& entry, v1::Event& out) {
  const audit::Leaf& leaf = entry.leaf;
  const storage::EventRow& row = entry.row;
  out.set_index(leaf.index);
  SetTime(leaf.time, out.mutable_time());
  out.set_type(leaf.type);
  HF_ASSIGN_OR_RETURN(*out.mutable_actor(), names.Logged(NameOf::kHolder, row.actor_id, leaf.actor));
  HF_ASSIGN_OR_RETURN(*out.mutable_subject(), names.Logged(NameOf::kHolder, row.subject_id, leaf.subject));
  HF_ASSIGN_OR_RETURN(*out.mutable_account(), names.Logged(NameOf::kAccount, row.account_id, leaf.account));
  HF_ASSIGN_OR_RETURN(*out.mutable_secret(), names.Logged(NameOf::kSecret, row.secret_id, leaf.secret));
  HF_ASSIGN_OR_RETURN(*out.mutable_handover(), names.Logged(NameOf::kHandover, row.handover_id, leaf.handover));
  out.set_version(leaf.version.value_or(0));
  out.set_outcome(ToProto(leaf.outcome));
  out.set_rule(leaf.rule);
  for (const auto& [field, text] : entry.texts) {
    v1::EventText& message = *out.add_texts();
    message.set_field(field);
    message.set_salt(std::string(AsChars(text.salt)));
    message.set_text(text.text);
  }
  for (const std::string& field : entry.absent) {
    v1::EventText& message = *out.add_texts();
    message.set_field(field);
    message.set_absent(true);
  }
  out.set_leaf(std::string(AsChars(row.leaf)));
  return absl::OkStatus();
}

}  // namespace holdfast::rpc
