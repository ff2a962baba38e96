#include "vault/storage/key_store.h"

#include "vault/storage/holder_store.h"
#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

DeviceKey ReadKey(const Statement& row) {
  DeviceKey key;
  key.id = row.Int(0);
  key.holder_id = row.Int(1);
  key.cert_sha256 = row.Blob(2);
  key.box_public = row.Blob(3);
  key.state = row.As<KeyState>(4);
  key.issuer_id = row.OptInt(5);
  key.confirmed_by = row.OptInt(6);
  key.created_at = row.Int(7);
  key.not_after = row.Int(8);
  key.confirmed_at = row.OptInt(9);
  key.revoked_at = row.OptInt(10);
  key.stopped_at = row.OptInt(11);
  key.stop_seen_by = row.OptInt(12);
  return key;
}

Enrollment ReadEnrollment(const Statement& row) {
  Enrollment enrollment;
  enrollment.id = row.Int(0);
  enrollment.holder_id = row.Int(1);
  enrollment.key_sha256 = row.Blob(2);
  enrollment.issuer_id = row.OptInt(3);
  enrollment.created_at = row.Int(4);
  enrollment.expires_at = row.Int(5);
  enrollment.used_at = row.OptInt(6);
  enrollment.void_at = row.OptInt(7);
  enrollment.device_id = row.OptInt(8);
  enrollment.certificate = row.Text(9);
  enrollment.misused_at = row.OptInt(10);
  return enrollment;
}

Presentable ReadPresentable(const Statement& row) {
  return {.sha256 = row.Blob(0), .until = row.Int(1), .id = row.Int(2)};
}

}  // namespace

absl::Status KeyStore::Insert(DeviceKey& key) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO device_key (holder_id, cert_sha256, box_public, state, issuer_id, confirmed_by, "
      "created_at,"
      " not_after, confirmed_at, revoked_at, stopped_at, stop_seen_by)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
      key.holder_id, key.cert_sha256, key.box_public, key.state, key.issuer_id, key.confirmed_by,
      key.created_at, key.not_after, key.confirmed_at, key.revoked_at, key.stopped_at, key.stop_seen_by));
  key.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<DeviceKey>> KeyStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM device_key WHERE id = ?1", id), &ReadKey);
}

absl::StatusOr<std::vector<DeviceKey>> KeyStore::ByHolder(std::int64_t holder_id) {
  return ReadAll(connection_.Query("SELECT * FROM device_key WHERE holder_id = ?1 ORDER BY id", holder_id),
                 &ReadKey);
}

absl::StatusOr<bool> KeyStore::HasBoxKey(ByteView box_public) {
  return ReadBool(connection_.Query("SELECT count(*) FROM device_key WHERE box_public = ?1", box_public));
}

absl::StatusOr<std::vector<DeviceKey>> KeyStore::UnconfirmedIssuedBy(std::int64_t issuer_id) {
  return ReadAll(connection_.Query("SELECT * FROM device_key WHERE issuer_id = ?1 AND state = ?2 ORDER BY id",
                                   issuer_id, KeyState::kUnconfirmed),
                 &ReadKey);
}

absl::Status KeyStore::Update(const DeviceKey& key) {
  return connection_.ExecOne(
      "UPDATE device_key SET state = ?2, confirmed_by = ?3, confirmed_at = ?4, revoked_at = ?5, not_after = ?6,"
      " stopped_at = ?7, stop_seen_by = ?8 WHERE id = ?1",
      key.id, key.state, key.confirmed_by, key.confirmed_at, key.revoked_at, key.not_after, key.stopped_at,
      key.stop_seen_by);
}

absl::StatusOr<std::int64_t> KeyStore::CountConfirmedOthers(std::int64_t role_mask, std::string_view person,
                                                            Micros now) {
  return ReadInt(connection_.Query(
      "SELECT count(DISTINCT h.person) FROM holder h WHERE h.status = ?1 AND h.kind = ?5 AND (h.roles & ?2) "
      "<> 0"
      " AND h.person <> ?6 AND EXISTS"
      " (SELECT 1 FROM device_key k WHERE k.holder_id = h.id AND k.state = ?3 AND k.not_after > ?4)",
      HolderStatus::kActive, role_mask, KeyState::kConfirmed, now, HolderKind::kPerson, person));
}

absl::StatusOr<std::vector<DeviceKey>> KeyStore::ConfirmedOfOthers(std::int64_t role_mask,
                                                                   std::string_view person, Micros now) {
  return ReadAll(
      connection_.Query("SELECT k.* FROM holder h JOIN device_key k ON k.id ="
                        " (SELECT min(c.id) FROM device_key c WHERE c.holder_id = h.id AND c.state = ?3"
                        "  AND c.not_after > ?4)"
                        " WHERE h.status = ?1 AND h.kind = ?5 AND h.person <> ?6"
                        " ORDER BY (h.roles & ?2) = 0, h.id",
                        HolderStatus::kActive, role_mask, KeyState::kConfirmed, now, HolderKind::kPerson,
                        person),
      &ReadKey);
}

absl::StatusOr<std::int64_t> KeyStore::CountEverConfirmedOthers(std::int64_t role_mask,
                                                                std::string_view person) {
  return ReadInt(connection_.Query(
      "SELECT count(DISTINCT h.person) FROM holder h WHERE (h.roles & ?1) <> 0 AND h.person <> ?2 AND EXISTS"
      " (SELECT 1 FROM device_key k WHERE k.holder_id = h.id AND k.confirmed_at IS NOT NULL)",
      role_mask, person));
}

absl::Status KeyStore::InsertEnrollment(Enrollment& enrollment) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO enrollment (holder_id, key_sha256, issuer_id, created_at, expires_at, used_at, void_at,"
      " device_id, certificate, misused_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
      enrollment.holder_id, enrollment.key_sha256, enrollment.issuer_id, enrollment.created_at,
      enrollment.expires_at, enrollment.used_at, enrollment.void_at, enrollment.device_id,
      enrollment.certificate, enrollment.misused_at));
  enrollment.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Enrollment>> KeyStore::EnrollmentByKey(ByteView key_sha256) {
  return ReadOne(connection_.Query("SELECT * FROM enrollment WHERE key_sha256 = ?1", key_sha256),
                 &ReadEnrollment);
}

absl::Status KeyStore::MarkUsed(std::int64_t enrollment_id, std::int64_t device, std::string_view certificate,
                                Micros now) {
  return connection_.ExecOne(
      "UPDATE enrollment SET used_at = ?2, device_id = ?3, certificate = ?4"
      " WHERE id = ?1 AND used_at IS NULL AND void_at IS NULL",
      enrollment_id, now, device, certificate);
}

absl::Status KeyStore::MarkMisused(std::int64_t enrollment_id, Micros now) {
  return connection_.ExecOne("UPDATE enrollment SET misused_at = ?2 WHERE id = ?1", enrollment_id, now);
}

absl::StatusOr<bool> KeyStore::StringMisusedSince(std::int64_t device, Micros since) {
  HF_ASSIGN_OR_RETURN(
      const std::int64_t misused,
      ReadInt(connection_.Query("SELECT EXISTS (SELECT 1 FROM enrollment WHERE device_id = ?1 AND misused_at > ?2)",
                                device, since)));
  return misused != 0;
}

absl::Status KeyStore::VoidOpenEnrollments(std::int64_t holder_id, Micros now) {
  return connection_.Exec(
      "UPDATE enrollment SET void_at = ?2 WHERE holder_id = ?1 AND used_at IS NULL AND void_at IS NULL",
      holder_id, now);
}

absl::Status KeyStore::VoidEnrollmentsIssuedBy(std::int64_t issuer_id, Micros now) {
  return connection_.Exec(
      "UPDATE enrollment SET void_at = ?2 WHERE issuer_id = ?1 AND used_at IS NULL AND void_at IS NULL",
      issuer_id, now);
}

absl::StatusOr<std::vector<Presentable>> KeyStore::PresentableDevices() {
  return ReadAll(
      connection_.Query("SELECT c.cert_sha256, iif(k.state = ?1, 0, c.not_after), k.id"
                        " FROM device_certificate c JOIN device_key k ON k.id = c.device_id",
                        KeyState::kRevoked),
      &ReadPresentable);
}

absl::StatusOr<std::vector<Presentable>> KeyStore::PresentableStrings(Micros ended_after) {
  return ReadAll(connection_.Query("SELECT key_sha256, expires_at, id FROM enrollment WHERE expires_at > ?1",
                                   ended_after),
                 &ReadPresentable);
}

}  // namespace holdfast::storage
