#include "vault/storage/certificate_store.h"

#include <algorithm>

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

DeviceCertificate ReadCertificate(const Statement& row) {
  DeviceCertificate certificate;
  certificate.id = row.Int(0);
  certificate.device_id = row.Int(1);
  certificate.renews = row.OptInt(2);
  certificate.cert_sha256 = row.Blob(3);
  certificate.key_sha256 = row.Blob(4);
  certificate.pem = row.Text(5);
  certificate.created_at = row.Int(6);
  certificate.not_after = row.Int(7);
  certificate.used_at = row.OptInt(8);
  certificate.ended_at = row.OptInt(9);
  return certificate;
}

}  // namespace

absl::Status CertificateStore::Insert(DeviceCertificate& certificate) {
  HF_RETURN_IF_ERROR(
      connection_.Exec("INSERT INTO device_certificate (device_id, renews, cert_sha256, key_sha256, pem, "
                       "created_at, not_after,"
                       " used_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                       certificate.device_id, certificate.renews, certificate.cert_sha256,
                       certificate.key_sha256, certificate.pem, certificate.created_at, certificate.not_after,
                       certificate.used_at, certificate.ended_at));
  certificate.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::Status CertificateStore::Update(const DeviceCertificate& certificate) {
  return connection_.ExecOne("UPDATE device_certificate SET used_at = ?2, ended_at = ?3 WHERE id = ?1",
                             certificate.id, certificate.used_at, certificate.ended_at);
}

absl::StatusOr<std::optional<DeviceCertificate>> CertificateStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM device_certificate WHERE id = ?1", id), &ReadCertificate);
}

absl::StatusOr<std::optional<DeviceCertificate>> CertificateStore::BySha256(ByteView cert_sha256) {
  HF_ASSIGN_OR_RETURN(
      auto found,
      ReadOne(connection_.Query("SELECT * FROM device_certificate WHERE cert_sha256 = ?1", cert_sha256),
              &ReadCertificate));
  // An old page of the index could lead to another device's certificate.
  if (found.has_value() && !std::ranges::equal(found->cert_sha256, cert_sha256))
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                     "an index leads to another certificate than the one asked for");
  return found;
}

absl::StatusOr<bool> CertificateStore::KnowsKey(ByteView key_sha256) {
  return ReadBool(
      connection_.Query("SELECT count(*) FROM device_certificate WHERE key_sha256 = ?1", key_sha256));
}

absl::StatusOr<std::vector<DeviceCertificate>> CertificateStore::ByDevice(std::int64_t device_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM device_certificate WHERE device_id = ?1 ORDER BY id", device_id),
      &ReadCertificate);
}

}  // namespace holdfast::storage
