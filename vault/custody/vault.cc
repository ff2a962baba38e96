#include "vault/custody/vault.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "vault/audit/log.h"
#include "vault/custody/authorize.h"
#include "vault/custody/holders.h"
#include "vault/custody/paths.h"
#include "vault/custody/place.h"
#include "vault/custody/seal.h"
#include "vault/storage/check.h"
#include "vault/storage/setting_store.h"

namespace holdfast::custody {

namespace {

// Whoever starts the server must learn which file is wrong and what puts it right.
absl::Status NameFile(const absl::Status& status, const std::string& database, const std::string& anchor) {
  const std::string reason = ReasonOf(status);
  const bool about_anchor = reason == "ANCHOR_DAMAGED";
  if (!about_anchor && !reason.starts_with("DATABASE_")) return status;
  const bool replaceable = about_anchor || absl::IsDataLoss(status) || reason == "DATABASE_PLAINTEXT" ||
                           reason == "DATABASE_MISSING";
  return MakeError(status.code(), reason,
                   fmt::format("{}: {}{}", about_anchor ? anchor : database, MessageOf(status),
                               replaceable ? "; put back this vault's own, newest copy" : ""));
}

absl::Status RecordAdoption(Committer& committer, const std::string& why) {
  return committer.RunOne([&](WriteTx& tx) -> absl::Status {
    audit::Event event;
    event.type = "vault.adopt";
    event.rule = "host.adopt";
    event.texts = {{"why", why}};
    tx.Record(std::move(event));
    return absl::OkStatus();
  });
}

}  // namespace

Vault::~Vault() {
  committer_.reset();
  if (lock_fd_ >= 0) close(lock_fd_);
}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& data_dir, const OpenOptions& options) {
  std::unique_ptr<Vault> vault(new Vault());
  HF_RETURN_IF_ERROR(vault->Lock(data_dir));
  HF_ASSIGN_OR_RETURN(const Seal seal, ReadSeal(data_dir));
  if (!options.adopt) HF_RETURN_IF_ERROR(CheckPlace(data_dir));
  HF_RETURN_IF_ERROR(NameFile(vault->Load(data_dir, seal, options), DatabasePath(data_dir),
                              ResolvePath(data_dir, seal.anchor)));
  HF_RETURN_IF_ERROR(vault->Settle(data_dir, options));
  return vault;
}

absl::Status Vault::Lock(const std::string& data_dir) {
  HF_RETURN_IF_ERROR(
      ReadSeal(data_dir).status());  // before a lock file is left in a directory that holds no vault
  const std::string path = LockPath(data_dir);
  lock_fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_fd_ < 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_WRITE", "cannot open " + path);
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "VAULT_IN_USE",
                   "another holdfastd uses " + data_dir + "; stop it first");
}

// The place again, now that the vault's own key can check what was recorded.
absl::Status Vault::Settle(const std::string& data_dir, const OpenOptions& options) {
  HF_ASSIGN_OR_RETURN(const Place now, PlaceOf(data_dir));
  const auto recorded = ReadPlace(data_dir);
  std::string why;
  if (!recorded.has_value() || !PlaceIsAuthentic(data_dir, keys_->state_mac)) {
    why = PlacePath(data_dir) + " is missing or was not written by this vault";
  } else if (why = Moved(*recorded, now); why.empty() && recorded->database != now.database) {
    why = DatabasePath(data_dir) + " is another file than the one that was last served";
  }
  if (!why.empty() && !options.adopt) return RefuseCopy(data_dir, why);
  if (!why.empty()) HF_RETURN_IF_ERROR(RecordAdoption(*committer_, why));
  if (why.empty() && recorded->boot == now.boot) return absl::OkStatus();
  return WritePlace(data_dir, now, keys_->state_mac);
}

absl::Status Vault::Load(const std::string& data_dir, const Seal& seal, const OpenOptions& options) {
  HF_ASSIGN_OR_RETURN(Unsealed unsealed, Unseal(seal, options.key_file));
  database_path_ = DatabasePath(data_dir);
  database_key_ = std::move(unsealed.database_key);
  HF_ASSIGN_OR_RETURN(auto db, storage::Connection::OpenWriter(database_path_, database_key_,
                                                               storage::Create::kMustExist, nullptr));
  HF_ASSIGN_OR_RETURN(const storage::StructureCheck structure, storage::CheckStructure(*db));
  HF_ASSIGN_OR_RETURN(Keys keys, LoadKeys(*db, unsealed.root, seal.vault_id, WallNow()));
  keys_ = std::make_unique<Keys>(std::move(keys));
  db->set_row_hash(StateRowHash(keys_->state_mac));
  HF_ASSIGN_OR_RETURN(audit::Log log, audit::Log::Load(*db, keys_->state_mac));
  // The seal is plain text: whoever puts an older database back must not choose the anchor to hold it
  // against.
  HF_ASSIGN_OR_RETURN(const auto anchor_path, storage::SettingStore(*db).Get("anchor"));
  if (anchor_path != seal.anchor) {
    return MakeError(
        absl::StatusCode::kDataLoss, "SEAL_DAMAGED",
        "the seal names another anchor file than the vault was made with; put back a copy of the seal");
  }
  HF_ASSIGN_OR_RETURN(audit::Anchor anchor, audit::Anchor::Open(ResolvePath(data_dir, seal.anchor)));
  HF_RETURN_IF_ERROR(anchor.Lock());
  HF_ASSIGN_OR_RETURN(const evidence::Checkpoint anchored, anchor.Latest(keys_->checkpoint_verifier));
  HF_RETURN_IF_ERROR(log.CheckExtends(*db, anchored));
  HF_ASSIGN_OR_RETURN(const storage::StateSum sum, db->RecomputeStateSum());
  HF_RETURN_IF_ERROR(log.CheckState(*db, sum));
  db->set_state_sum(sum);
  // Only now: nothing is written into a database whose rows are not those of the log.
  if (!structure.indexes_agree) HF_RETURN_IF_ERROR(storage::RebuildIndexes(*db));
  indexes_rebuilt_ = !structure.indexes_agree;
  HF_RETURN_IF_ERROR(policies_->Active(*db).status());
  HF_ASSIGN_OR_RETURN(const Elapsed elapsed, Elapsed::Load(*db, log.tip().last_uptime));
  committer_ = std::make_unique<Committer>(std::move(db), std::move(log), std::move(anchor), *keys_,
                                           policies_, elapsed);
  HF_ASSIGN_OR_RETURN(DataFiles files, DataFiles::Of(data_dir, ResolvePath(data_dir, seal.anchor), database_key_));
  committer_->Watch(std::move(files));
  door_ = committer_->door();
  return committer_->PublishDoor();
}

absl::StatusOr<std::unique_ptr<storage::Connection>> Vault::OpenReader() const {
  return storage::Connection::OpenReader(database_path_, database_key_);
}

absl::StatusOr<OfflineString> EnrollOffline(Vault& vault, std::string_view name, const std::string& address,
                                            Micros lifetime) {
  NewString made;
  OfflineString out{.address = address};
  const absl::Status done = vault.committer().RunOne([&](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const storage::Holder holder, FindHolder(tx, name));
    HF_RETURN_IF_ERROR(CheckNotLeaving(tx, holder));
    HF_RETURN_IF_ERROR(CheckActive(holder));
    HF_ASSIGN_OR_RETURN(made, MakeString(tx, holder, /*issuer=*/std::nullopt, lifetime));
    storage::SettingStore settings(tx.db());
    if (address.empty()) {
      HF_ASSIGN_OR_RETURN(const auto remembered, settings.Get(kAddressSetting));
      out.address = remembered.value_or("");
    } else {
      HF_RETURN_IF_ERROR(settings.Set(kAddressSetting, address));
    }
    audit::Event event;
    event.type = "holder.enroll";
    event.subject = RefTo(holder);
    event.rule = "host.offline";
    tx.Record(std::move(event));
    return absl::OkStatus();
  });
  HF_RETURN_IF_ERROR(done);
  HF_ASSIGN_OR_RETURN(out.string, FormatString(vault.keys(), name, out.address, std::move(made.key)));
  return out;
}

}  // namespace holdfast::custody
