#include "vault/custody/new_directory.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "vault/audit/anchor.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/committer.h"
#include "vault/custody/paths.h"
#include "vault/custody/place.h"
#include "vault/custody/seal.h"

namespace holdfast::custody {
namespace {

namespace fs = std::filesystem;

constexpr char kOwnAnchor[] = "anchor";  // in the data directory, wherever that is

absl::Status CannotUse(const std::string& path, const std::string& why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_WRITE",
                   fmt::format("cannot make a vault in {}: {}", path, why));
}

}  // namespace

RemoveUnlessKept::~RemoveUnlessKept() {
  std::error_code ignored;
  for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) fs::remove_all(*path, ignored);
}

bool LiesWithin(const std::string& path, const std::string& directory) {
  std::error_code ignored;
  const fs::path inner = fs::weakly_canonical(path, ignored);
  const fs::path outer = fs::weakly_canonical(directory, ignored);
  const fs::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

absl::Status CheckKeyFileLiesOutside(const std::string& key_file, const std::string& data_dir) {
  if (!LiesWithin(key_file, data_dir)) return absl::OkStatus();
  return InvalidField("key-file",
                      "must lie outside the data directory: whoever copies that must not get the key too");
}

absl::StatusOr<std::string> NewAnchorName(const std::string& data_dir, const std::string& chosen) {
  if (chosen.empty()) return std::string(kOwnAnchor);
  std::error_code ignored;
  if (fs::exists(chosen, ignored)) {
    return MakeError(absl::StatusCode::kAlreadyExists, "ANCHOR_EXISTS",
                     chosen + " exists already; an anchor is never overwritten");
  }
  if (!LiesWithin(chosen, data_dir)) return chosen;
  return fs::weakly_canonical(chosen, ignored)
      .lexically_relative(fs::weakly_canonical(data_dir, ignored))
      .string();
}

absl::Status CheckNewDirectory(const std::string& data_dir) {
  std::error_code error;
  if (!fs::is_directory(data_dir, error)) return absl::OkStatus();
  const bool empty = fs::is_empty(data_dir, error);
  if (error) return CannotUse(data_dir, error.message());
  if (!empty)
    return MakeError(absl::StatusCode::kAlreadyExists, "VAULT_EXISTS",
                     data_dir + " is not empty; a vault is never overwritten");
  return absl::OkStatus();
}

absl::Status MakeDataDirectory(const std::string& data_dir, RemoveUnlessKept& made) {
  const bool is_new = mkdir(data_dir.c_str(), 0700) == 0;
  if (!is_new && errno != EEXIST) return CannotUse(data_dir, std::generic_category().message(errno));
  if (is_new) made.Add(data_dir);
  struct stat info {};
  if (stat(data_dir.c_str(), &info) != 0) return CannotUse(data_dir, std::generic_category().message(errno));
  if (!S_ISDIR(info.st_mode)) return CannotUse(data_dir, "it is not a directory");
  if ((info.st_mode & 077) != 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "DIRECTORY_OPEN",
                     data_dir + " is open to other users; run chmod 700 on it");
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) made.Add(DatabasePath(data_dir) + suffix);
  made.Add(PlacePath(data_dir));
  return absl::OkStatus();
}

absl::Status BeginLog(const std::string& data_dir, const std::string& anchor_name,
                      std::unique_ptr<storage::Connection> db, const Keys& keys, const Work& work,
                      RemoveUnlessKept& made) {
  HF_ASSIGN_OR_RETURN(audit::Log log, audit::Log::Load(*db, keys.state_mac));
  const std::string anchor_path = ResolvePath(data_dir, anchor_name);
  HF_ASSIGN_OR_RETURN(audit::Anchor anchor, audit::Anchor::Create(anchor_path));
  made.Add(anchor_path);
  HF_ASSIGN_OR_RETURN(const Elapsed elapsed, Elapsed::Load(*db, log.tip().last_uptime));
  Committer committer(std::move(db), std::move(log), std::move(anchor), keys, std::make_shared<Policies>(),
                      elapsed);
  HF_RETURN_IF_ERROR(committer.RunOne(work));
  HF_RETURN_IF_ERROR(committer.Checkpoint(/*always=*/true));
  HF_ASSIGN_OR_RETURN(const Place place, PlaceOf(data_dir));
  return WritePlace(data_dir, place, keys.state_mac);
}

absl::Status SealDirectory(const std::string& data_dir, const std::string& anchor_name, const SealedBy& by,
                           const SecretBytes& database_key) {
  return WriteSeal(data_dir, {.vault_id = ToBytes(by.vault_id),
                              .anchor = anchor_name,
                              .slots = {{.root_key_id = crypto::RootKeyId(by.root),
                                         .key_file = by.key_file,
                                         .database_key = crypto::WrapKey(by.root, by.vault_id, crypto::kDatabaseKey,
                                                                         kDatabaseEpoch, database_key)}}});
}

}  // namespace holdfast::custody
