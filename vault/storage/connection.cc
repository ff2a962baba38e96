#include "vault/storage/connection.h"

#include <sqlcipher/sqlite3.h>

#include <utility>

#include "vault/storage/errors.h"
#include "vault/storage/schema.h"

namespace holdfast::storage {
namespace {

// More idle statements than the stores have; combinations of filters beyond it are prepared anew.
constexpr std::size_t kMaxIdleStatements = 256;

}  // namespace

Connection::~Connection() {
  for (auto& [sql, handles] : idle_) {
    for (sqlite3_stmt* handle : handles) sqlite3_finalize(handle);
  }
  sqlite3_close(db_);
}

Statement Connection::Prepare(std::string_view sql) {
  if (const auto found = idle_.find(sql); found != idle_.end() && !found->second.empty()) {
    sqlite3_stmt* handle = found->second.back();
    found->second.pop_back();
    --idle_count_;
    return Statement(this, handle, absl::OkStatus());
  }
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle,
                         /*pzTail=*/nullptr);
  if (code != SQLITE_OK) return Statement(this, nullptr, DatabaseError(code));
  if (handle == nullptr) return Statement(this, nullptr, DatabaseError(SQLITE_MISUSE));
  return Statement(this, handle, absl::OkStatus());
}

void Connection::GiveBack(sqlite3_stmt* handle) {
  sqlite3_reset(handle);
  sqlite3_clear_bindings(handle);
  if (idle_count_ >= kMaxIdleStatements) {
    sqlite3_finalize(handle);
    return;
  }
  idle_[sqlite3_sql(handle)].push_back(handle);
  ++idle_count_;
}

std::int64_t Connection::Changes() const { return sqlite3_changes64(db_); }

std::int64_t Connection::LastRowId() const { return sqlite3_last_insert_rowid(db_); }

absl::Status Connection::CheckOneChange() const {
  if (Changes() == 1) return absl::OkStatus();
  return MakeError(absl::StatusCode::kNotFound, "ROW_MISSING", "the row to change is not there");
}

bool Connection::InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

absl::Status Connection::Begin() {
  if (InTransaction()) return DatabaseError(SQLITE_MISUSE);
  HF_RETURN_IF_ERROR(Exec(writer_ ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED"));
  sum_at_begin_ = digest_.sum;
  sums_at_savepoints_.clear();
  return absl::OkStatus();
}

absl::Status Connection::Commit() {
  if (!InTransaction()) return DatabaseError(SQLITE_MISUSE);
  HF_RETURN_IF_ERROR(Exec("COMMIT"));
  sum_at_begin_.reset();
  return absl::OkStatus();
}

absl::Status Connection::Rollback() {
  if (InTransaction()) HF_RETURN_IF_ERROR(Exec("ROLLBACK"));
  if (sum_at_begin_.has_value()) digest_.sum = *std::exchange(sum_at_begin_, std::nullopt);
  return absl::OkStatus();
}

absl::Status Connection::Savepoint() {
  if (!InTransaction()) return DatabaseError(SQLITE_MISUSE);
  HF_RETURN_IF_ERROR(Exec("SAVEPOINT command"));
  sums_at_savepoints_.push_back(digest_.sum);
  return absl::OkStatus();
}

absl::Status Connection::ReleaseSavepoint() {
  if (!InTransaction() || sums_at_savepoints_.empty()) return DatabaseError(SQLITE_MISUSE);
  HF_RETURN_IF_ERROR(Exec("RELEASE command"));
  sums_at_savepoints_.pop_back();
  return absl::OkStatus();
}

absl::Status Connection::RollbackSavepoint() {
  if (!InTransaction() || sums_at_savepoints_.empty()) return DatabaseError(SQLITE_MISUSE);
  HF_RETURN_IF_ERROR(Exec("ROLLBACK TO command"));
  digest_.sum = sums_at_savepoints_.back();
  return ReleaseSavepoint();
}

absl::StatusOr<StateSum> Connection::RecomputeStateSum() {
  const StateSum kept = std::exchange(digest_.sum, StateSum{});
  absl::Status status;
  for (const std::string_view table : kStateTables) {
    if (status.ok()) status = AddTableToState(*this, table);
  }
  const StateSum sum = std::exchange(digest_.sum, kept);
  if (!status.ok()) return status;
  return sum;
}

absl::Status Connection::Checkpoint() {
  int in_log = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (code != SQLITE_OK) return DatabaseError(code);
  if (in_log == copied) wal_frames_ = 0;
  return absl::OkStatus();
}

void Connection::OnRowChange(void* self, int /*operation*/, const char* /*database*/, const char* table,
                             long long /*row*/) {
  const std::string_view name = table;
  if (name == "device_key" || name == "device_certificate" || name == "enrollment")
    static_cast<Connection*>(self)->keys_changed_ = true;
}

int Connection::OnWalCommit(void* self, sqlite3* /*db*/, const char* /*name*/, int frames) {
  static_cast<Connection*>(self)->wal_frames_ = frames;
  return SQLITE_OK;
}

// Nothing was written: whether the end of a read succeeds is of no consequence.
ReadSnapshot::~ReadSnapshot() {
  if (status_.ok()) reader_.Rollback().IgnoreError();
}

}  // namespace holdfast::storage
