#include "vault/storage/finding_store.h"

#include <fmt/format.h>

#include "vault/storage/event_store.h"
#include "vault/storage/handover_store.h"
#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

// Each query gives its columns in the order of FindingRow.
FindingRow ReadFinding(const Statement& row) {
  FindingRow finding;
  finding.row = row.Int(0);
  finding.account_id = row.OptInt(1);
  finding.secret_id = row.OptInt(2);
  finding.holder_id = row.OptInt(3);
  finding.holder = row.Text(4);
  finding.status = row.As<HolderStatus>(5);
  finding.tier = static_cast<int>(row.Int(6));
  finding.number = row.Int(7);
  finding.since = row.Int(8);
  return finding;
}

// ?1 is the time.
constexpr std::string_view kLive = "g.ended_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > ?1)";
// ?2 to ?4 are those of the tiers; NULL, which is true of nothing, for a tier without one.
constexpr std::string_view kOfTier = "CASE a.tier WHEN 1 THEN ?2 WHEN 2 THEN ?3 ELSE ?4 END";

}  // namespace

absl::StatusOr<std::int64_t> FindingStore::CountOwners(std::int64_t account_id, HolderStatus or_of, Micros now) {
  return ReadInt(connection_.Query(
      fmt::format("SELECT count(DISTINCT h.person) FROM access_grant g JOIN holder h ON h.id = g.holder_id"
                  " WHERE {} AND g.account_id = ?2 AND g.relation <> ?3 AND h.status IN (?4, ?5)",
                  kLive),
      now, account_id, Relation::kGrantee, HolderStatus::kActive, or_of));
}

FindingRows FindingStore::AccountsWithFewerOwners(const PerTier& than, Micros now) {
  return ReadAll(
      connection_.Query(
          fmt::format(
              "WITH owned AS (SELECT g.account_id, count(DISTINCT h.person) AS owners, min(h.id) AS one"
              " FROM access_grant g JOIN holder h ON h.id = g.holder_id"
              " WHERE {} AND g.relation <> ?5 AND h.status = ?6 GROUP BY g.account_id),"
              " lost AS (SELECT g.account_id, max(coalesce(g.ended_at, h.updated_at)) AS at"
              " FROM access_grant g JOIN holder h ON h.id = g.holder_id"
              " WHERE g.relation <> ?5 AND (g.ended_at IS NOT NULL OR h.status <> ?6) GROUP BY g.account_id)"
              " SELECT a.id, a.id, NULL, h.id, coalesce(h.name, ''), h.status, a.tier,"
              " coalesce(o.owners, 0), coalesce(l.at, a.created_at)"
              " FROM account a LEFT JOIN owned o ON o.account_id = a.id"
              " LEFT JOIN lost l ON l.account_id = a.id LEFT JOIN holder h ON h.id = o.one"
              " WHERE a.state = ?7 AND coalesce(o.owners, 0) < {}",
              kLive, kOfTier),
          now, than[0], than[1], than[2], Relation::kGrantee, HolderStatus::kActive, AccountState::kActive),
      &ReadFinding);
}

FindingRows FindingStore::InactiveOwners(Micros now) {
  return ReadAll(
      connection_.Query(fmt::format("SELECT g.id, a.id, NULL, h.id, h.name, h.status, a.tier, 0, h.updated_at"
                                    " FROM holder h JOIN access_grant g ON g.holder_id = h.id"
                                    " JOIN account a ON a.id = g.account_id"
                                    " WHERE {} AND g.relation = ?2 AND h.status <> ?3 AND a.state = ?4",
                                    kLive),
                        now, Relation::kOwner, HolderStatus::kActive, AccountState::kActive),
      &ReadFinding);
}

FindingRows FindingStore::SecretsOlderThan(const PerTier& age, Micros now) {
  return ReadAll(
      connection_.Query(
          fmt::format("SELECT s.id, a.id, s.id, NULL, '', 0, a.tier, {0}, min(v.in_use_since)"
                      " FROM secret s JOIN account a ON a.id = s.account_id"
                      " JOIN secret_version c ON c.secret_id = s.id AND c.version = s.current_version"
                      " JOIN version_hash x ON x.secret_id = s.id AND x.version = c.version"
                      " JOIN version_hash y ON y.secret_id = s.id AND y.hash = x.hash"
                      " JOIN secret_version v ON v.secret_id = s.id AND v.version = y.version"
                      " WHERE a.state = ?5 AND c.destroyed_at IS NULL AND s.removed_at IS NULL"
                      " AND NOT EXISTS (SELECT 1 FROM attestation d"
                      "  WHERE d.secret_id = s.id AND d.version = s.current_version)"
                      " GROUP BY s.id HAVING min(v.in_use_since) + {0} < ?1",
                      kOfTier),
          now, age[0], age[1], age[2], AccountState::kActive),
      &ReadFinding);
}

FindingRows FindingStore::ExposedInactive() {
  return ReadAll(
      connection_.Query("SELECT min(e.id), s.account_id, s.id, p.id, p.name, p.status, a.tier, count(*),"
                        " max(p.updated_at, max(e.last_at))"
                        " FROM holder p JOIN exposure e ON e.holder_id = p.id"
                        " JOIN secret s ON s.id = e.secret_id JOIN account a ON a.id = s.account_id"
                        " WHERE p.status <> ?1 GROUP BY p.id, s.id",
                        HolderStatus::kActive),
      &ReadFinding);
}

FindingRows FindingStore::SecretsDead() {
  return ReadAll(
      connection_.Query("SELECT s.id, a.id, s.id, h.id, h.name, h.status, a.tier, s.current_version,"
                        " min(d.attested_at) FROM secret s JOIN account a ON a.id = s.account_id"
                        " JOIN attestation d ON d.secret_id = s.id AND d.version = s.current_version"
                        " JOIN holder h ON h.id = d.holder_id"
                        " WHERE a.state = ?1 AND s.removed_at IS NULL GROUP BY s.id",
                        AccountState::kActive),
      &ReadFinding);
}

FindingRows FindingStore::ValuesDead() {
  return ReadAll(
      connection_.Query("SELECT s.id, a.id, s.id, h.id, h.name, h.status, a.tier, d.version, min(d.attested_at)"
                        " FROM secret s JOIN account a ON a.id = s.account_id"
                        " JOIN secret_version v ON v.secret_id = s.id AND v.version = s.current_version"
                        " JOIN version_hash i ON i.secret_id = s.id AND i.version = s.current_version"
                        " JOIN version_hash b ON b.secret_id = s.id AND b.hash = i.hash"
                        " JOIN attestation d ON d.secret_id = s.id AND d.version = b.version"
                        "  AND d.attested_at >= v.created_at"
                        " JOIN holder h ON h.id = d.holder_id"
                        " WHERE a.state = ?1 AND s.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM attestation n"
                        "  WHERE n.secret_id = s.id AND n.version = s.current_version) GROUP BY s.id",
                        AccountState::kActive),
      &ReadFinding);
}

FindingRows FindingStore::AccountsNotReviewed(const PerTier& within, Micros now) {
  return ReadAll(
      connection_.Query(
          fmt::format("SELECT a.id, a.id, NULL, NULL, '', 0, a.tier, {0}, a.reviewed_at FROM account a"
                      " WHERE a.state = ?5 AND a.reviewed_at + {0} < ?1",
                      kOfTier),
          now, within[0], within[1], within[2], AccountState::kActive),
      &ReadFinding);
}

FindingRows FindingStore::AccountsElsewhere(std::string_view platforms) {
  return ReadAll(
      connection_.Query("SELECT a.id, a.id, NULL, NULL, '', 0, a.tier, 0, a.created_at FROM account a"
                        " WHERE a.state = ?1 AND instr(?2, char(10) || a.platform || char(10)) = 0",
                        AccountState::kActive, platforms),
      &ReadFinding);
}

FindingRows FindingStore::GrantsLongerThan(const PerTier& length, Micros now) {
  return ReadAll(
      connection_.Query(
          fmt::format(
              "SELECT g.id, a.id, NULL, h.id, h.name, h.status, a.tier,"
              " coalesce(g.expires_at - g.created_at, 0), g.created_at"
              " FROM access_grant g JOIN account a ON a.id = g.account_id JOIN holder h ON h.id = g.holder_id"
              " WHERE {0} AND g.relation = ?5 AND a.state = ?6 AND {1} IS NOT NULL"
              " AND (g.expires_at IS NULL OR g.expires_at - g.created_at > {1})",
              kLive, kOfTier),
          now, length[0], length[1], length[2], Relation::kGrantee, AccountState::kActive),
      &ReadFinding);
}

// The joins are crossed, and an index kept out of it, so that the work for a grant grows with its account and
// not with all that its holder ever did.
FindingRows FindingStore::GrantsUnused(Micros within, Micros now) {
  return ReadAll(
      connection_.Query(
          fmt::format(
              "SELECT * FROM (SELECT g.id, a.id, NULL, h.id, h.name, h.status, a.tier, ?2, max(g.created_at,"
              " coalesce((SELECT max(e.last_at) FROM secret s CROSS JOIN exposure e"
              "  ON e.holder_id = g.holder_id AND e.secret_id = s.id WHERE s.account_id = g.account_id), 0),"
              " coalesce((SELECT max(v.time) FROM event v WHERE v.account_id = g.account_id"
              "  AND +v.actor_id = g.holder_id AND v.type = 'secret.code' AND v.outcome = ?5), 0)) AS last"
              " FROM access_grant g JOIN account a ON a.id = g.account_id JOIN holder h ON h.id = g.holder_id"
              " WHERE {} AND g.created_at + ?2 < ?1 AND g.relation = ?3 AND a.state = ?4) WHERE last + ?2 < "
              "?1",
              kLive),
          now, within, Relation::kGrantee, AccountState::kActive, EventOutcome::kAllowed),
      &ReadFinding);
}

FindingRows FindingStore::HoldersIdle(Micros within, Micros now) {
  return ReadAll(
      connection_.Query(
          "SELECT * FROM (SELECT h.id, NULL, NULL, h.id, h.name, h.status, 0, ?2, max(h.created_at,"
          " coalesce((SELECT v.time FROM event v WHERE v.actor_id = h.id ORDER BY v.idx DESC LIMIT 1),"
          " 0)) AS last FROM holder h WHERE h.status = ?3) WHERE last + ?2 < ?1",
          now, within, HolderStatus::kActive),
      &ReadFinding);
}

FindingRows FindingStore::KeysUnconfirmed(Micros within, Micros now) {
  return ReadAll(connection_.Query(
                     "SELECT k.id, NULL, NULL, h.id, h.name, h.status, 0, ?2, k.created_at"
                     " FROM device_key k JOIN holder h ON h.id = k.holder_id"
                     " WHERE k.state = ?3 AND k.created_at + ?2 < ?1 AND k.not_after > ?1 AND h.status = ?4",
                     now, within, KeyState::kUnconfirmed, HolderStatus::kActive),
                 &ReadFinding);
}

FindingRows FindingStore::KeysStopped() {
  return ReadAll(connection_.Query("SELECT k.id, NULL, NULL, h.id, h.name, h.status, 0, 0, k.stopped_at"
                                   " FROM device_key k JOIN holder h ON h.id = k.holder_id"
                                   " WHERE k.stopped_at IS NOT NULL AND k.stop_seen_by IS NULL"),
                 &ReadFinding);
}

FindingRows FindingStore::WithoutDevice(std::int64_t role_mask, Micros now) {
  return ReadAll(connection_.Query(
                     "SELECT h.id, NULL, NULL, h.id, h.name, h.status, 0, 0, max(k.revoked_at)"
                     " FROM holder h JOIN device_key k ON k.holder_id = h.id"
                     " WHERE h.status = ?1 AND (h.roles & ?2) <> 0 AND k.confirmed_at IS NOT NULL"
                     " AND k.revoked_at IS NOT NULL"
                     " AND NOT EXISTS (SELECT 1 FROM device_key o WHERE o.holder_id = h.id"
                     " AND o.state = ?3 AND o.not_after > ?4) GROUP BY h.id",
                     HolderStatus::kActive, role_mask, KeyState::kConfirmed, now),
                 &ReadFinding);
}

FindingRows FindingStore::KeysEnding(Micros within, Micros now) {
  return ReadAll(connection_.Query(
                     "SELECT k.id, NULL, NULL, h.id, h.name, h.status, 0, 0, k.not_after"
                     " FROM device_key k JOIN holder h ON h.id = k.holder_id"
                     " WHERE k.state = ?3 AND k.not_after > ?1 AND k.not_after <= ?1 + ?2 AND h.status = ?4"
                     " AND NOT EXISTS (SELECT 1 FROM device_key o WHERE o.holder_id = k.holder_id"
                     " AND o.state = ?3 AND o.not_after > k.not_after)",
                     now, within, KeyState::kConfirmed, HolderStatus::kActive),
                 &ReadFinding);
}

FindingRows FindingStore::StringsMisused(Micros within, Micros now) {
  return ReadAll(
      connection_.Query("SELECT e.id, NULL, NULL, h.id, h.name, h.status, 0, coalesce(e.device_id, 0), e.misused_at"
                        " FROM enrollment e JOIN holder h ON h.id = e.holder_id"
                        " LEFT JOIN device_key k ON k.id = e.device_id"
                        " WHERE e.misused_at + ?2 > ?1 AND (k.id IS NULL OR (k.state <> ?3 AND"
                        " (k.confirmed_at IS NULL OR k.confirmed_at < e.misused_at)))",
                        now, within, KeyState::kRevoked),
      &ReadFinding);
}

FindingRows FindingStore::HandoversOpen(Micros within, Micros now) {
  return ReadAll(connection_.Query("SELECT c.id, NULL, NULL, h.id, h.name, h.status, 0, ?2, c.started_at"
                                   " FROM handover c JOIN holder h ON h.id = c.leaver_id"
                                   " WHERE c.state < ?3 AND c.started_at + ?2 < ?1",
                                   now, within, HandoverState::kClosed),
                 &ReadFinding);
}

}  // namespace holdfast::storage
