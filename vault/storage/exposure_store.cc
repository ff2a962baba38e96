#include "vault/storage/exposure_store.h"

#include <fmt/format.h>

#include "vault/storage/exposure_sql.h"
#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Exposure ReadExposure(const Statement& row) {
  Exposure exposure;
  exposure.id = row.Int(0);
  exposure.holder_id = row.Int(1);
  exposure.secret_id = row.Int(2);
  exposure.account_id = row.Int(3);
  exposure.version = row.Int(4);
  exposure.how = row.As<ExposureHow>(5);
  exposure.first_at = row.Int(6);
  exposure.last_at = row.Int(7);
  exposure.times = row.Int(8);
  exposure.live = row.Bool(9);
  return exposure;
}

}  // namespace

absl::Status ExposureStore::Record(std::int64_t holder_id, std::int64_t secret_id, std::int64_t version,
                                   ExposureHow how, Micros now) {
  return connection_.Exec(
      "INSERT INTO exposure (holder_id, secret_id, version, how, first_at, last_at, times)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1) ON CONFLICT (holder_id, secret_id, version, how)"
      " DO UPDATE SET last_at = ?5, times = times + 1",
      holder_id, secret_id, version, how, now);
}

absl::StatusOr<std::vector<Exposure>> ExposureStore::List(const ExposureFilter& filter, std::int64_t after_id,
                                                          int limit) {
  const std::string sql = fmt::format(
      "SELECT * FROM (SELECT e.id, e.holder_id, e.secret_id, s.account_id, e.version, e.how, e.first_at,"
      " e.last_at, e.times, NOT ({} AND {}) AS live"
      " FROM exposure e JOIN holder p ON p.id = e.holder_id JOIN secret s ON s.id = e.secret_id"
      " WHERE e.id > ?1 AND (?3 IS NULL OR e.holder_id = ?3) AND (?4 IS NULL OR s.account_id = ?4))"
      " WHERE live OR NOT ?5 ORDER BY id LIMIT ?2",
      kRetiredByAnother, kFreshExists);
  return ReadAll(
      connection_.Query(sql, after_id, limit, filter.holder_id, filter.account_id, filter.live_only),
      &ReadExposure);
}

absl::StatusOr<bool> ExposureStore::HasSeen(std::string_view person, std::int64_t secret_id,
                                            std::int64_t version) {
  HF_ASSIGN_OR_RETURN(
      const std::int64_t seen,
      ReadInt(connection_.Query("SELECT EXISTS (SELECT 1 FROM exposure e JOIN holder h ON h.id = e.holder_id"
                                " WHERE e.secret_id = ?1 AND e.version = ?2 AND h.person = ?3)",
                                secret_id, version, person)));
  return seen != 0;
}

absl::StatusOr<std::optional<Micros>> ExposureStore::LastShown(std::int64_t holder_id,
                                                               std::int64_t secret_id, std::int64_t version) {
  Statement statement = connection_.Query(
      "SELECT last_at FROM exposure WHERE holder_id = ?1 AND secret_id = ?2 AND version = ?3 AND how = ?4",
      holder_id, secret_id, version, ExposureHow::kShown);
  std::optional<Micros> last;
  if (statement.Step()) last = statement.Int(0);
  HF_RETURN_IF_ERROR(statement.status());
  return last;
}

absl::StatusOr<std::vector<std::int64_t>> ExposureStore::OpenByPerson(std::string_view person) {
  std::vector<std::int64_t> seen;
  Statement statement = connection_.Query(
      "SELECT DISTINCT e.secret_id FROM holder p JOIN exposure e ON e.holder_id = p.id"
      " WHERE p.person = ?1 ORDER BY e.secret_id",
      person);
  while (statement.Step()) seen.push_back(statement.Int(0));
  HF_RETURN_IF_ERROR(statement.status());
  std::vector<std::int64_t> open;
  for (const std::int64_t secret_id : seen) {
    HF_ASSIGN_OR_RETURN(const TaskState state, TaskStateOf(secret_id, person));
    if (!state.done()) open.push_back(secret_id);
  }
  return open;
}

absl::StatusOr<TaskState> ExposureStore::TaskStateOf(std::int64_t secret_id, std::string_view person) {
  TaskState state;
  Statement open = connection_.Query(
      fmt::format("SELECT DISTINCT e.version FROM exposure e JOIN holder p ON p.id = e.holder_id"
                  " WHERE e.secret_id = ?1 AND p.person = ?2 AND NOT {} ORDER BY e.version",
                  kRetiredByAnother),
      secret_id, person);
  while (open.Step()) state.open_versions.push_back(open.Int(0));
  HF_RETURN_IF_ERROR(open.status());
  HF_ASSIGN_OR_RETURN(
      const std::int64_t fresh,
      ReadInt(connection_.Query(
          "SELECT EXISTS (SELECT 1 FROM secret_version v WHERE v.secret_id = ?1 AND v.version >"
          " (SELECT coalesce(max(e.version), 0) FROM exposure e JOIN holder h ON h.id = e.holder_id"
          "  WHERE e.secret_id = ?1 AND h.person = ?2)"
          " AND NOT EXISTS (SELECT 1 FROM exposure x JOIN holder y ON y.id = x.holder_id"
          "  JOIN secret_version z ON z.secret_id = x.secret_id AND z.version = x.version"
          "  WHERE x.secret_id = ?1 AND y.person = ?2 AND z.value_mac = v.value_mac))",
          secret_id, person)));
  state.fresh_version_exists = fresh != 0;
  return state;
}

absl::StatusOr<TaskState> ExposureStore::TaskStateOf(std::int64_t secret_id, std::int64_t version,
                                                     std::string_view person) {
  Statement statement = connection_.Query(
      fmt::format("SELECT {}, {} FROM (SELECT ?1 AS secret_id, ?2 AS version) e, (SELECT ?3 AS person) p",
                  kRetiredByAnother, kFreshExists),
      secret_id, version, person);
  TaskState state;
  if (statement.Step()) {
    if (!statement.Bool(0)) state.open_versions.push_back(version);
    state.fresh_version_exists = statement.Bool(1);
  }
  HF_RETURN_IF_ERROR(statement.status());
  return state;
}

}  // namespace holdfast::storage
