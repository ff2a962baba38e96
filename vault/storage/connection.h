// One connection to the encrypted database. Opening guarantees that the file is encrypted under the key,
// readable, of this version, that every safety setting took effect, and that no page changes behind this
// process's back (page_guard.h). Errors carry a numeric code, never SQL, bound values or the library's text. Not
// thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/storage/state.h"
#include "vault/storage/statement.h"

struct sqlite3;

namespace holdfast::storage {

enum class Create : int { kMustNotExist, kMustExist };

class Connection {
 public:
  // `database_key` is 32 raw bytes. Reasons: DATABASE_EXISTS, DATABASE_MISSING, CIPHER_MISSING (not linked
  // with SQLCipher), DATABASE_PLAINTEXT, DATABASE_UNREADABLE (wrong key, foreign or truncated file),
  // DATABASE_VERSION, DATABASE_SETTING (a setting did not take effect).
  // The one writer: the only committer and the only checkpointer. `row_hash` may be empty when its key
  // lies in the database itself; see set_row_hash().
  static absl::StatusOr<std::unique_ptr<Connection>> OpenWriter(const std::string& path,
                                                                const SecretBytes& database_key,
                                                                Create create, RowHash row_hash);
  static absl::StatusOr<std::unique_ptr<Connection>> OpenReader(const std::string& path,
                                                                const SecretBytes& database_key);
  // A reader of a file that another process may write meanwhile, or of one that nobody will: without the page guard.
  static absl::StatusOr<std::unique_ptr<Connection>> OpenOutside(const std::string& path,
                                                                 const SecretBytes& database_key);
  // A new, empty file to copy into; reason DATABASE_EXISTS.
  static absl::StatusOr<std::unique_ptr<Connection>> OpenEmpty(const std::string& path,
                                                               const SecretBytes& database_key);
  // An empty database in memory, to compare with.
  static absl::StatusOr<std::unique_ptr<Connection>> OpenInMemory();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // REQUIRES: no Statement of this connection is left.
  ~Connection();

  template <typename... Args>
  Statement Query(std::string_view sql, const Args&... binds) {
    Statement statement = Prepare(sql);
    int index = 0;
    (statement.Bind(++index, binds), ...);
    statement.CheckBindCount(index);
    return statement;
  }
  template <typename... Args>
  absl::Status Exec(std::string_view sql, const Args&... binds) {
    Statement statement = Query(sql, binds...);
    while (statement.Step()) {
    }
    return statement.status();
  }
  // Exec, and an error (NOT_FOUND, reason ROW_MISSING) unless exactly one row was changed.
  template <typename... Args>
  absl::Status ExecOne(std::string_view sql, const Args&... binds) {
    HF_RETURN_IF_ERROR(Exec(sql, binds...));
    return CheckOneChange();
  }
  std::int64_t Changes() const;  // rows changed by the last INSERT, UPDATE or DELETE
  std::int64_t LastRowId() const;

  // Out of order these calls change nothing and fail (reason DATABASE_ERROR).
  // IMMEDIATE on the writer; DEFERRED on a reader: its snapshot is taken by the first read.
  absl::Status Begin();
  absl::Status Commit();
  // Also OK when the library has rolled back by itself already (disk full). Restores state_sum().
  absl::Status Rollback();
  bool InTransaction() const;
  // Savepoints nest within a transaction; when the library has rolled back by itself, their calls fail and
  // Rollback() is what is left. RollbackSavepoint undoes and removes the innermost one, and restores
  // state_sum().
  absl::Status Savepoint();
  absl::Status ReleaseSavepoint();
  absl::Status RollbackSavepoint();

  // The digest of the committed and uncommitted state, kept by triggers. After opening an existing database
  // it is zero: REQUIRES set_state_sum(RecomputeStateSum()) once, at start-up. A reader can recompute it alone.
  StateSum state_sum() const { return digest_.sum; }
  void set_state_sum(const StateSum& sum) { digest_.sum = sum; }
  absl::StatusOr<StateSum> RecomputeStateSum();
  void set_row_hash(RowHash row_hash) { digest_.row_hash = std::move(row_hash); }

  // Every page's MAC, then the structure; DATA_LOSS, reason DATABASE_DAMAGED. Reads the main file only: a database with
  // a write-ahead log needs a checkpoint first.
  absl::Status CheckPages();

  // Frames in the write-ahead log after the last commit; 0 once all of them are checkpointed. Checkpoint() is
  // passive: it waits for nobody and copies what no reader needs.
  int WalFrames() const { return wal_frames_; }
  absl::Status Checkpoint();
  // Overwrites `to` with all that is committed here; see copy.h. Outside a transaction.
  absl::Status CopyTo(Connection& to);
  // From here on the database is one file, without a write-ahead log. Outside a transaction.
  absl::Status LeaveWal();

  // True when rows of devices, their certificates or `enrollment` were written since the last call, by any statement.
  // Writer only.
  bool TakeKeyChange() { return std::exchange(keys_changed_, false); }

 private:
  friend class Statement;
  struct SqlHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sql) const { return std::hash<std::string_view>()(sql); }
  };

  Connection() = default;
  enum class Guard : int { kNone, kPages };
  static absl::StatusOr<std::unique_ptr<Connection>> OpenReading(const std::string& path,
                                                                 const SecretBytes& database_key, Guard guard);
  absl::Status Open(const std::string& path, const SecretBytes& database_key, int flags,
                    Guard guard = Guard::kPages);
  absl::Status Key(const SecretBytes& database_key);
  absl::Status CheckReadable();
  absl::Status CheckVersion();
  absl::Status ConfigureCommon();
  absl::Status ConfigureWriter();
  absl::Status ConfigureReader();
  absl::Status Set(std::string_view pragma, std::string_view value, std::string_view expected);
  absl::Status CheckOneChange() const;
  Statement Prepare(std::string_view sql);
  void GiveBack(sqlite3_stmt* handle);
  static void OnRowChange(void* self, int operation, const char* database, const char* table,
                          long long row);
  static int OnWalCommit(void* self, sqlite3* db, const char* name, int frames);

  sqlite3* db_ = nullptr;
  bool writer_ = false;
  int wal_frames_ = 0;
  bool keys_changed_ = false;
  StateDigest digest_;
  std::optional<StateSum> sum_at_begin_;  // set while Begin() waits for its end
  std::vector<StateSum> sums_at_savepoints_;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, SqlHash, std::equal_to<>> idle_;
  std::size_t idle_count_ = 0;
};

// A read transaction for as long as it lives: all reads see one state.
class ReadSnapshot {
 public:
  explicit ReadSnapshot(Connection& reader) : reader_(reader), status_(reader.Begin()) {}
  ReadSnapshot(const ReadSnapshot&) = delete;
  ReadSnapshot& operator=(const ReadSnapshot&) = delete;
  ~ReadSnapshot();
  const absl::Status& status() const { return status_; }

 private:
  Connection& reader_;
  absl::Status status_;
};

}  // namespace holdfast::storage
