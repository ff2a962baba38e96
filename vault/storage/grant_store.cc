#include "vault/storage/grant_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Grant ReadGrant(const Statement& row) {
  Grant grant;
  grant.id = row.Int(0);
  grant.account_id = row.Int(1);
  grant.holder_id = row.Int(2);
  grant.relation = row.As<Relation>(3);
  grant.reason = row.Text(4);
  grant.granted_by = row.OptInt(5);
  grant.created_at = row.Int(6);
  grant.expires_at = row.OptInt(7);
  grant.ended_at = row.OptInt(8);
  grant.ended_by = row.OptInt(9);
  return grant;
}

// Every query below starts from here: ?1 is the time.
std::string LiveGrants(std::string_view rest) {
  std::string sql =
      "SELECT * FROM access_grant WHERE ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?1)";
  return sql.append(rest);
}

}  // namespace

absl::Status GrantStore::Insert(Grant& grant) {
  HF_RETURN_IF_ERROR(
      connection_.Exec("INSERT INTO access_grant (account_id, holder_id, relation, reason, granted_by, "
                       "created_at, expires_at, ended_at,"
                       " ended_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                       grant.account_id, grant.holder_id, grant.relation, grant.reason, grant.granted_by,
                       grant.created_at, grant.expires_at, grant.ended_at, grant.ended_by));
  grant.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Grant>> GrantStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM access_grant WHERE id = ?1", id), &ReadGrant);
}

absl::Status GrantStore::End(std::int64_t id, Micros now, std::optional<std::int64_t> by) {
  return connection_.ExecOne(
      "UPDATE access_grant SET ended_at = ?2, ended_by = ?3 WHERE id = ?1 AND ended_at IS NULL", id, now, by);
}

absl::StatusOr<std::vector<Grant>> GrantStore::Lapsed(Micros now) {
  HF_ASSIGN_OR_RETURN(
      std::vector<Grant> rows,
      ReadAll(connection_.Query("SELECT * FROM access_grant WHERE expires_at <= ?1 ORDER BY id", now), &ReadGrant));
  std::erase_if(rows, [&](const Grant& grant) {
    return grant.ended_at.has_value() || !grant.expires_at.has_value() || *grant.expires_at > now;
  });
  return rows;
}

absl::StatusOr<std::vector<Grant>> GrantStore::AllOf(std::int64_t account_id, std::int64_t holder_id) {
  HF_ASSIGN_OR_RETURN(
      std::vector<Grant> rows,
      ReadAll(connection_.Query("SELECT * FROM access_grant WHERE holder_id = ?1 ORDER BY id", holder_id),
              &ReadGrant));
  std::erase_if(rows, [&](const Grant& grant) { return grant.account_id != account_id; });
  return rows;
}

absl::StatusOr<std::optional<Grant>> GrantStore::Live(std::int64_t account_id, std::int64_t holder_id,
                                                      Micros now) {
  return ReadOne(
      connection_.Query(LiveGrants(" AND account_id = ?2 AND holder_id = ?3"), now, account_id, holder_id),
      &ReadGrant);
}

absl::StatusOr<std::vector<Grant>> GrantStore::LiveByAccount(std::int64_t account_id, Micros now) {
  return ReadAll(connection_.Query(LiveGrants(" AND account_id = ?2 ORDER BY id"), now, account_id),
                 &ReadGrant);
}

absl::StatusOr<std::vector<Grant>> GrantStore::LiveByHolder(std::int64_t holder_id, Micros now) {
  return ReadAll(connection_.Query(LiveGrants(" AND holder_id = ?2 ORDER BY id"), now, holder_id),
                 &ReadGrant);
}

absl::StatusOr<std::vector<Grant>> GrantStore::List(const GrantFilter& filter, Micros now,
                                                    std::int64_t after_id, int limit) {
  return ReadAll(connection_.Query(LiveGrants(" AND id > ?2 AND (?4 IS NULL OR account_id = ?4)"
                                              " AND (?5 IS NULL OR holder_id = ?5) ORDER BY id LIMIT ?3"),
                                   now, after_id, limit, filter.account_id, filter.holder_id),
                 &ReadGrant);
}

}  // namespace holdfast::storage
