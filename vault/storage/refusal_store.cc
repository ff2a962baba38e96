#include "vault/storage/refusal_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {

absl::Status RefusalStore::Add(std::int64_t secret_id, std::int64_t holder_id, ByteView hash, Micros now) {
  HF_RETURN_IF_ERROR(connection_.Exec("DELETE FROM value_refusal WHERE refused_at < ?1", now - kDay));
  return connection_.Exec(
      "INSERT INTO value_refusal (secret_id, holder_id, hash, refused_at) VALUES (?1, ?2, ?3, ?4)", secret_id,
      holder_id, hash, now);
}

absl::StatusOr<std::set<Bytes>> RefusalStore::Values(std::int64_t secret_id, Micros since) {
  std::set<Bytes> values;
  Statement rows = connection_.Query(
      "SELECT hash FROM value_refusal WHERE secret_id = ?1 AND refused_at > ?2", secret_id, since);
  while (rows.Step()) values.insert(rows.Blob(0));
  HF_RETURN_IF_ERROR(rows.status());
  return values;
}

absl::StatusOr<std::int64_t> RefusalStore::CountBy(std::int64_t secret_id, std::int64_t holder_id,
                                                   Micros since) {
  return ReadInt(connection_.Query(
      "SELECT count(*) FROM value_refusal WHERE secret_id = ?1 AND holder_id = ?2 AND refused_at > ?3",
      secret_id, holder_id, since));
}

}  // namespace holdfast::storage
