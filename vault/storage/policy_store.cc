#include "vault/storage/policy_store.h"

#include "vault/base/ascii.h"
#include "vault/storage/rows.h"
#include "vault/storage/setting_store.h"

namespace holdfast::storage {
namespace {

constexpr std::string_view kActive = "policy";

PolicyRow ReadPolicy(const Statement& row) {
  PolicyRow policy;
  policy.id = row.Int(0);
  policy.sha256 = row.Blob(1);
  policy.source = row.Text(2);
  policy.staged_by = row.OptInt(3);
  policy.staged_at = row.Int(4);
  policy.activated_by = row.OptInt(5);
  policy.activated_at = row.OptInt(6);
  return policy;
}

}  // namespace

absl::Status PolicyStore::Insert(PolicyRow& row) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO policy (sha256, source, staged_by, staged_at, activated_by, activated_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      row.sha256, row.source, row.staged_by, row.staged_at, row.activated_by, row.activated_at));
  row.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<PolicyRow>> PolicyStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM policy WHERE id = ?1", id), &ReadPolicy);
}

absl::Status PolicyStore::Update(const PolicyRow& row) {
  return connection_.ExecOne("UPDATE policy SET activated_by = ?2, activated_at = ?3 WHERE id = ?1", row.id,
                             row.activated_by, row.activated_at);
}

absl::StatusOr<std::vector<PolicyRow>> PolicyStore::List(std::int64_t after_id, int limit) {
  return ReadAll(
      connection_.Query(
          "SELECT id, sha256, substr(source, 1, 1), staged_by, staged_at, activated_by, activated_at"
          " FROM policy WHERE id > ?1 ORDER BY id LIMIT ?2",
          after_id, limit),
      &ReadPolicy);
}

absl::Status PolicyStore::DropSources(int kept) {
  return connection_.Exec(
      "UPDATE policy SET source = '' WHERE activated_at IS NULL AND source <> '' AND id NOT IN"
      " (SELECT id FROM policy WHERE activated_at IS NULL ORDER BY id DESC LIMIT ?1)",
      kept);
}

absl::StatusOr<std::int64_t> PolicyStore::Active() {
  HF_ASSIGN_OR_RETURN(const auto text, SettingStore(connection_).Get(kActive));
  const auto id = text.has_value() ? ParseNumber(*text) : std::nullopt;
  if (id.value_or(0) > 0) return *id;
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "no policy is in force");
}

absl::Status PolicyStore::SetActive(std::int64_t id) {
  return SettingStore(connection_).Set(kActive, std::to_string(id));
}

}  // namespace holdfast::storage
