#include "client/identity.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "client/files.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "vault/base/files.h"
#include "vault/base/ids.h"
#include "vault/pki/ca.h"
#include "vault/pki/inspect.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kVaultIdSize = 16;

absl::Status Damaged(const std::string& path) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "IDENTITY_DAMAGED",
                   fmt::format("{} is damaged: enroll this device anew", path));
}

std::string TextOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Bytes> BytesOf(const Json& json, const char* key, std::size_t size) {
  auto bytes = Base64Decode(TextOf(json, key));
  return bytes.has_value() && bytes->size() == size ? bytes : std::nullopt;
}

void WipeText(Json& json, const char* key) {
  const auto found = json.find(key);
  if (found != json.end() && found->is_string()) Wipe(found->get_ref<std::string&>());
}

std::optional<Identity> FromJson(const Json& json) {
  Identity identity;
  identity.holder = TextOf(json, "holder");
  identity.vault_id = TextOf(json, "vault_id");
  identity.api_address = TextOf(json, "api_address");
  identity.ca_pem = TextOf(json, "ca_certificate");
  identity.certificate_pem = TextOf(json, "certificate");
  identity.checkpoint_verifier = TextOf(json, "checkpoint_verifier");
  std::string key = TextOf(json, "private_key");
  identity.private_key_pem = Plaintext::TakeFrom(key);
  auto box_secret = BytesOf(json, "box_secret", 32);
  const auto signing_key = BytesOf(json, "box_signing_key", identity.box_signing_key.size());
  if (!IsValidId(identity.holder) || identity.vault_id_bytes().size() != kVaultIdSize ||
      identity.ca_pem.empty() || identity.certificate_pem.empty() || identity.checkpoint_verifier.empty() ||
      identity.private_key_pem.empty() || !box_secret.has_value() || !signing_key.has_value())
    return std::nullopt;
  identity.box_secret = SecretBytes::CopyOf(*box_secret);
  Wipe(*box_secret);
  std::copy(signing_key->begin(), signing_key->end(), identity.box_signing_key.begin());
  return identity;
}

}  // namespace

Bytes Identity::vault_id_bytes() const { return HexDecode(vault_id).value_or(Bytes()); }

std::string HomeDirectory() {
  const char* home = std::getenv("HOLDFAST_HOME");
  if (home != nullptr && *home != '\0') return home;
  const char* user = std::getenv("HOME");
  return fmt::format("{}/.config/holdfast", user == nullptr ? "" : user);
}

std::string IdentityPath(const std::string& home) { return home + "/identity.json"; }

bool HasIdentity(const std::string& home) { return access(IdentityPath(home).c_str(), F_OK) == 0; }

absl::Status SaveIdentity(const std::string& home, const Identity& identity) {
  HF_RETURN_IF_ERROR(EnsurePrivateDirectory(home));
  Json json = {{"version", 1},
               {"holder", identity.holder},
               {"vault_id", identity.vault_id},
               {"api_address", identity.api_address},
               {"ca_certificate", identity.ca_pem},
               {"certificate", identity.certificate_pem},
               {"private_key", std::string(AsChars(identity.private_key_pem.ExposeSecret()))},
               {"box_secret", Base64Encode(identity.box_secret.ExposeSecret())},
               {"checkpoint_verifier", identity.checkpoint_verifier},
               {"box_signing_key", Base64Encode(identity.box_signing_key)}};
  std::string text = json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
  const absl::Status written = ReplaceFile(IdentityPath(home), AsBytes(text));
  Wipe(text);
  WipeText(json, "private_key");
  WipeText(json, "box_secret");
  return written;
}

absl::StatusOr<Identity> LoadIdentity(const std::string& home) {
  const std::string path = IdentityPath(home);
  auto content = ReadSecretFile(path);
  if (absl::IsNotFound(content.status()))
    return MakeError(
        absl::StatusCode::kUnauthenticated, "NOT_ENROLLED",
        "this device is not enrolled: run \"holdfast enroll\" with a string from your security team");
  HF_RETURN_IF_ERROR(content.status());
  const std::string_view text = AsChars(content->ExposeSecret());
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("version", Json()) != 1) return Damaged(path);
  auto identity = FromJson(json);
  WipeText(json, "private_key");
  WipeText(json, "box_secret");
  if (!identity.has_value()) return Damaged(path);
  return std::move(*identity);
}

std::string EnrollAnew(const Identity& identity) {
  return fmt::format(
      "ask your security team for \"holdfast holder enroll {}\", then run \"holdfast enroll --replace\"",
      identity.holder);
}

absl::Status CheckCertificate(const Identity& identity, Micros now) {
  HF_ASSIGN_OR_RETURN(const pki::CertificateInfo info, pki::InspectCertificate(identity.certificate_pem));
  const std::string help = EnrollAnew(identity);
  if (info.spiffe_id != pki::HolderSpiffeId(identity.vault_id, identity.holder))
    return MakeError(
        absl::StatusCode::kUnauthenticated, "CERTIFICATE_FOREIGN",
        fmt::format("this device's certificate is another vault's or another holder's: {}", help));
  if (now < info.not_before)
    return MakeError(absl::StatusCode::kUnauthenticated, "CLOCK_BEHIND",
                     fmt::format("this device's clock says {}, and its certificate begins at {}: set the clock",
                                 FormatTime(now), FormatTime(info.not_before)));
  if (now < info.not_after) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kUnauthenticated, "CERTIFICATE_EXPIRED",
      fmt::format("this device's certificate expired at {}: {}", FormatTime(info.not_after), help));
}

}  // namespace holdfast::client
