#include "vault/crypto/init.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "vault/base/ids.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/authorize.h"
#include "vault/custody/holders.h"
#include "vault/custody/new_directory.h"
#include "vault/custody/paths.h"
#include "vault/custody/seal.h"
#include "vault/custody/vault.h"
#include "vault/pki/enrollment_string.h"
#include "vault/storage/setting_store.h"

namespace holdfast::custody {
namespace {

namespace fs = std::filesystem;

absl::Status CheckOptions(const InitOptions& options) {
  HF_RETURN_IF_ERROR(CheckId("officer", options.officer));
  if (!options.address.empty() && !pki::IsHostPort(options.address))
    return InvalidField("advertise", "must be the host:port that clients connect to");
  HF_RETURN_IF_ERROR(CheckKeyFileLiesOutside(options.key_file, options.data_dir));
  std::error_code error;
  if (fs::exists(options.key_file, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS",
                     options.key_file + " exists already; a key file is never overwritten");
  }
  return CheckNewDirectory(options.data_dir);
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

absl::Status RegisterOfficer(WriteTx& tx, const InitOptions& options, NewString& made) {
  const std::string& officer = options.officer;
  storage::SettingStore settings(tx.db());
  HF_RETURN_IF_ERROR(settings.Set("custodian", officer));
  storage::Holder holder{.name = officer, .roles = static_cast<std::int64_t>(Role::kSecurity)};
  HF_ASSIGN_OR_RETURN(made, InsertHolder(tx, holder, /*issuer=*/std::nullopt, options.string_lifetime));
  audit::Event event;
  event.type = "vault.init";
  event.subject = RefTo(holder);
  event.rule = "host.init";
  event.texts = {{"name", HolderName(officer)}, {"person", holder.person}};
  tx.Record(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<Plaintext> Fill(const InitOptions& options, const std::string& anchor_name,
                               RemoveUnlessKept& undo) {
  const Bytes vault_id = crypto::RandomBytes(kVaultIdSize);
  const SecretBytes root = SecretBytes::Random(crypto::kRootKeySize);
  const SecretBytes database_key = SecretBytes::Random(crypto::kRootKeySize);
  const std::string database = DatabasePath(options.data_dir);
  HF_ASSIGN_OR_RETURN(auto db, storage::Connection::OpenWriter(database, database_key,
                                                               storage::Create::kMustNotExist, nullptr));
  HF_RETURN_IF_ERROR(CreateKeys(*db, root, vault_id, WallNow()));
  HF_ASSIGN_OR_RETURN(const Keys keys, LoadKeys(*db, root, vault_id, WallNow()));
  storage::SettingStore settings(*db);
  HF_RETURN_IF_ERROR(settings.Set("anchor", anchor_name));
  HF_RETURN_IF_ERROR(settings.Set(kAddressSetting, options.address));
  HF_RETURN_IF_ERROR(InstallPolicy(*db));
  NewString made;
  HF_RETURN_IF_ERROR(BeginLog(
      options.data_dir, anchor_name, std::move(db), keys,
      [&](WriteTx& tx) { return RegisterOfficer(tx, options, made); }, undo));
  HF_RETURN_IF_ERROR(WriteKeyFile(options.key_file, vault_id, root));
  undo.Add(options.key_file);
  HF_RETURN_IF_ERROR(SealDirectory(options.data_dir, anchor_name,
                                   {.vault_id = vault_id, .root = root, .key_file = options.key_file},
                                   database_key));
  return FormatString(keys, options.officer, options.address, std::move(made.key));
}

}  // namespace

absl::StatusOr<Plaintext> InitVault(const InitOptions& options) {
  HF_RETURN_IF_ERROR(CheckOptions(options));
  HF_ASSIGN_OR_RETURN(const std::string anchor, NewAnchorName(options.data_dir, options.anchor));
  RemoveUnlessKept undo;
  HF_RETURN_IF_ERROR(MakeDataDirectory(options.data_dir, undo));
  auto enrollment = Fill(options, anchor, undo);
  if (enrollment.ok()) undo.Keep();
  return enrollment;
}

}  // namespace holdfast::custody
