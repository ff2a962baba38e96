#include "client/renewal.h"

#include <unistd.h>

#include <utility>

#include "client/files.h"
#include "client/options.h"
#include "client/witness.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "vault/base/files.h"
#include "vault/pki/ca.h"
#include "vault/pki/csr.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

constexpr Micros kTryEvery = kDay;

// The next key, and what asks for its certificate.
struct Pending {
  std::string over{};  // the certificate that it renews, PEM
  Plaintext private_key_pem{};
  std::string csr{};
  std::string request_id{};
  Micros tried_at = 0;
};

absl::Status Save(const std::string& home, const Pending& pending) {
  Json json = {{"version", 1},
               {"over", pending.over},
               {"private_key", std::string(AsChars(pending.private_key_pem.ExposeSecret()))},
               {"csr", pending.csr},
               {"request_id", pending.request_id},
               {"tried_at", pending.tried_at}};
  std::string text = json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
  const absl::Status written = ReplaceFile(RenewalPath(home), AsBytes(text));
  Wipe(text);
  Wipe(json["private_key"].get_ref<std::string&>());
  return written;
}

std::string TextOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

absl::StatusOr<Pending> MakePending(const Identity& identity) {
  Pending pending{.over = identity.certificate_pem, .request_id = NewRequestId()};
  HF_ASSIGN_OR_RETURN(const SecretBytes key, pki::GenerateP256Key());
  HF_ASSIGN_OR_RETURN(pending.private_key_pem, pki::PrivateKeyToPem(key));
  HF_ASSIGN_OR_RETURN(pending.csr, pki::MakeCsr(key));
  return pending;
}

// Continues an attempt that was begun over the certificate in use, or begins one. A file that cannot be read may hold
// the key that the vault has certified: only its owner can give that up.
absl::StatusOr<Pending> LoadOrMake(const std::string& home, const Identity& identity) {
  const auto content = ReadSecretFile(RenewalPath(home));
  if (absl::IsNotFound(content.status())) return MakePending(identity);
  HF_RETURN_IF_ERROR(content.status());
  Json json = Json::parse(AsChars(content->ExposeSecret()), nullptr, /*allow_exceptions=*/false);
  Pending pending;
  if (json.is_object() && json.value("version", Json()) == 1) {
    pending = {
        .over = TextOf(json, "over"), .csr = TextOf(json, "csr"), .request_id = TextOf(json, "request_id")};
    std::string key = TextOf(json, "private_key");
    if (const auto found = json.find("private_key"); found != json.end() && found->is_string())
      Wipe(found->get_ref<std::string&>());
    pending.private_key_pem = Plaintext::TakeFrom(key);
    if (const Json tried = json.value("tried_at", Json()); tried.is_number_integer())
      pending.tried_at = tried.get<Micros>();
  }
  const bool whole = !pending.over.empty() && !pending.private_key_pem.empty() &&
                     !pending.request_id.empty() && pki::CsrKeySha256(pending.csr).ok();
  if (!whole)
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "RENEWAL_DAMAGED",
        fmt::format("{} is damaged: a renewal cannot be taken up again without it; ask your security "
                    "team for \"holdfast holder enroll {}\" before this certificate ends",
                    RenewalPath(home), identity.holder));
  if (pending.over != identity.certificate_pem) return MakePending(identity);
  return pending;
}

absl::Status CheckAnswer(const Identity& current, const Pending& pending,
                         const v1::RenewKeyResponse& answer) {
  const auto info = pki::InspectCertificate(answer.certificate());
  const auto before = pki::InspectCertificate(current.certificate_pem);
  const auto key = pki::CsrKeySha256(pending.csr);
  if (!info.ok() || !before.ok() || !key.ok() || info->key_sha256 != *key ||
      info->spiffe_id != before->spiffe_id || info->not_after <= before->not_after)
    return VerificationFailed("the vault answered with another certificate than the one asked for");
  return absl::OkStatus();
}

}  // namespace

std::string RenewalPath(const std::string& home) { return home + "/renewal.json"; }

absl::StatusOr<Micros> RenewableFrom(const std::string& certificate_pem) {
  HF_ASSIGN_OR_RETURN(const pki::CertificateInfo info, pki::InspectCertificate(certificate_pem));
  return info.not_after - (info.not_after - info.not_before - pki::kBackdated) / 3;
}

absl::StatusOr<std::optional<Identity>> Renew(const std::string& home, const Identity& current, Micros now,
                                              Renewing renewing, const AskForRenewal& ask) {
  HF_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(home + "/renewal.lock"));
  HF_ASSIGN_OR_RETURN(Identity identity, LoadIdentity(home));
  if (identity.certificate_pem != current.certificate_pem) return std::optional(std::move(identity));
  HF_ASSIGN_OR_RETURN(Pending pending, LoadOrMake(home, identity));
  // A clock that was set back must not keep it from trying.
  const bool tried = pending.tried_at <= now && now < pending.tried_at + kTryEvery;
  if (renewing == Renewing::kByItself && tried) return std::optional<Identity>();
  pending.tried_at = now;
  HF_RETURN_IF_ERROR(Save(home, pending));
  v1::RenewKeyRequest request;
  request.set_csr(pending.csr);
  request.set_request_id(pending.request_id);
  HF_ASSIGN_OR_RETURN(const v1::RenewKeyResponse answer, ask(request));
  HF_RETURN_IF_ERROR(CheckAnswer(identity, pending, answer));
  identity.certificate_pem = answer.certificate();
  identity.private_key_pem = std::move(pending.private_key_pem);
  HF_RETURN_IF_ERROR(SaveIdentity(home, identity));
  unlink(RenewalPath(home).c_str());
  return std::optional(std::move(identity));
}

}  // namespace holdfast::client
