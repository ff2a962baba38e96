#include "vault/storage/knowledge_store.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "vault/base/vocabulary.h"
#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Attestation ReadAttestation(const Statement& row) {
  return {.id = row.Int(0),
          .secret_id = row.Int(1),
          .version = row.Int(2),
          .holder_id = row.Int(3),
          .person = row.Text(4),
          .attested_at = row.Int(5),
          .evidence = row.Text(6)};
}

absl::StatusOr<std::set<std::int64_t>> ReadIds(Statement statement) {
  std::set<std::int64_t> ids;
  while (statement.Step()) ids.insert(statement.Int(0));
  HF_RETURN_IF_ERROR(statement.status());
  return ids;
}

}  // namespace

absl::Status KnowledgeStore::AddHash(std::int64_t secret_id, std::int64_t version, ByteView hash) {
  return connection_.Exec("INSERT INTO version_hash (secret_id, version, hash) VALUES (?1, ?2, ?3)"
                          " ON CONFLICT (secret_id, version, hash) DO NOTHING",
                          secret_id, version, hash);
}

absl::Status KnowledgeStore::Attest(Attestation& attestation) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO attestation (secret_id, version, holder_id, person, attested_at, evidence)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      attestation.secret_id, attestation.version, attestation.holder_id, attestation.person,
      attestation.attested_at, attestation.evidence));
  attestation.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Attestation>> KnowledgeStore::Attestations(std::int64_t secret_id,
                                                                      std::int64_t version) {
  return ReadAll(connection_.Query(
                     "SELECT * FROM attestation WHERE secret_id = ?1 AND version = ?2 ORDER BY id",
                     secret_id, version),
                 &ReadAttestation);
}

absl::StatusOr<bool> KnowledgeStore::Knows(std::string_view person, ByteView hash) {
  return ReadBool(connection_.Query(
      "SELECT EXISTS (SELECT 1 FROM version_hash b JOIN exposure e ON e.secret_id = b.secret_id"
      " AND e.version = b.version JOIN holder h ON h.id = e.holder_id WHERE b.hash = ?2 AND h.person = ?1)",
      person, hash));
}

absl::StatusOr<bool> KnowledgeStore::AttestedByAnother(std::int64_t secret_id, std::int64_t version,
                                                       std::string_view person) {
  return ReadBool(
      connection_.Query("SELECT EXISTS (SELECT 1 FROM attestation a JOIN holder r ON r.id = a.holder_id"
                        " WHERE a.secret_id = ?1 AND a.version = ?2 AND r.person <> ?3 AND a.person <> ?3)",
                        secret_id, version, person));
}

// One statement however much the person put in: nobody can make the work of their own departure long.
absl::StatusOr<std::vector<std::int64_t>> KnowledgeStore::KnownVersions(std::int64_t secret_id,
                                                                        std::string_view person) {
  HF_ASSIGN_OR_RETURN(
      const auto known,
      ReadIds(connection_.Query(
          "SELECT e.version FROM exposure e JOIN holder h ON h.id = e.holder_id"
          " WHERE e.secret_id = ?1 AND h.person = ?2"
          " UNION SELECT v.version FROM version_hash v WHERE ?3 AND v.secret_id = ?1 AND v.hash IN"
          // Each hash is looked up once, however often its value came back.
          "  (SELECT m.hash FROM (SELECT DISTINCT hash FROM version_hash WHERE secret_id = ?1) m"
          "   WHERE EXISTS (SELECT 1 FROM version_hash b JOIN exposure e ON e.secret_id = b.secret_id"
          "    AND e.version = b.version JOIN holder h ON h.id = e.holder_id"
          "    WHERE b.hash = m.hash AND h.person = ?2))",
          secret_id, person, by_ == KnownBy::kValue)));
  return std::vector<std::int64_t>(known.begin(), known.end());
}

absl::StatusOr<std::map<std::int64_t, std::vector<std::int64_t>>> KnowledgeStore::AllKnownVersions(
    std::string_view person) {
  std::map<std::int64_t, std::vector<std::int64_t>> known;
  Statement rows = connection_.Query(
      "WITH seen AS MATERIALIZED (SELECT e.secret_id, e.version FROM holder h"
      "  JOIN exposure e ON e.holder_id = h.id WHERE h.person = ?1),"
      " hashes AS MATERIALIZED (SELECT DISTINCT b.hash FROM seen"
      "  JOIN version_hash b ON b.secret_id = seen.secret_id AND b.version = seen.version WHERE ?2)"
      " SELECT secret_id, version FROM seen"
      " UNION SELECT v.secret_id, v.version FROM hashes CROSS JOIN version_hash v ON v.hash = hashes.hash"
      " ORDER BY 1, 2",
      person, by_ == KnownBy::kValue);
  while (rows.Step()) known[rows.Int(0)].push_back(rows.Int(1));
  HF_RETURN_IF_ERROR(rows.status());
  return known;
}

absl::StatusOr<bool> KnowledgeStore::InForceIsDead(std::int64_t secret_id, std::int64_t newest) {
  HF_ASSIGN_OR_RETURN(const auto attested, Attestations(secret_id, newest));
  if (!attested.empty() || by_ == KnownBy::kExposure) return !attested.empty();
  HF_ASSIGN_OR_RETURN(
      const std::int64_t by_value,
      ReadInt(connection_.Query(
          "SELECT EXISTS (SELECT 1 FROM secret_version v"
          " JOIN version_hash a ON a.secret_id = v.secret_id AND a.version = v.version"
          " JOIN version_hash b ON b.secret_id = v.secret_id AND b.hash = a.hash"
          " JOIN attestation d ON d.secret_id = v.secret_id AND d.version = b.version AND d.attested_at >= v.created_at"
          " WHERE v.secret_id = ?1 AND v.version = ?2)",
          secret_id, newest)));
  return by_value != 0;
}

absl::StatusOr<KnowledgeStore::Settled> KnowledgeStore::SettledFor(std::int64_t secret_id,
                                                                   std::string_view person) {
  Settled settled;
  Statement rows = connection_.Query(
      "SELECT t.settled_as, t.settled_version FROM handover_task t JOIN handover c ON c.id = t.handover_id"
      " JOIN holder l ON l.id = c.leaver_id JOIN holder r ON r.id = t.settled_by"
      " WHERE t.secret_id = ?1 AND l.person = ?2 AND r.person <> ?2",
      secret_id, person);
  while (rows.Step()) {
    if (rows.Int(1) >= settled.version && rows.As<SettledAs>(0) != SettledAs::kNot)
      settled = {.as = rows.As<SettledAs>(0), .version = rows.Int(1)};
  }
  HF_RETURN_IF_ERROR(rows.status());
  return settled;
}

absl::StatusOr<TaskState> KnowledgeStore::TaskStateOf(std::int64_t secret_id, std::string_view person) {
  HF_ASSIGN_OR_RETURN(const auto known, KnownVersions(secret_id, person));
  return StateWhen(known, secret_id, person);
}

absl::StatusOr<TaskState> KnowledgeStore::StateWhen(const std::vector<std::int64_t>& known, std::int64_t secret_id,
                                                    std::string_view person) {
  HF_ASSIGN_OR_RETURN(const auto secret, SecretStore(connection_).ById(secret_id));
  if (!secret.has_value())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a task is about a secret that is gone");
  HF_ASSIGN_OR_RETURN(const Settled settled, SettledFor(secret_id, person));
  const std::int64_t newest = secret->current_version;
  TaskState state{.in_force_known = std::ranges::binary_search(known, newest),
                  .removed = secret->removed_at.has_value(),
                  .concerns = !known.empty()};
  HF_ASSIGN_OR_RETURN(state.in_force_dead, InForceIsDead(secret_id, newest));
  // What came in after the settlement is not covered by it.
  if (settled.as != SettledAs::kNot && settled.version >= newest) state.settled = settled.as;
  for (const std::int64_t version : known) {
    if (version <= settled.version) continue;
    HF_ASSIGN_OR_RETURN(const bool attested, AttestedByAnother(secret_id, version, person));
    if (!attested) state.open_versions.push_back(version);
  }
  return state;
}

absl::StatusOr<TaskState> KnowledgeStore::TaskStateOf(std::int64_t secret_id, std::int64_t version,
                                                      std::string_view person) {
  HF_ASSIGN_OR_RETURN(TaskState state, TaskStateOf(secret_id, person));
  std::erase_if(state.open_versions, [&](std::int64_t open) { return open != version; });
  return state;
}

absl::StatusOr<std::map<std::int64_t, TaskState>> KnowledgeStore::StatesOf(std::string_view person) {
  HF_ASSIGN_OR_RETURN(const auto known, AllKnownVersions(person));
  std::map<std::int64_t, TaskState> states;
  for (const auto& [secret_id, versions] : known) {
    HF_ASSIGN_OR_RETURN(TaskState state, StateWhen(versions, secret_id, person));
    states.emplace_hint(states.end(), secret_id, std::move(state));
  }
  return states;
}

absl::StatusOr<std::vector<std::int64_t>> KnowledgeStore::OpenByPerson(std::string_view person) {
  HF_ASSIGN_OR_RETURN(const auto states, StatesOf(person));
  std::vector<std::int64_t> open;
  for (const auto& [secret_id, state] : states)
    if (!state.done()) open.push_back(secret_id);
  return open;
}

absl::StatusOr<std::vector<Knower>> KnowledgeStore::KnowersInForce() {
  std::vector<Knower> knowers;
  Statement rows = connection_.Query(
      "SELECT s.id, e.holder_id, max(e.first_at), min(e.how = ?1),"
      " max(e.secret_id = s.id AND e.version = s.current_version)"
      " FROM secret s JOIN version_hash a ON a.secret_id = s.id AND a.version = s.current_version"
      " JOIN version_hash b ON b.hash = a.hash"
      " JOIN exposure e ON e.secret_id = b.secret_id AND e.version = b.version"
      // Taking a secret off the lists ends nobody's knowledge.
      " WHERE s.removed_at IS NULL OR NOT EXISTS (SELECT 1 FROM attestation d"
      "  WHERE d.secret_id = s.id AND d.version = s.current_version)"
      " GROUP BY s.id, e.holder_id ORDER BY s.id, e.holder_id",
      ExposureHow::kImported);
  while (rows.Step())
    knowers.push_back({.secret_id = rows.Int(0),
                       .holder_id = rows.Int(1),
                       .since = rows.Int(2),
                       .only_imported = rows.Bool(3),
                       .exposed = rows.Bool(4)});
  HF_RETURN_IF_ERROR(rows.status());
  return knowers;
}

absl::StatusOr<std::vector<std::int64_t>> KnowledgeStore::Reused() {
  HF_ASSIGN_OR_RETURN(
      const auto ids,
      ReadIds(connection_.Query(
          "WITH in_force AS (SELECT s.id, a.hash FROM secret s JOIN version_hash a ON a.secret_id = s.id"
          " AND a.version = s.current_version WHERE s.removed_at IS NULL)"
          " SELECT DISTINCT id FROM in_force WHERE hash IN"
          " (SELECT hash FROM in_force GROUP BY hash HAVING count(DISTINCT id) > 1)")));
  return std::vector<std::int64_t>(ids.begin(), ids.end());
}

absl::StatusOr<std::vector<std::int64_t>> KnowledgeStore::PutBack() {
  HF_ASSIGN_OR_RETURN(
      const auto ids,
      ReadIds(connection_.Query(
          "SELECT DISTINCT s.id FROM secret s"
          " JOIN version_hash a ON a.secret_id = s.id AND a.version = s.current_version"
          " JOIN version_hash b ON b.secret_id = s.id AND b.hash = a.hash AND b.version < s.current_version"
          " WHERE s.removed_at IS NULL")));
  return std::vector<std::int64_t>(ids.begin(), ids.end());
}

}  // namespace holdfast::storage
