#include "vault/storage/holder_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

Holder ReadHolder(const Statement& row) {
  Holder holder;
  holder.id = row.Int(0);
  holder.name = row.Text(1);
  holder.pseudonym = row.Blob(2);
  holder.kind = row.As<HolderKind>(3);
  holder.person = row.Text(4);
  holder.display_name = row.Text(5);
  holder.roles = row.Int(6);
  holder.status = row.As<HolderStatus>(7);
  holder.created_at = row.Int(8);
  holder.updated_at = row.Int(9);
  holder.revision = row.Int(10);
  holder.qualifications = row.Text(11);
  holder.suspended_by = row.OptInt(12);
  holder.suspended_at = row.OptInt(13);
  holder.suspension_ends = row.OptInt(14);
  return holder;
}

}  // namespace

absl::Status HolderStore::Insert(Holder& holder) {
  HF_RETURN_IF_ERROR(
      connection_.Exec("INSERT INTO holder (name, pseudonym, kind, person, display_name, roles, status, "
                       "created_at, updated_at, revision, qualifications, suspended_by, suspended_at,"
                       " suspension_ends) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                       holder.name, holder.pseudonym, holder.kind, holder.person, holder.display_name,
                       holder.roles, holder.status, holder.created_at, holder.updated_at, holder.revision,
                       holder.qualifications, holder.suspended_by, holder.suspended_at,
                       holder.suspension_ends));
  holder.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Holder>> HolderStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM holder WHERE id = ?1", id), &ReadHolder);
}

absl::StatusOr<std::optional<Holder>> HolderStore::ByName(std::string_view name) {
  return ReadOne(connection_.Query("SELECT * FROM holder WHERE name = ?1", name), &ReadHolder);
}

absl::StatusOr<std::vector<Holder>> HolderStore::ByPerson(std::string_view person) {
  return ReadAll(connection_.Query("SELECT * FROM holder WHERE person = ?1 ORDER BY id", person),
                 &ReadHolder);
}

absl::Status HolderStore::Update(const Holder& holder) {
  return connection_.ExecOne(
      "UPDATE holder SET person = ?2, display_name = ?3, roles = ?4, status = ?5, updated_at = ?6, revision "
      "= ?7, qualifications = ?8, suspended_by = ?9, suspended_at = ?10, suspension_ends = ?11"
      " WHERE id = ?1",
      holder.id, holder.person, holder.display_name, holder.roles, holder.status, holder.updated_at,
      holder.revision, holder.qualifications, holder.suspended_by, holder.suspended_at, holder.suspension_ends);
}

absl::StatusOr<std::vector<Holder>> HolderStore::SuspensionEndsBy(Micros time) {
  return ReadAll(connection_.Query("SELECT * FROM holder WHERE suspension_ends <= ?1 ORDER BY id", time),
                 &ReadHolder);
}

absl::StatusOr<std::vector<Holder>> HolderStore::List(std::int64_t after_id, int limit) {
  return ReadAll(
      connection_.Query("SELECT * FROM holder WHERE id > ?1 ORDER BY id LIMIT ?2", after_id, limit),
      &ReadHolder);
}

}  // namespace holdfast::storage
