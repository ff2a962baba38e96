#include "vault/crypto/init.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "vault/audit/anchor.h"
#include "vault/audit/log.h"
#include "vault/base/ids.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/authorize.h"
#include "vault/custody/holders.h"
#include "vault/custody/paths.h"
#include "vault/custody/seal.h"
#include "vault/custody/vault.h"
#include "vault/pki/enrollment_string.h"
#include "vault/pki/inspect.h"
#include "vault/storage/setting_store.h"

namespace holdfast::custody {
namespace {

namespace fs = std::filesystem;

bool LiesWithin(const std::string& path, const std::string& directory) {
  std::error_code ignored;
  const fs::path inner = fs::weakly_canonical(path, ignored);
  const fs::path outer = fs::weakly_canonical(directory, ignored);
  const fs::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

absl::Status CannotUse(const std::string& path, const std::string& why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_WRITE",
                   fmt::format("cannot make a vault in {}: {}", path, why));
}

absl::Status CheckOptions(const InitOptions& options) {
  HF_RETURN_IF_ERROR(CheckId("officer", options.officer));
  if (LiesWithin(options.key_file, options.data_dir)) {
    return InvalidField("key-file",
                        "must lie outside the data directory: whoever copies that must not get the key too");
  }
  std::error_code error;
  if (fs::exists(options.key_file, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS",
                     options.key_file + " exists already; a key file is never overwritten");
  }
  if (!options.anchor.empty() && fs::exists(options.anchor, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, "ANCHOR_EXISTS",
                     options.anchor + " exists already; an anchor is never overwritten");
  }
  if (!fs::is_directory(options.data_dir, error)) return absl::OkStatus();
  const bool empty = fs::is_empty(options.data_dir, error);
  if (error) return CannotUse(options.data_dir, error.message());
  if (!empty)
    return MakeError(absl::StatusCode::kAlreadyExists, "VAULT_EXISTS",
                     options.data_dir + " is not empty; a vault is never overwritten");
  return absl::OkStatus();
}

// Removes what was made, unless all went well.
class Undo {
 public:
  void Add(std::string path) { paths_.push_back(std::move(path)); }
  void Keep() { paths_.clear(); }
  ~Undo() {
    std::error_code ignored;
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) fs::remove_all(*path, ignored);
  }

 private:
  std::vector<std::string> paths_;
};

// Whether it was there before.
absl::StatusOr<bool> MakeDataDirectory(const std::string& path) {
  const bool made = mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return CannotUse(path, std::generic_category().message(errno));
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return CannotUse(path, std::generic_category().message(errno));
  if (!S_ISDIR(info.st_mode)) return CannotUse(path, "it is not a directory");
  if ((info.st_mode & 077) != 0)
    return MakeError(absl::StatusCode::kFailedPrecondition, "DIRECTORY_OPEN",
                     path + " is open to other users; run chmod 700 on it");
  return !made;
}

// The first policy has nobody yet who could approve it: the first event carries its hash.
absl::Status InstallPolicy(storage::Connection& db) {
  storage::PolicyStore policies(db);
  storage::PolicyRow row{.sha256 = ToBytes(crypto::Sha256(AsBytes(ShippedPolicy()))),
                         .source = std::string(ShippedPolicy()),
                         .staged_at = WallNow(),
                         .activated_at = WallNow()};
  HF_RETURN_IF_ERROR(policies.Insert(row));
  return policies.SetActive(row.id);
}

absl::Status RegisterOfficer(WriteTx& tx, const std::string& officer, Bytes& code) {
  storage::SettingStore settings(tx.db());
  HF_RETURN_IF_ERROR(settings.Set("custodian", officer));
  storage::Holder holder{.name = officer, .roles = static_cast<std::int64_t>(Role::kSecurity)};
  HF_ASSIGN_OR_RETURN(code, InsertHolder(tx, holder, /*issuer=*/std::nullopt));
  audit::Event event;
  event.type = "vault.init";
  event.subject = RefTo(holder);
  event.rule = "host.init";
  event.texts = {{"name", HolderName(officer)}, {"person", holder.person}};
  tx.Record(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<std::string> Fill(const InitOptions& options, const std::string& anchor_path, Undo& undo) {
  const Bytes vault_id = crypto::RandomBytes(kVaultIdSize);
  const SecretBytes root = SecretBytes::Random(crypto::kRootKeySize);
  const SecretBytes database_key = SecretBytes::Random(crypto::kRootKeySize);
  const std::string database = DatabasePath(options.data_dir);
  HF_ASSIGN_OR_RETURN(auto db, storage::Connection::OpenWriter(database, database_key,
                                                               storage::Create::kMustNotExist, nullptr));
  HF_RETURN_IF_ERROR(CreateKeys(*db, root, vault_id, WallNow()));
  HF_ASSIGN_OR_RETURN(const Keys keys, LoadKeys(*db, root, vault_id, WallNow()));
  db->set_row_hash(StateRowHash(keys.state_mac));
  storage::SettingStore settings(*db);
  HF_RETURN_IF_ERROR(settings.Set("anchor", anchor_path));
  HF_RETURN_IF_ERROR(InstallPolicy(*db));
  HF_ASSIGN_OR_RETURN(audit::Log log, audit::Log::Load(*db, keys.state_mac));
  HF_ASSIGN_OR_RETURN(audit::Anchor anchor, audit::Anchor::Create(anchor_path));
  undo.Add(anchor_path);
  HF_ASSIGN_OR_RETURN(const Elapsed elapsed, Elapsed::Load(*db));
  Committer committer(std::move(db), std::move(log), std::move(anchor), keys, std::make_shared<Policies>(),
                      elapsed);
  Bytes code;
  HF_RETURN_IF_ERROR(
      committer.RunOne([&](WriteTx& tx) { return RegisterOfficer(tx, options.officer, code); }));
  HF_RETURN_IF_ERROR(committer.Checkpoint(/*always=*/true));
  HF_RETURN_IF_ERROR(WriteKeyFile(options.key_file, vault_id, root));
  undo.Add(options.key_file);
  // Last: only a directory with a seal is a vault.
  HF_RETURN_IF_ERROR(WriteSeal(
      options.data_dir, {.vault_id = vault_id,
                         .anchor = anchor_path,
                         .slots = {{.root_key_id = crypto::RootKeyId(root),
                                    .key_file = options.key_file,
                                    .database_key = crypto::WrapKey(root, vault_id, crypto::kDatabaseKey,
                                                                    kDatabaseEpoch, database_key)}}}));
  HF_ASSIGN_OR_RETURN(const Bytes ca, pki::CertificateSha256(keys.ca_certificate));
  return pki::FormatEnrollmentString(
      {.holder = options.officer, .address = options.enroll_address, .ca_sha256 = ca, .code = code});
}

}  // namespace

absl::StatusOr<std::string> InitVault(const InitOptions& options) {
  HF_RETURN_IF_ERROR(CheckOptions(options));
  HF_ASSIGN_OR_RETURN(const bool existed, MakeDataDirectory(options.data_dir));
  Undo undo;
  if (!existed) undo.Add(options.data_dir);
  const std::string database = DatabasePath(options.data_dir);
  for (const char* suffix : {"", "-wal", "-shm"}) undo.Add(database + suffix);
  const std::string anchor = options.anchor.empty() ? AnchorPath(options.data_dir) : options.anchor;
  auto enrollment = Fill(options, anchor, undo);
  if (enrollment.ok()) undo.Keep();
  return enrollment;
}

}  // namespace holdfast::custody
