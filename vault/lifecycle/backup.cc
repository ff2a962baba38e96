#include "vault/lifecycle/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "vault/audit/anchor.h"
#include "vault/base/files.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/new_directory.h"
#include "vault/custody/paths.h"
#include "vault/custody/place.h"
#include "vault/custody/seal.h"
#include "vault/lifecycle/record.h"
#include "vault/lifecycle/source.h"
#include "vault/storage/copy.h"
#include "vault/storage/recovery_store.h"

namespace holdfast::lifecycle {
namespace {

namespace fs = std::filesystem;

absl::Status CheckTarget(const BackupOptions& options) {
  if (custody::LiesWithin(options.to, options.data_dir))
    return InvalidField("to", "must lie outside the data directory: a backup must survive that");
  const fs::path directory = fs::path(options.to).parent_path();
  std::error_code missing;
  if (!fs::is_directory(directory, missing))
    return InvalidField("to", fmt::format("the directory {} does not exist", directory.string()));
  for (const std::string& path : {options.to, RecordPath(options.to)}) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(path, ignored)))
      return MakeError(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                       path + " exists already; a backup never overwrites anything");
  }
  return absl::OkStatus();
}

bool SyncFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = fsync(fd) == 0;
  close(fd);
  return ok;
}

// Gives the finished file its name, unless somebody else took it meanwhile.
absl::Status Publish(const std::string& from, const std::string& to) {
  if (SyncFile(from) && renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0 &&
      SyncDirectoryOf(to))
    return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_WRITE",
                   fmt::format("cannot write {}: {}", to, std::generic_category().message(errno)));
}

// The checkpoint in a backup must be signed by the vault, over exactly the entries in it.
absl::Status CheckCheckpoint(const std::string& note, const custody::Keys& keys, const Contents& contents) {
  const auto signed_for = evidence::OpenCheckpoint(note, keys.checkpoint_verifier);
  if (signed_for.ok() && signed_for->size == contents.log.size && signed_for->root == contents.log.root)
    return absl::OkStatus();
  return MakeError(absl::StatusCode::kDataLoss, "CHECKPOINT_DAMAGED",
                   "the backup's checkpoint is not signed over what is in it");
}

// Anchored before the copy was taken: the copy holds at least that.
absl::StatusOr<evidence::Checkpoint> Anchored(const custody::Seal& seal, const std::string& data_dir,
                                              const custody::Keys& keys) {
  HF_ASSIGN_OR_RETURN(audit::Anchor anchor,
                      audit::Anchor::Open(custody::ResolvePath(data_dir, seal.anchor)));
  return anchor.Latest(keys.checkpoint_verifier);
}

struct Written {
  Contents contents;
  std::string checkpoint;
};

// Ends the copy with its own checkpoint, once it is found to be whole. Ed25519 is deterministic: it is the very note
// that the server signed for this size.
absl::StatusOr<Written> Finish(storage::Connection& copy, const custody::Keys& keys,
                               const evidence::Checkpoint& anchored, Micros now) {
  Written written;
  HF_ASSIGN_OR_RETURN(written.contents, Inspect(copy, keys));
  HF_ASSIGN_OR_RETURN(const audit::Log log, audit::Log::Load(copy, keys.state_mac));
  HF_RETURN_IF_ERROR(log.CheckExtends(copy, anchored));
  written.checkpoint = log.SignCheckpoint(keys.checkpoint_verifier.name, keys.checkpoint);
  HF_RETURN_IF_ERROR(
      storage::RecoveryStore(copy).SetBackup({.made_at = now, .checkpoint = written.checkpoint}));
  return written;
}

absl::StatusOr<Contents> CheckBackup(const std::string& backup, const std::string& key_file) {
  HF_ASSIGN_OR_RETURN(const Source source, OpenBackup(backup, key_file));
  HF_ASSIGN_OR_RETURN(const custody::Keys keys,
                      custody::LoadKeys(*source.db, source.root, source.vault_id, WallNow()));
  HF_ASSIGN_OR_RETURN(Contents contents, Inspect(*source.db, keys));
  HF_RETURN_IF_ERROR(CheckCheckpoint(source.checkpoint, keys, contents));
  return contents;
}

}  // namespace

absl::StatusOr<Contents> MakeBackup(const BackupOptions& options) {
  HF_RETURN_IF_ERROR(CheckTarget(options));
  HF_ASSIGN_OR_RETURN(const custody::Seal seal, custody::ReadSeal(options.data_dir));
  HF_RETURN_IF_ERROR(custody::CheckPlace(options.data_dir));
  HF_ASSIGN_OR_RETURN(const custody::Unsealed unsealed, custody::Unseal(seal, options.key_file));
  HF_ASSIGN_OR_RETURN(const auto db, storage::Connection::OpenOutside(
                                         custody::DatabasePath(options.data_dir), unsealed.database_key));
  const Micros now = WallNow();
  HF_ASSIGN_OR_RETURN(const custody::Keys keys, custody::LoadKeys(*db, unsealed.root, seal.vault_id, now));
  HF_ASSIGN_OR_RETURN(const evidence::Checkpoint anchored, Anchored(seal, options.data_dir, keys));
  const SecretBytes key = SecretBytes::Random(crypto::kRootKeySize);
  custody::RemoveUnlessKept made;
  const std::string partial = fmt::format("{}.partial.{}", options.to, getpid());
  made.Add(partial);
  Written written;
  HF_RETURN_IF_ERROR(
      storage::CopyDatabase(*db, key, partial, [&](storage::Connection& copy) -> absl::Status {
        HF_ASSIGN_OR_RETURN(written, Finish(copy, keys, anchored, now));
        return absl::OkStatus();
      }));
  HF_RETURN_IF_ERROR(WriteRecord(
      options.to, {.vault_id = seal.vault_id,
                   .root_key_id = crypto::RootKeyId(unsealed.root),
                   .key_file = options.key_file.empty() ? seal.slots.front().key_file : options.key_file,
                   .backup_key = WrapBackupKey(unsealed.root, seal.vault_id, key),
                   .made_at = now,
                   .checkpoint = written.checkpoint}));
  made.Add(RecordPath(options.to));
  HF_RETURN_IF_ERROR(Publish(partial, options.to));
  made.Keep();
  return written.contents;
}

absl::StatusOr<Contents> VerifyBackup(const std::string& backup, const std::string& key_file) {
  auto contents = CheckBackup(backup, key_file);
  HF_RETURN_IF_ERROR(NameDamaged(contents.status(), backup));
  return contents;
}

}  // namespace holdfast::lifecycle
