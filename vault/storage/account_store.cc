#include "vault/storage/account_store.h"

#include <algorithm>

#include "vault/storage/rows.h"

namespace holdfast::storage {
namespace {

// "name TAB value LF" each.
std::string JoinDetails(const std::vector<AccountDetail>& details) {
  std::string text;
  for (const AccountDetail& detail : details) text += detail.name + "\t" + detail.value + "\n";
  return text;
}

std::vector<AccountDetail> SplitDetails(std::string_view text) {
  std::vector<AccountDetail> details;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t tab = std::min(line.find('\t'), line.size());
    details.push_back({.name = std::string(line.substr(0, tab)),
                       .value = std::string(line.substr(std::min(tab + 1, line.size())))});
  }
  return details;
}

Account ReadAccount(const Statement& row) {
  Account account;
  account.id = row.Int(0);
  account.name = row.Text(1);
  account.pseudonym = row.Blob(2);
  account.platform = row.Text(3);
  account.platform_id = row.Text(4);
  account.handle = row.Text(5);
  account.url = row.Text(6);
  account.purpose = row.Text(7);
  account.tier = static_cast<int>(row.Int(8));
  account.unit = row.Text(9);
  account.state = row.As<AccountState>(10);
  account.source = row.Text(11);
  account.source_id = row.Text(12);
  account.source_group = row.Text(13);
  account.source_title = row.Text(14);
  account.source_username = row.Text(15);
  account.source_url = row.Text(16);
  account.created_at = row.Int(17);
  account.updated_at = row.Int(18);
  account.revision = row.Int(19);
  account.reviewed_at = row.Int(20);
  account.reviewed_by = row.OptInt(21);
  account.details = SplitDetails(row.Text(22));
  return account;
}

}  // namespace

absl::Status AccountStore::Insert(Account& account) {
  HF_RETURN_IF_ERROR(connection_.Exec(
      "INSERT INTO account (name, pseudonym, platform, platform_id, handle, url, purpose, tier, unit, state, "
      "source,"
      " source_id, source_group, source_title, source_username, source_url, created_at, updated_at, revision,"
      " reviewed_at, reviewed_by, details)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
      "?21, ?22)",
      account.name, account.pseudonym, account.platform, account.platform_id, account.handle, account.url,
      account.purpose, account.tier, account.unit, account.state, account.source, account.source_id,
      account.source_group, account.source_title, account.source_username, account.source_url,
      account.created_at, account.updated_at, account.revision, account.reviewed_at, account.reviewed_by,
      JoinDetails(account.details)));
  account.id = connection_.LastRowId();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Account>> AccountStore::ById(std::int64_t id) {
  return ReadOne(connection_.Query("SELECT * FROM account WHERE id = ?1", id), &ReadAccount);
}

absl::StatusOr<std::optional<Account>> AccountStore::ByName(std::string_view name) {
  return ReadOne(connection_.Query("SELECT * FROM account WHERE name = ?1", name), &ReadAccount);
}

absl::StatusOr<std::optional<Account>> AccountStore::ByFormerName(std::string_view name) {
  return ReadOne(connection_.Query("SELECT a.* FROM account a JOIN former_name f ON f.account_id = a.id"
                                   " WHERE f.name = ?1",
                                   name),
                 &ReadAccount);
}

absl::StatusOr<bool> AccountStore::IsTaken(std::string_view name) {
  HF_ASSIGN_OR_RETURN(const auto present, ByName(name));
  HF_ASSIGN_OR_RETURN(const auto former, ByFormerName(name));
  return present.has_value() || former.has_value();
}

absl::Status AccountStore::Rename(const Account& account, std::string_view former) {
  HF_RETURN_IF_ERROR(
      connection_.ExecOne("UPDATE account SET name = ?2, updated_at = ?3, revision = ?4 WHERE id = ?1",
                          account.id, account.name, account.updated_at, account.revision));
  return connection_.Exec("INSERT INTO former_name (name, account_id, ended_at) VALUES (?1, ?2, ?3)", former,
                          account.id, account.updated_at);
}

absl::Status AccountStore::Update(const Account& account) {
  return connection_.ExecOne(
      "UPDATE account SET platform = ?2, handle = ?3, url = ?4, purpose = ?5, tier = ?6, unit = ?7, state = "
      "?8,"
      " source = ?9, source_id = ?10, source_group = ?11, source_title = ?12, source_username = ?13,"
      " source_url = ?14, updated_at = ?15, revision = ?16, reviewed_at = ?17, reviewed_by = ?18, details = "
      "?19 WHERE id = ?1",
      account.id, account.platform, account.handle, account.url, account.purpose, account.tier, account.unit,
      account.state, account.source, account.source_id, account.source_group, account.source_title,
      account.source_username, account.source_url, account.updated_at, account.revision, account.reviewed_at,
      account.reviewed_by, JoinDetails(account.details));
}

absl::StatusOr<std::vector<Account>> AccountStore::List(bool include_archived, std::int64_t after_id,
                                                        int limit) {
  return ReadAll(
      connection_.Query("SELECT * FROM account WHERE id > ?1 AND (state = ?2 OR ?3) ORDER BY id LIMIT ?4",
                        after_id, AccountState::kActive, include_archived, limit),
      &ReadAccount);
}

absl::StatusOr<std::optional<Account>> AccountStore::BySourceId(std::string_view source,
                                                                std::string_view source_id) {
  return ReadOne(
      connection_.Query("SELECT * FROM account WHERE source = ?1 AND source_id = ?2 AND source_id <> ''",
                        source, source_id),
      &ReadAccount);
}

absl::StatusOr<std::vector<Account>> AccountStore::BySourceKey(std::string_view group, std::string_view title,
                                                               std::string_view username,
                                                               std::string_view url) {
  return ReadAll(
      connection_.Query("SELECT * FROM account WHERE source_group = ?1 AND source_title = ?2"
                        " AND source_username = ?3 AND source_url = ?4 AND source <> '' ORDER BY id",
                        group, title, username, url),
      &ReadAccount);
}

}  // namespace holdfast::storage
