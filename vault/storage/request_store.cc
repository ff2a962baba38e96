#include "vault/storage/request_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

DoneRequest ReadDone(const Statement& row) { return {.body_mac = row.Blob(0), .result = row.Text(1)}; }

}  // namespace

absl::StatusOr<std::optional<DoneRequest>> RequestStore::Get(std::int64_t holder_id, std::string_view method,
                                                             std::string_view request_id) {
  return ReadOne(connection_.Query("SELECT body_mac, result FROM request WHERE holder_id = ?1 AND method = ?2"
                                   " AND request_id = ?3",
                                   holder_id, method, request_id),
                 &ReadDone);
}

absl::Status RequestStore::Put(std::int64_t holder_id, std::string_view method, std::string_view request_id,
                               const DoneRequest& done, Micros now) {
  return connection_.Exec(
      "INSERT INTO request (holder_id, method, request_id, body_mac, result, created_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      holder_id, method, request_id, done.body_mac, done.result, now);
}

absl::StatusOr<std::int64_t> RequestStore::Prune(Micros older_than, int limit) {
  HF_RETURN_IF_ERROR(
      connection_.Exec("DELETE FROM request WHERE (holder_id, method, request_id) IN (SELECT holder_id, "
                       "method, request_id FROM request"
                       " WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)",
                       older_than, limit));
  return connection_.Changes();
}

}  // namespace holdfast::storage
