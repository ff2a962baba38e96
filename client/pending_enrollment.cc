#include "client/pending_enrollment.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "client/files.h"
#include "nlohmann/json.hpp"
#include "vault/base/files.h"
#include "vault/pki/key.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

std::string PathIn(const std::string& home) { return home + "/enrolling.json"; }

std::string* TextIn(Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? &found->get_ref<std::string&>() : nullptr;
}

std::optional<DeviceKeys> FromJson(Json& json, ByteView string_key_sha256) {
  std::string* const tls = TextIn(json, "private_key");
  std::string* const box = TextIn(json, "box_secret");
  const std::string* const string = TextIn(json, "string_sha256");
  if (tls == nullptr || box == nullptr || string == nullptr) return std::nullopt;
  auto box_bytes = Base64Decode(*box);
  Wipe(*box);
  auto tls_key = pki::PrivateKeyFromPem(Plaintext::TakeFrom(*tls));
  auto box_key = crypto::BoxKeyPair::FromSecret(SecretBytes::CopyOf(box_bytes.value_or(Bytes())));
  if (box_bytes.has_value()) Wipe(*box_bytes);
  if (*string != HexEncode(string_key_sha256) || !tls_key.ok() || !box_key.ok()) return std::nullopt;
  return DeviceKeys{.tls = *std::move(tls_key), .box = *std::move(box_key)};
}

std::optional<DeviceKeys> Load(const std::string& home, ByteView string_key_sha256) {
  const auto content = ReadSecretFile(PathIn(home));
  if (!content.ok()) return std::nullopt;
  Json json = Json::parse(AsChars(content->ExposeSecret()), nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? FromJson(json, string_key_sha256) : std::nullopt;
}

absl::Status Save(const std::string& home, ByteView string_key_sha256, const DeviceKeys& keys) {
  HF_ASSIGN_OR_RETURN(const Plaintext tls, pki::PrivateKeyToPem(keys.tls));
  Json json = {{"string_sha256", HexEncode(string_key_sha256)},
               {"private_key", std::string(AsChars(tls.ExposeSecret()))},
               {"box_secret", Base64Encode(keys.box.secret().ExposeSecret())}};
  std::string text = json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
  const absl::Status written = ReplaceFile(PathIn(home), AsBytes(text));
  Wipe(text);
  for (const char* secret : {"private_key", "box_secret"}) Wipe(*TextIn(json, secret));
  return written;
}

}  // namespace

absl::StatusOr<DeviceKeys> KeysToEnroll(const std::string& home, ByteView string_key_sha256) {
  if (auto kept = Load(home, string_key_sha256); kept.has_value()) return *std::move(kept);
  HF_ASSIGN_OR_RETURN(SecretBytes tls, pki::GenerateP256Key());
  DeviceKeys keys{.tls = std::move(tls), .box = crypto::BoxKeyPair::Generate()};
  HF_RETURN_IF_ERROR(Save(home, string_key_sha256, keys));
  return keys;
}

void ForgetKeysToEnroll(const std::string& home) { unlink(PathIn(home).c_str()); }

}  // namespace holdfast::client
