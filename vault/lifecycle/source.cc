#include "vault/lifecycle/source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "vault/custody/paths.h"
#include "vault/custody/seal.h"
#include "vault/lifecycle/record.h"
#include "vault/storage/recovery_store.h"

namespace holdfast::lifecycle {
namespace {

absl::Status NameFile(const absl::Status& status, const std::string& path) {
  if (status.ok() || !ReasonOf(status).starts_with("DATABASE_")) return status;
  return MakeError(status.code(), ReasonOf(status), fmt::format("{}: {}", path, MessageOf(status)));
}

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

absl::StatusOr<std::shared_ptr<const void>> LockDirectory(const std::string& data_dir) {
  auto lock = std::make_shared<Descriptor>();
  lock->fd = open(custody::LockPath(data_dir).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (lock->fd >= 0 && flock(lock->fd, LOCK_EX | LOCK_NB) != 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "VAULT_IN_USE",
                     fmt::format("a holdfastd serves {}: make a backup of it, or stop it first", data_dir));
  return std::shared_ptr<const void>(std::move(lock));
}

}  // namespace

absl::Status NameDamaged(const absl::Status& status, const std::string& backup) {
  if (status.code() != absl::StatusCode::kDataLoss || ReasonOf(status) == "RECORD_DAMAGED") return status;
  return MakeError(status.code(), ReasonOf(status),
                   fmt::format("{} is damaged; use another backup ({})", backup, MessageOf(status)));
}

absl::StatusOr<Source> OpenBackup(const std::string& path, const std::string& key_file) {
  HF_ASSIGN_OR_RETURN(const RecoveryRecord record, ReadRecord(path));
  Source source{.vault_id = record.vault_id, .key_file = key_file.empty() ? record.key_file : key_file};
  HF_ASSIGN_OR_RETURN(source.root, custody::ReadRootKey(source.key_file, record.vault_id, record.root_key_id));
  HF_ASSIGN_OR_RETURN(const SecretBytes key, UnwrapBackupKey(source.root, record));
  auto db = storage::Connection::OpenOutside(path, key);
  HF_RETURN_IF_ERROR(db.status());
  source.db = *std::move(db);
  HF_ASSIGN_OR_RETURN(const auto note, storage::RecoveryStore(*source.db).Backup());
  if (!note.has_value())
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_A_BACKUP",
                     path + " is a database, but no backup that 'holdfastd backup' finished");
  source.checkpoint = note->checkpoint;
  return source;
}

absl::StatusOr<Source> OpenDirectory(const std::string& path, const std::string& key_file) {
  HF_ASSIGN_OR_RETURN(const custody::Seal seal, custody::ReadSeal(path));
  Source source{.vault_id = seal.vault_id, .anchor = custody::ResolvePath(path, seal.anchor)};
  HF_ASSIGN_OR_RETURN(source.lock, LockDirectory(path));
  HF_ASSIGN_OR_RETURN(custody::Unsealed unsealed, custody::Unseal(seal, key_file));
  source.root = std::move(unsealed.root);
  source.key_file = key_file.empty() ? seal.slots.front().key_file : key_file;
  auto db = storage::Connection::OpenOutside(custody::DatabasePath(path), unsealed.database_key);
  HF_RETURN_IF_ERROR(NameFile(db.status(), custody::DatabasePath(path)));
  source.db = *std::move(db);
  return source;
}

}  // namespace holdfast::lifecycle
