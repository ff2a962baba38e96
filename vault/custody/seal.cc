#include "vault/custody/seal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "vault/base/files.h"
#include "vault/base/json.h"
#include "vault/crypto/init.h"
#include "vault/crypto/keyring.h"
#include "vault/custody/paths.h"

namespace holdfast::custody {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSealFormat = "holdfast-seal-v1";
constexpr std::string_view kKeyFileFormat = "holdfast-key-file-v1";
constexpr std::size_t kMaxSealSize = 16 * 1024;
constexpr std::size_t kMaxKeyFileSize = 256;

absl::Status Refuse(std::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

std::optional<SealSlot> ParseSlot(const Json& json) {
  if (!json.is_object() || TextIn(json, "method") != "key-file") return std::nullopt;
  const auto id = HexDecode(TextIn(json, "root_key_id"));
  const auto key = HexDecode(TextIn(json, "database_key"));
  SealSlot slot{.root_key_id = {}, .key_file = TextIn(json, "key_file"), .database_key = {}};
  if (!id || id->size() != 16 || !key || key->empty() || slot.key_file.empty()) return std::nullopt;
  slot.root_key_id = *id;
  slot.database_key = *key;
  return slot;
}

std::optional<Seal> ParseSeal(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || TextIn(json, "format") != kSealFormat) return std::nullopt;
  const auto vault_id = HexDecode(TextIn(json, "vault_id"));
  const auto slots = json.find("slots");
  if (!vault_id || vault_id->size() != kVaultIdSize || slots == json.end() || !slots->is_array() ||
      slots->empty() || slots->size() > 2)
    return std::nullopt;
  Seal seal{.vault_id = *vault_id, .anchor = TextIn(json, "anchor"), .slots = {}};
  if (seal.anchor.empty()) return std::nullopt;
  for (const Json& item : *slots) {
    auto slot = ParseSlot(item);
    if (!slot) return std::nullopt;
    seal.slots.push_back(*std::move(slot));
  }
  return seal;
}

Json ToJson(const Seal& seal) {
  Json slots = Json::array();
  for (const SealSlot& slot : seal.slots) {
    slots.push_back({{"method", "key-file"},
                     {"root_key_id", HexEncode(slot.root_key_id)},
                     {"key_file", slot.key_file},
                     {"database_key", HexEncode(slot.database_key)}});
  }
  return {{"format", kSealFormat}, {"vault_id", HexEncode(seal.vault_id)}, {"anchor", seal.anchor}, {"slots", slots}};
}

std::string Dump(const Json& json) { return Dumped(json, 2) + "\n"; }

// The one spelling of a seal, with the hash of all else in it: an altered byte is found where it is, and not taken for
// another key file, anchor or key.
std::string FormatSeal(const Seal& seal) {
  Json json = ToJson(seal);
  json["sha256"] = HexEncode(crypto::Sha256(AsBytes(Dump(json))));
  return Dump(json);
}

}  // namespace

bool HoldsVault(const std::string& data_dir) {
  std::error_code ignored;
  return std::filesystem::exists(SealPath(data_dir), ignored) ||
         std::filesystem::exists(DatabasePath(data_dir), ignored);
}

std::string NoVaultWords(const std::string& data_dir) {
  return data_dir + " holds no vault: name the directory that does, or make one with 'holdfastd init'";
}

absl::StatusOr<Seal> ReadSeal(const std::string& data_dir) {
  const std::string path = SealPath(data_dir);
  const auto text = ReadUpTo(path, kMaxSealSize);
  if (!text.has_value()) {
    if (!HoldsVault(data_dir)) return Refuse("NOT_A_VAULT", NoVaultWords(data_dir));
    return MakeError(absl::StatusCode::kDataLoss, "SEAL_MISSING",
                     path + " is missing or unreadable, and without it nothing opens the database: put back a copy of "
                            "it (it never changes by itself), or restore a backup");
  }
  std::optional<Seal> seal = ParseSeal(*text);
  if (!seal || FormatSeal(*seal) != *text)
    return MakeError(absl::StatusCode::kDataLoss, "SEAL_DAMAGED",
                     path + " is damaged: its bytes are not those that were written; put back a copy of it");
  return *std::move(seal);
}

absl::Status WriteSeal(const std::string& data_dir, const Seal& seal) {
  return ReplaceFile(SealPath(data_dir), AsBytes(FormatSeal(seal)));
}

absl::Status WriteKeyFile(const std::string& path, ByteView vault_id, const SecretBytes& root) {
  std::string encoded = Base64Encode(root.ExposeSecret());
  std::string line = std::string(kKeyFileFormat) + " " + HexEncode(vault_id) + " ";
  line.reserve(line.size() + encoded.size() + 1);  // no copy of the key may stay behind in freed memory
  line.append(encoded).append("\n");
  Wipe(encoded);
  const absl::Status written = CreateFile(path, AsBytes(line));
  Wipe(line);
  return written;
}

absl::StatusOr<SecretBytes> ReadKeyFile(const std::string& path, ByteView vault_id) {
  const int fd =
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not keep the start waiting
  if (fd < 0)
    return Refuse("KEY_FILE_MISSING", "key file " + path +
                                          " is missing or unreadable; put it back, or name where it is with "
                                          "--key-file");
  struct stat info {};
  const bool open_to_others = fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0;
  Plaintext buffer(kMaxKeyFileSize);
  const ssize_t size = open_to_others ? 0 : read(fd, buffer.ExposeSecretMutable().data(), buffer.size());
  close(fd);
  if (open_to_others)
    return Refuse("KEY_FILE_OPEN", "key file " + path + " can be read by others; run chmod 600 on it");
  const absl::Status damaged =
      Refuse("KEY_FILE_DAMAGED",
             "key file " + path + " is not a Holdfast key file or is damaged; put back the right one");
  if (size <= 0) return damaged;
  std::string_view line = AsChars(buffer.ExposeSecret()).substr(0, static_cast<std::size_t>(size));
  const std::string prefix = std::string(kKeyFileFormat) + " ";
  if (!line.starts_with(prefix) || !line.ends_with('\n')) return damaged;
  line.remove_prefix(prefix.size());
  line.remove_suffix(1);
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return damaged;
  if (line.substr(0, blank) != HexEncode(vault_id))
    return Refuse("KEY_FILE_FOREIGN",
                  "key file " + path + " belongs to another vault; name the one of this vault");
  std::optional<Bytes> root = Base64Decode(line.substr(blank + 1));
  if (!root || root->size() != crypto::kRootKeySize) return damaged;
  SecretBytes key = SecretBytes::CopyOf(*root);
  Wipe(*root);
  return key;
}

absl::StatusOr<SecretBytes> ReadRootKey(const std::string& path, ByteView vault_id, ByteView root_key_id) {
  HF_ASSIGN_OR_RETURN(SecretBytes root, ReadKeyFile(path, vault_id));
  if (crypto::RootKeyId(root) == ToBytes(root_key_id)) return root;
  return Refuse("KEY_FILE_WRONG", "key file " + path + " does not open this vault; put back the right one");
}

absl::StatusOr<Unsealed> Unseal(const Seal& seal, const std::string& key_file) {
  absl::Status last = absl::InternalError("the seal has no slots");
  for (const SealSlot& slot : seal.slots) {
    auto root = ReadRootKey(key_file.empty() ? slot.key_file : key_file, seal.vault_id, slot.root_key_id);
    if (!root.ok()) {
      last = root.status();
      continue;
    }
    HF_ASSIGN_OR_RETURN(SecretBytes key, crypto::UnwrapKey(*root, seal.vault_id, crypto::kDatabaseKey,
                                                           kDatabaseEpoch, slot.database_key));
    return Unsealed{.root = *std::move(root), .database_key = std::move(key)};
  }
  return last;
}

}  // namespace holdfast::custody
