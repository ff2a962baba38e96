#include "vault/storage/link_store.h"

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

AccountLink ReadLink(const Statement& row) {
  return {.id = row.Int(0),
          .account_id = row.Int(1),
          .kind = row.As<LinkKind>(2),
          .to_account = row.OptInt(3),
          .to_holder = row.OptInt(4),
          .outside = row.Text(5),
          .linked_by = row.Int(6),
          .linked_at = row.Int(7)};
}

}  // namespace

absl::Status LinkStore::Insert(AccountLink& link) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO account_link (account_id, kind, to_account, to_holder, outside, linked_by, linked_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      link.account_id, link.kind, link.to_account, link.to_holder, link.outside, link.linked_by,
      link.linked_at));
  link.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::Status LinkStore::Erase(std::int64_t id) {
  return connection_.ExecOne("DELETE FROM account_link WHERE id = ?1", id);
}

absl::StatusOr<std::vector<AccountLink>> LinkStore::Of(std::int64_t account_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM account_link WHERE account_id = ?1 ORDER BY id", account_id),
      &ReadLink);
}

absl::StatusOr<std::vector<AccountLink>> LinkStore::ToAccount(std::int64_t account_id) {
  return ReadAll(
      connection_.Query("SELECT * FROM account_link WHERE to_account = ?1 ORDER BY id", account_id),
      &ReadLink);
}

absl::StatusOr<std::vector<AccountLink>> LinkStore::ToHolder(std::int64_t holder_id) {
  return ReadAll(connection_.Query("SELECT * FROM account_link WHERE to_holder = ?1 ORDER BY id", holder_id),
                 &ReadLink);
}

}  // namespace holdfast::storage
