#include "vault/storage/setting_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

std::string ReadText(const Statement& row) { return row.Text(0); }
Bytes ReadBlob(const Statement& row) { return row.Blob(0); }

}  // namespace

absl::StatusOr<std::optional<std::string>> SettingStore::Get(std::string_view name) {
  return ReadOne(connection_.Query("SELECT value FROM vault_setting WHERE name = ?1", name), &ReadText);
}

absl::Status SettingStore::Set(std::string_view name, std::string_view value) {
  return connection_.Exec(
      "INSERT INTO vault_setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
      name, value);
}

absl::StatusOr<std::int64_t> SettingStore::Elapsed() {
  return ReadInt(connection_.Query("SELECT coalesce(max(micros), 0) FROM elapsed"));
}

absl::Status SettingStore::SetElapsed(std::int64_t micros) {
  return connection_.Exec(
      "INSERT INTO elapsed (id, micros) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET micros = ?1", micros);
}

absl::Status SettingStore::PutWrappedKey(std::string_view name, std::int64_t epoch, ByteView wrapped) {
  return connection_.Exec("INSERT INTO wrapped_key (name, epoch, wrapped) VALUES (?1, ?2, ?3)", name, epoch,
                          wrapped);
}

absl::StatusOr<Bytes> SettingStore::GetWrappedKey(std::string_view name, std::int64_t epoch) {
  HF_ASSIGN_OR_RETURN(
      std::optional<Bytes> wrapped,
      ReadOne(
          connection_.Query("SELECT wrapped FROM wrapped_key WHERE name = ?1 AND epoch = ?2", name, epoch),
          &ReadBlob));
  if (wrapped.has_value()) return *std::move(wrapped);
  return MakeError(absl::StatusCode::kNotFound, "KEY_MISSING", "there is no such wrapped key");
}

absl::Status SettingStore::DeleteWrappedKey(std::string_view name, std::int64_t epoch) {
  return connection_.ExecOne("DELETE FROM wrapped_key WHERE name = ?1 AND epoch = ?2", name, epoch);
}

absl::Status SettingStore::PutCertificate(std::string_view name, std::string_view pem) {
  return connection_.Exec(
      "INSERT INTO certificate (name, pem) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET pem = ?2", name,
      pem);
}

absl::StatusOr<std::string> SettingStore::GetCertificate(std::string_view name) {
  HF_ASSIGN_OR_RETURN(
      std::optional<std::string> pem,
      ReadOne(connection_.Query("SELECT pem FROM certificate WHERE name = ?1", name), &ReadText));
  if (pem.has_value()) return *std::move(pem);
  return MakeError(absl::StatusCode::kNotFound, "CERTIFICATE_MISSING", "there is no such certificate");
}

}  // namespace holdfast::storage
