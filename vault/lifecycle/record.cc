#include "vault/lifecycle/record.h"

#include <filesystem>
#include <optional>

#include "vault/base/files.h"
#include "vault/base/json.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/seal.h"

namespace holdfast::lifecycle {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kFormat = "holdfast-backup-v1";
constexpr std::size_t kMaxSize = 16 * 1024;
constexpr std::size_t kIdSize = 16;
constexpr std::uint32_t kBackupEpoch = 1;

std::optional<RecoveryRecord> Parse(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || TextIn(json, "format") != kFormat) return std::nullopt;
  const auto vault_id = HexDecode(TextIn(json, "vault_id"));
  const auto root_key_id = HexDecode(TextIn(json, "root_key_id"));
  const auto key = HexDecode(TextIn(json, "backup_key"));
  const auto made = ParseTime(TextIn(json, "made"));
  if (!vault_id || vault_id->size() != custody::kVaultIdSize || !root_key_id || root_key_id->size() != kIdSize ||
      !key || key->empty() || !made)
    return std::nullopt;
  return RecoveryRecord{.vault_id = *vault_id,
                        .root_key_id = *root_key_id,
                        .key_file = TextIn(json, "key_file"),
                        .backup_key = *key,
                        .made_at = *made,
                        .checkpoint = TextIn(json, "checkpoint")};
}

}  // namespace

std::string RecordPath(const std::string& backup) { return backup + ".recovery"; }

absl::Status WriteRecord(const std::string& backup, const RecoveryRecord& record) {
  const Json json = {{"format", kFormat},
                     {"vault_id", HexEncode(record.vault_id)},
                     {"root_key_id", HexEncode(record.root_key_id)},
                     {"key_file", record.key_file},
                     {"backup_key", HexEncode(record.backup_key)},
                     {"made", FormatTime(record.made_at)},
                     {"checkpoint", record.checkpoint}};
  return CreateFile(RecordPath(backup), AsBytes(Dumped(json, 2) + "\n"));
}

absl::StatusOr<RecoveryRecord> ReadRecord(const std::string& backup) {
  std::error_code ignored;
  const fs::file_status file_status = fs::status(backup, ignored);
  if (!fs::exists(file_status))
    return MakeError(absl::StatusCode::kNotFound, "NOT_A_BACKUP", backup + " does not exist");
  if (!fs::is_regular_file(file_status))
    return MakeError(absl::StatusCode::kInvalidArgument, "NOT_A_BACKUP",
                     backup + " is no backup: a backup is a file, with its recovery record beside it");
  const std::string path = RecordPath(backup);
  const auto text = ReadUpTo(path, kMaxSize);
  if (!text.has_value())
    return MakeError(absl::StatusCode::kFailedPrecondition, "RECORD_MISSING",
                     backup + " is no backup, or its recovery record, " + path +
                         ", is missing or unreadable: put that beside it");
  auto record = Parse(*text);
  if (record.has_value()) return *std::move(record);
  return MakeError(absl::StatusCode::kDataLoss, "RECORD_DAMAGED",
                   path + " is damaged or no recovery record of a backup; put back a copy of it");
}

Bytes WrapBackupKey(const SecretBytes& root, ByteView vault_id, const SecretBytes& key) {
  return crypto::WrapKey(root, vault_id, crypto::kBackupKey, kBackupEpoch, key);
}

absl::StatusOr<SecretBytes> UnwrapBackupKey(const SecretBytes& root, const RecoveryRecord& record) {
  return crypto::UnwrapKey(root, record.vault_id, crypto::kBackupKey, kBackupEpoch, record.backup_key);
}

}  // namespace holdfast::lifecycle
