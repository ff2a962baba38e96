// Opening and configuring a connection.
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlcipher/sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "vault/storage/connection.h"
#include "vault/storage/errors.h"
#include "vault/storage/page_guard.h"
#include "vault/storage/schema.h"

namespace holdfast::storage {
namespace {

constexpr std::string_view kPlaintextMagic = "SQLite format 3";
constexpr std::size_t kKeySize = 32;
constexpr int kBusyMillis = 5000;

absl::Status OpenError(std::string_view reason, std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

absl::Status Unreadable() {
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_UNREADABLE",
                   "the database cannot be read: wrong key, foreign file or damage");
}

// The library never creates the file itself: a mistyped path must not become a new, empty vault.
absl::Status CreateEmptyFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0 && errno == EEXIST)
    return MakeError(absl::StatusCode::kAlreadyExists, "DATABASE_EXISTS", "the database exists already");
  if (fd < 0)
    return OpenError("DATABASE_NOT_CREATED", fmt::format("{} cannot be created: {}", path, std::strerror(errno)));
  ::close(fd);
  return absl::OkStatus();
}

absl::Status CheckExistingFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return MakeError(absl::StatusCode::kNotFound, "DATABASE_MISSING", "the database is not there");
  if (fd < 0)
    return OpenError("DATABASE_UNREADABLE", fmt::format("the database cannot be opened: {}", std::strerror(errno)));
  char head[kPlaintextMagic.size()] = {};
  const ssize_t got = ::read(fd, head, sizeof head);
  ::close(fd);
  // An empty file would open as an empty database under any key.
  if (got != static_cast<ssize_t>(sizeof head)) return Unreadable();
  if (std::memcmp(head, kPlaintextMagic.data(), sizeof head) == 0)
    return OpenError("DATABASE_PLAINTEXT", "the database is not encrypted");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenWriter(const std::string& path,
                                                                   const SecretBytes& database_key,
                                                                   Create create, RowHash row_hash) {
  std::unique_ptr<Connection> connection(new Connection());
  connection->writer_ = true;
  connection->digest_.row_hash = std::move(row_hash);
  if (create == Create::kMustExist) {
    HF_RETURN_IF_ERROR(CheckExistingFile(path));
    HF_RETURN_IF_ERROR(connection->Open(path, database_key, SQLITE_OPEN_READWRITE));
    HF_RETURN_IF_ERROR(connection->CheckReadable());
    HF_RETURN_IF_ERROR(connection->CheckVersion());
    HF_RETURN_IF_ERROR(connection->ConfigureWriter());
    return connection;
  }
  HF_RETURN_IF_ERROR(CreateEmptyFile(path));
  absl::Status status = connection->Open(path, database_key, SQLITE_OPEN_READWRITE);
  if (status.ok()) status = connection->ConfigureWriter();
  if (status.ok()) status = CreateSchema(*connection);
  if (status.ok()) return connection;
  connection.reset();
  ::unlink(path.c_str());  // made above, and holding nothing
  return status;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenReading(const std::string& path,
                                                                    const SecretBytes& database_key,
                                                                    Guard guard) {
  std::unique_ptr<Connection> connection(new Connection());
  HF_RETURN_IF_ERROR(CheckExistingFile(path));
  HF_RETURN_IF_ERROR(connection->Open(path, database_key, SQLITE_OPEN_READONLY, guard));
  HF_RETURN_IF_ERROR(connection->CheckReadable());
  HF_RETURN_IF_ERROR(connection->CheckVersion());
  HF_RETURN_IF_ERROR(connection->ConfigureReader());
  return connection;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenReader(const std::string& path,
                                                                   const SecretBytes& database_key) {
  return OpenReading(path, database_key, Guard::kPages);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenOutside(const std::string& path,
                                                                    const SecretBytes& database_key) {
  return OpenReading(path, database_key, Guard::kNone);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenEmpty(const std::string& path,
                                                                  const SecretBytes& database_key) {
  HF_RETURN_IF_ERROR(CreateEmptyFile(path));
  std::unique_ptr<Connection> connection(new Connection());
  absl::Status status = connection->Open(path, database_key, SQLITE_OPEN_READWRITE);
  if (status.ok()) status = connection->Set("synchronous", "FULL", "2");
  if (status.ok()) status = DefineStateFunction(connection->db_, &connection->digest_);
  connection->writer_ = true;
  if (status.ok()) return connection;
  connection.reset();
  ::unlink(path.c_str());  // made above, and holding nothing
  return status;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenInMemory() {
  std::unique_ptr<Connection> connection(new Connection());
  connection->writer_ = true;
  const int code = sqlite3_open_v2(":memory:", &connection->db_,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   /*zVfs=*/nullptr);
  if (code != SQLITE_OK) return DatabaseError(code);
  return connection;
}

absl::Status Connection::Open(const std::string& path, const SecretBytes& database_key, int flags, Guard guard) {
  HF_ASSIGN_OR_RETURN(const char* guarded, GuardedVfs());
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   guard == Guard::kPages ? guarded : nullptr);
  if (code != SQLITE_OK) return DatabaseError(code);
  sqlite3_busy_timeout(db_, kBusyMillis);
  HF_RETURN_IF_ERROR(Key(database_key));
  HF_RETURN_IF_ERROR(Exec("PRAGMA cipher_log = off"));  // it writes to stderr otherwise; keying turns it on
  return ConfigureCommon();
}

// The raw-key form x'hex' skips the passphrase derivation; the salt comes from the file.
absl::Status Connection::Key(const SecretBytes& database_key) {
  Statement version = Query("PRAGMA cipher_version");
  if (!version.Step() || version.Text(0).empty())
    return OpenError("CIPHER_MISSING", "this program is not linked with SQLCipher");
  if (database_key.size() != kKeySize)
    return MakeError(absl::StatusCode::kInvalidArgument, "DATABASE_KEY_SIZE",
                     "the database key is not 32 bytes");
  constexpr char kDigits[] = "0123456789abcdef";
  Plaintext quoted(2 * kKeySize + 3);  // wiped on return
  auto* out = quoted.ExposeSecretMutable().data();
  *out++ = 'x';
  *out++ = '\'';
  for (const std::uint8_t byte : database_key.ExposeSecret()) {
    *out++ = static_cast<std::uint8_t>(kDigits[byte >> 4]);
    *out++ = static_cast<std::uint8_t>(kDigits[byte & 15]);
  }
  *out = '\'';
  const int code = sqlite3_key_v2(db_, "main", quoted.ExposeSecret().data(), static_cast<int>(quoted.size()));
  return code == SQLITE_OK ? absl::OkStatus() : DatabaseError(code);
}

// Keying succeeds with any key; the first read is what proves it.
absl::Status Connection::CheckReadable() {
  Statement schema = Query("SELECT count(*) FROM sqlite_schema");
  if (schema.Step()) return schema.Int(0) > 0 ? absl::OkStatus() : Unreadable();
  switch (sqlite3_errcode(db_) & 0xff) {
    case SQLITE_ERROR:  // a page whose MAC is wrong, further back in the schema
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Unreadable();
    default:
      return schema.status();
  }
}

absl::Status Connection::CheckVersion() {
  Statement version = Query("PRAGMA user_version");
  if (!version.Step()) return version.status();
  if (version.Int(0) == kSchemaVersion) return absl::OkStatus();
  return OpenError("DATABASE_VERSION",
                   fmt::format("the database has version {}, this program reads version {}", version.Int(0),
                               kSchemaVersion));
}

// Sets a pragma and reads back what came of it.
absl::Status Connection::Set(std::string_view pragma, std::string_view value, std::string_view expected) {
  HF_RETURN_IF_ERROR(Exec(fmt::format("PRAGMA {} = {}", pragma, value)));
  Statement read = Query(fmt::format("PRAGMA {}", pragma));
  if (read.Step() && read.Text(0) == expected) return absl::OkStatus();
  if (!read.status().ok()) return read.status();
  return OpenError("DATABASE_SETTING", fmt::format("the database setting {} did not take effect", pragma));
}

absl::Status Connection::ConfigureCommon() {
  int defensive = 0;
  const int code = sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, &defensive);
  if (code != SQLITE_OK || defensive != 1)
    return OpenError("DATABASE_SETTING", "the database setting defensive did not take effect");
  HF_RETURN_IF_ERROR(Set("trusted_schema", "OFF", "0"));
  HF_RETURN_IF_ERROR(Set("cell_size_check", "ON", "1"));
  return Set("temp_store", "MEMORY", "2");
}

absl::Status Connection::ConfigureWriter() {
  HF_RETURN_IF_ERROR(DefineStateFunction(db_, &digest_));
  HF_RETURN_IF_ERROR(Set("page_size", "4096", "4096"));
  // 32 MiB: the check at opening looks rows up in every index.
  HF_RETURN_IF_ERROR(Set("cache_size", "-32768", "-32768"));
  HF_RETURN_IF_ERROR(Set("journal_mode", "WAL", "wal"));
  HF_RETURN_IF_ERROR(Set("synchronous", "FULL", "2"));
  HF_RETURN_IF_ERROR(Set("foreign_keys", "ON", "1"));
  HF_RETURN_IF_ERROR(Set("secure_delete", "ON", "1"));
  // Without it INSERT OR REPLACE would delete a row past the triggers that keep the state digest.
  HF_RETURN_IF_ERROR(Set("recursive_triggers", "ON", "1"));
  HF_RETURN_IF_ERROR(Set("wal_autocheckpoint", "0", "0"));
  sqlite3_wal_hook(db_, &Connection::OnWalCommit, this);
  sqlite3_update_hook(db_, &Connection::OnRowChange, this);
  return absl::OkStatus();
}

absl::Status Connection::ConfigureReader() {
  HF_RETURN_IF_ERROR(DefineStateFunction(db_, &digest_));
  int no_checkpoint = 0;
  const int code = sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &no_checkpoint);
  if (code != SQLITE_OK || no_checkpoint != 1)
    return OpenError("DATABASE_SETTING", "the database setting no_ckpt_on_close did not take effect");
  return Set("query_only", "ON", "1");
}

}  // namespace holdfast::storage
