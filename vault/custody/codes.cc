#include "vault/custody/codes.h"

#include <fmt/format.h>

#include <utility>

#include "vault/crypto/totp.h"
#include "vault/custody/secrets.h"

namespace holdfast::custody {
namespace {

constexpr std::string_view kSeedKind = "totp";

absl::Status NotASeed(const SecretRow& row, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_A_SEED",
                   fmt::format("secret {} {}", row.secret.name, why));
}

absl::StatusOr<crypto::Totp> OpenSeed(const Tx& tx, const SecretRow& row) {
  if (row.secret.kind != kSeedKind)
    return NotASeed(row, fmt::format("is a {}: only one of kind totp makes codes", row.secret.kind));
  HF_ASSIGN_OR_RETURN(const Plaintext value, DecryptVersion(tx, row.account, row.secret, row.version));
  auto seed = crypto::ParseTotp(value);
  if (!seed.ok()) return NotASeed(row, fmt::format("makes no codes: its value {}", MessageOf(seed.status())));
  return seed;
}

}  // namespace

absl::StatusOr<Code> GenerateCode(WriteTx& tx, const Actor& actor, const Request& request,
                                  std::string_view account, std::string_view secret) {
  const std::map<std::string, std::string> texts{{"reason", request.reason}, {"ticket", request.ticket}};
  HF_ASSIGN_OR_RETURN(Located located,
                      Locate(tx, actor, policy::Action::kSecretCode, account, secret, /*number=*/0, texts));
  SecretRow& row = located.row;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  HF_ASSIGN_OR_RETURN(const crypto::Totp seed, OpenSeed(tx, row));
  // Event time may stand still when the wall clock was set back; the platform's clock does not. A repeat is
  // about the moment that the record speaks of.
  const std::int64_t counter = repeat.has_value() ? std::stoll(*repeat) : seed.CounterAt(WallNow());
  HF_ASSIGN_OR_RETURN(Plaintext code, crypto::TotpCode(seed, counter));
  HF_ASSIGN_OR_RETURN(Release release, PrepareRelease(actor,
                                                      {.purpose = "code",
                                                       .request_id = request.id,
                                                       .account = row.account.name,
                                                       .secret = row.secret.name,
                                                       .version = row.version.version},
                                                      std::move(code)));
  if (!repeat.has_value()) {
    tx.Record(EventFor(actor, policy::Action::kSecretCode, TargetOf(row, texts), located.decision));
    HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(counter)));
  }
  return Code{.row = std::move(row),
              .rule = std::string(located.decision.rule),
              .expires_at = (counter + 1) * seed.period * kSecond,
              .release = std::move(release)};
}

}  // namespace holdfast::custody
