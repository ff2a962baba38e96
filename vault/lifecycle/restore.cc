#include "vault/lifecycle/restore.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "vault/audit/anchor.h"
#include "vault/audit/log.h"
#include "vault/base/files.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/new_directory.h"
#include "vault/custody/paths.h"
#include "vault/evidence/restore.h"
#include "vault/lifecycle/inspect.h"
#include "vault/lifecycle/source.h"
#include "vault/storage/copy.h"
#include "vault/storage/key_store.h"
#include "vault/storage/recovery_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::lifecycle {
namespace {

using evidence::Checkpoint;

constexpr std::size_t kOriginTagSize = 4;
constexpr std::int64_t kMostConfirmations = 2;
constexpr std::size_t kMaxNote = 4096;
constexpr char kVoid[] = "the vault was restored from a backup";

absl::StatusOr<Source> OpenSource(const RestoreOptions& options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(options.from, ignored)) return OpenDirectory(options.from, options.key_file);
  if (std::filesystem::exists(options.from, ignored)) {
    HF_ASSIGN_OR_RETURN(Source source, OpenBackup(options.from, options.key_file));
    // Copying would stop at a damaged page without saying that it is one.
    HF_RETURN_IF_ERROR(source.db->CheckPages());
    return source;
  }
  return InvalidField("from", fmt::format("{} is not there: name a backup or a data directory", options.from));
}

absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path, const evidence::NoteVerifier& verifier) {
  const auto note = ReadUpTo(path, kMaxNote);
  if (!note.has_value()) return InvalidField("last-checkpoint", path + " cannot be read");
  auto checkpoint = evidence::OpenCheckpoint(*note, verifier);
  if (!checkpoint.ok())
    return InvalidField("last-checkpoint",
                        path + " holds no checkpoint that this vault signed under its last origin");
  return checkpoint;
}

// The largest checkpoint of the origin that ends which anybody still has: the anchor beside the database, the backup's
// own, the one that the operator brings.
absl::StatusOr<std::optional<Checkpoint>> LastKnown(const RestoreOptions& options, const Source& source,
                                                    storage::Connection& copy, const custody::Keys& keys,
                                                    const Contents& contents) {
  std::vector<std::pair<std::string, Checkpoint>> known;
  if (!source.checkpoint.empty()) {
    HF_ASSIGN_OR_RETURN(auto own, evidence::OpenCheckpoint(source.checkpoint, keys.checkpoint_verifier));
    known.emplace_back("the backup's checkpoint", std::move(own));
  }
  if (!source.anchor.empty()) {
    auto anchor = audit::Anchor::Open(source.anchor);
    auto latest = anchor.ok() ? anchor->Latest(keys.checkpoint_verifier) : anchor.status();
    if (latest.ok()) known.emplace_back("the anchor " + source.anchor, *std::move(latest));  // it may be lost
  }
  if (!options.last_checkpoint.empty()) {
    HF_ASSIGN_OR_RETURN(auto brought, ReadCheckpoint(options.last_checkpoint, keys.checkpoint_verifier));
    known.emplace_back(options.last_checkpoint, std::move(brought));
  }
  std::optional<Checkpoint> last;
  for (auto& [what, checkpoint] : known) {
    HF_RETURN_IF_ERROR(CheckAgrees(copy, contents, checkpoint, what));
    if (!last.has_value() || checkpoint.size > last->size) last = std::move(checkpoint);
  }
  if (last.has_value() && last->size < contents.log.size) last = contents.log;  // the log itself shows more
  return last;
}

// A new origin for the log in `copy`: key, statement by both keys, and what is needed to confirm it.
absl::StatusOr<storage::Restore> BeginOrigin(storage::Connection& copy, const Source& source,
                                             const custody::Keys& keys, const Contents& contents,
                                             const std::optional<Checkpoint>& last_known, Micros now) {
  storage::RecoveryStore store(copy);
  storage::SettingStore settings(copy);
  HF_ASSIGN_OR_RETURN(const auto earlier, store.Restores());
  const SecretBytes seed = SecretBytes::Random(crypto::kRootKeySize);
  HF_ASSIGN_OR_RETURN(const crypto::Signer signer, crypto::Signer::FromSeed(seed));
  // Random: the same backup may be restored twice, and each is another log from there on.
  const std::string origin = fmt::format("{}/{}", custody::CheckpointOrigin(source.vault_id),
                                         HexEncode(crypto::RandomBytes(kOriginTagSize)));
  evidence::RestoreStatement statement{.ended = keys.checkpoint_verifier,
                                       .goes_on = evidence::NoteVerifier::Of(origin, signer.public_key()),
                                       .restored = contents.log,
                                       .last_known = last_known};
  statement.restored.origin = origin;
  HF_ASSIGN_OR_RETURN(const std::int64_t officers,
                      storage::KeyStore(copy).CountConfirmedOthers(static_cast<std::int64_t>(Role::kSecurity),
                                                                   /*person=*/"", now));
  storage::Restore restore{
      .statement = evidence::SignRestore(statement, keys.checkpoint, signer),
      .verifier = statement.goes_on.ToString(),
      .entries = contents.log.size,
      .last_known = last_known.has_value() ? std::optional(last_known->size) : std::nullopt,
      .restored_at = now,
      .needed = std::clamp<std::int64_t>(officers, 1, kMostConfirmations)};
  const std::uint32_t epoch = custody::CheckpointEpoch(earlier.size());
  // The key that ended is not kept: nothing here can sign under the old origin any more.
  HF_RETURN_IF_ERROR(settings.DeleteWrappedKey(crypto::kCheckpointSeed, epoch));
  HF_RETURN_IF_ERROR(settings.PutWrappedKey(
      crypto::kCheckpointSeed, epoch + 1,
      crypto::WrapKey(source.root, source.vault_id, crypto::kCheckpointSeed, epoch + 1, seed)));
  HF_RETURN_IF_ERROR(store.ClearBackup());
  HF_RETURN_IF_ERROR(store.InsertRestore(restore));
  return restore;
}

absl::Status RecordRestore(custody::WriteTx& tx, const storage::Restore& restore, const std::string& ended) {
  HF_RETURN_IF_ERROR(storage::RecoveryStore(tx.db()).VoidWhatWasOpen(kVoid, tx.now()));
  audit::Event event;
  event.type = "vault.restore";
  event.rule = "host.restore";
  event.texts = {{"statement", restore.statement},
                 {"ended", ended},
                 {"restored", fmt::format("{} entries", restore.entries)},
                 {"lost", restore.last_known.has_value()
                              ? fmt::format("{} entries that are known of", *restore.last_known - restore.entries)
                              : std::string("nobody knows: no checkpoint of the end was left")}};
  tx.Record(std::move(event));
  return absl::OkStatus();
}

// The new database, as it is to be served; not yet a vault, as no seal names it.
absl::StatusOr<Restored> Fill(const RestoreOptions& options, const Source& source, const SecretBytes& database_key,
                              const std::string& anchor_name, custody::RemoveUnlessKept& made) {
  const Micros now = WallNow();
  const std::string database = custody::DatabasePath(options.data_dir);
  HF_ASSIGN_OR_RETURN(const custody::Keys old_keys,
                      custody::LoadKeys(*source.db, source.root, source.vault_id, now));
  Contents contents;
  std::optional<Checkpoint> last_known;
  storage::Restore restore;
  HF_RETURN_IF_ERROR(storage::CopyDatabase(
      *source.db, database_key, database, [&](storage::Connection& copy) -> absl::Status {
        HF_ASSIGN_OR_RETURN(contents, Inspect(copy, old_keys));
        HF_ASSIGN_OR_RETURN(last_known, LastKnown(options, source, copy, old_keys, contents));
        HF_ASSIGN_OR_RETURN(restore, BeginOrigin(copy, source, old_keys, contents, last_known, now));
        return storage::SettingStore(copy).Set("anchor", anchor_name);
      }));
  HF_ASSIGN_OR_RETURN(auto db, storage::Connection::OpenWriter(database, database_key, storage::Create::kMustExist,
                                                               custody::StateRowHash(old_keys.state_mac)));
  HF_ASSIGN_OR_RETURN(const custody::Keys keys, custody::LoadKeys(*db, source.root, source.vault_id, now));
  HF_ASSIGN_OR_RETURN(const storage::StateSum sum, db->RecomputeStateSum());
  db->set_state_sum(sum);
  HF_RETURN_IF_ERROR(custody::BeginLog(
      options.data_dir, anchor_name, std::move(db), keys,
      [&](custody::WriteTx& tx) {
        return RecordRestore(tx, restore, old_keys.checkpoint_verifier.ToString());
      },
      made));
  return Restored{.entries = contents.log.size,
                  .last_event = contents.last_event,
                  .last_known = restore.last_known,
                  .verifier = restore.verifier,
                  .needed = restore.needed};
}

absl::StatusOr<Restored> MakeVault(const RestoreOptions& options) {
  HF_RETURN_IF_ERROR(custody::CheckNewDirectory(options.data_dir));
  HF_ASSIGN_OR_RETURN(const std::string anchor_name,
                      custody::NewAnchorName(options.data_dir, options.anchor));
  HF_ASSIGN_OR_RETURN(const Source source, OpenSource(options));
  HF_RETURN_IF_ERROR(custody::CheckKeyFileLiesOutside(source.key_file, options.data_dir));
  custody::RemoveUnlessKept made;
  HF_RETURN_IF_ERROR(custody::MakeDataDirectory(options.data_dir, made));
  const SecretBytes database_key = SecretBytes::Random(crypto::kRootKeySize);
  HF_ASSIGN_OR_RETURN(Restored restored, Fill(options, source, database_key, anchor_name, made));
  HF_RETURN_IF_ERROR(custody::SealDirectory(
      options.data_dir, anchor_name,
      {.vault_id = source.vault_id, .root = source.root, .key_file = source.key_file}, database_key));
  made.Keep();
  return restored;
}

}  // namespace

absl::StatusOr<Restored> RestoreVault(const RestoreOptions& options) {
  auto restored = MakeVault(options);
  std::error_code ignored;
  if (std::filesystem::is_regular_file(options.from, ignored))
    HF_RETURN_IF_ERROR(NameDamaged(restored.status(), options.from));
  return restored;
}

}  // namespace holdfast::lifecycle
