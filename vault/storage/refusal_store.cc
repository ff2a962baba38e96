#include "vault/storage/refusal_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {

absl::Status RefusalStore::Add(std::int64_t secret_id, std::int64_t holder_id, ByteView hash, Micros now) {
  HF_RETURN_IF_ERROR(connection_.Exec("DELETE FROM value_refusal WHERE refused_at < ?1", now - kDay));
  return connection_.Exec(
      "INSERT INTO value_refusal (secret_id, holder_id, hash, refused_at) VALUES (?1, ?2, ?3, ?4)", secret_id,
      holder_id, hash, now);
}

absl::StatusOr<std::map<Bytes, Micros>> RefusalStore::Values(std::int64_t secret_id, Micros since) {
  std::map<Bytes, Micros> values;
  Statement rows = connection_.Query(
      "SELECT hash, max(refused_at) FROM value_refusal WHERE secret_id = ?1 AND refused_at > ?2 GROUP BY hash",
      secret_id, since);
  while (rows.Step()) values[rows.Blob(0)] = rows.Int(1);
  HF_RETURN_IF_ERROR(rows.status());
  return values;
}

absl::StatusOr<std::vector<Micros>> RefusalStore::TimesBy(std::int64_t secret_id, std::int64_t holder_id,
                                                          Micros since) {
  std::vector<Micros> times;
  Statement rows = connection_.Query(
      "SELECT refused_at FROM value_refusal WHERE secret_id = ?1 AND holder_id = ?2 AND refused_at > ?3",
      secret_id, holder_id, since);
  while (rows.Step()) times.push_back(rows.Int(0));
  HF_RETURN_IF_ERROR(rows.status());
  return times;
}

}  // namespace holdfast::storage
