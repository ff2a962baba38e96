#include "vault/storage/secret_store.h"

#include "vault/base/vocabulary.h"
#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Secret ReadSecret(const Statement& row) {
  Secret secret;
  secret.id = row.Int(0);
  secret.account_id = row.Int(1);
  secret.name = row.Text(2);
  secret.pseudonym = row.Blob(3);
  secret.kind = row.Text(4);
  secret.current_version = row.Int(5);
  secret.created_at = row.Int(6);
  secret.updated_at = row.Int(7);
  secret.revision = row.Int(8);
  secret.removed_at = row.OptInt(9);
  secret.removed_by = row.OptInt(10);
  return secret;
}

SecretVersion ReadVersion(const Statement& row) {
  SecretVersion version;
  version.id = row.Int(0);
  version.secret_id = row.Int(1);
  version.version = row.Int(2);
  version.epoch = row.Int(3);
  version.sealed = row.OptBlob(4);
  version.created_by = row.Int(5);
  version.created_at = row.Int(6);
  version.destroyed_at = row.OptInt(7);
  version.destroyed_by = row.OptInt(8);
  version.in_use_since = row.Int(9);
  return version;
}

}  // namespace

absl::Status SecretStore::Insert(Secret& secret) {
  HF_RETURN_IF_ERROR(
      connection_.Exec("INSERT INTO secret (account_id, name, pseudonym, kind, current_version, created_at, "
                       "updated_at, revision)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                       secret.account_id, secret.name, secret.pseudonym, secret.kind, secret.current_version,
                       secret.created_at, secret.updated_at, secret.revision));
  secret.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Secret>> SecretStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM secret WHERE id = ?1", id), &ReadSecret);
}

absl::StatusOr<std::optional<Secret>> SecretStore::ByName(std::int64_t account_id, std::string_view name) {
  return ReadOne(
      connection_.Query("SELECT * FROM secret WHERE account_id = ?1 AND name = ?2", account_id, name),
      &ReadSecret);
}

absl::Status SecretStore::Update(const Secret& secret) {
  return connection_.ExecOne(
      "UPDATE secret SET current_version = ?2, updated_at = ?3, revision = ?4, removed_at = ?5, removed_by = ?6"
      " WHERE id = ?1",
      secret.id, secret.current_version, secret.updated_at, secret.revision, secret.removed_at,
      secret.removed_by);
}

absl::StatusOr<std::vector<Secret>> SecretStore::ListByAccount(std::int64_t account_id) {
  return ReadAll(connection_.Query("SELECT * FROM secret WHERE account_id = ?1 ORDER BY id", account_id),
                 &ReadSecret);
}

absl::Status SecretStore::InsertVersion(SecretVersion& version) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO secret_version (secret_id, version, epoch, sealed, created_by, created_at, destroyed_at,"
      " destroyed_by, in_use_since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      version.secret_id, version.version, version.epoch, version.sealed, version.created_by,
      version.created_at, version.destroyed_at, version.destroyed_by, version.in_use_since));
  version.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SecretVersion>> SecretStore::Version(std::int64_t secret_id,
                                                                  std::int64_t version) {
  return ReadOne(connection_.Query("SELECT * FROM secret_version WHERE secret_id = ?1 AND version = ?2",
                                   secret_id, version),
                 &ReadVersion);
}

absl::Status SecretStore::UpdateVersion(const SecretVersion& version) {
  return connection_.ExecOne(
      "UPDATE secret_version SET epoch = ?2, sealed = ?3, destroyed_at = ?4, destroyed_by = ?5 WHERE id = ?1",
      version.id, version.epoch, version.sealed, version.destroyed_at, version.destroyed_by);
}

absl::StatusOr<std::vector<Micros>> SecretStore::PutTimes(std::int64_t secret_id, std::int64_t holder_id,
                                                          Micros since) {
  std::vector<Micros> times;
  Statement rows = connection_.Query(
      "SELECT created_at FROM (SELECT created_by, created_at FROM secret_version WHERE secret_id = ?1"
      " ORDER BY version DESC LIMIT 100) WHERE created_by = ?2 AND created_at > ?3",
      secret_id, holder_id, since);
  while (rows.Step()) times.push_back(rows.Int(0));
  HF_RETURN_IF_ERROR(rows.status());
  return times;
}

absl::StatusOr<std::vector<Micros>> SecretStore::PutTimesBy(std::int64_t holder_id, Micros since) {
  std::vector<Micros> times;
  Statement rows = connection_.Query(
      "SELECT v.created_at FROM secret_version v WHERE v.created_by = ?1 AND v.created_at > ?2"
      " AND NOT EXISTS (SELECT 1 FROM exposure e WHERE e.holder_id = ?1 AND e.secret_id = v.secret_id"
      "  AND e.version = v.version AND e.how = ?3)",
      holder_id, since, ExposureHow::kImported);
  while (rows.Step()) times.push_back(rows.Int(0));
  HF_RETURN_IF_ERROR(rows.status());
  return times;
}

}  // namespace holdfast::storage
