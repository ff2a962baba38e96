#include "vault/custody/locate.h"

#include <fmt/format.h>

#include <utility>

namespace holdfast::custody {

absl::StatusOr<storage::SecretVersion> FindVersion(Tx& tx, const storage::Secret& secret,
                                                   std::int64_t number) {
  HF_ASSIGN_OR_RETURN(auto version, storage::SecretStore(tx.db()).Version(secret.id, number));
  if (version.has_value()) return *std::move(version);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                   fmt::format("secret {} has no version {}", secret.name, number));
}

namespace {

// Somebody may act on an account that they may not look at, but not find out by that what is there.
absl::Status CheckSees(Tx& tx, const Actor& actor, policy::Action action, const Target& target,
                       const Permit& permit) {
  HF_ASSIGN_OR_RETURN(const bool sees, Sees(tx, actor, *target.account));
  if (sees) return absl::OkStatus();
  RecordRefusal(tx, actor, action, target, permit.rule);
  return NoSuchAccount(tx, actor, target.account->name);
}

bool MeansRemoved(policy::Action action) {
  return action == policy::Action::kSecretAttest || action == policy::Action::kExposureAdd;
}

absl::Status Removed(const storage::Secret& secret) {
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                   fmt::format("secret {} was removed; a new value brings it back", secret.name));
}

}  // namespace

absl::StatusOr<Located> Locate(WriteTx& tx, const Actor& actor, policy::Action action,
                               std::string_view account_name, std::string_view secret_name,
                               std::int64_t number, std::map<std::string, std::string> texts,
                               const storage::Holder* subject) {
  Located located;
  HF_ASSIGN_OR_RETURN(located.row.account, FindAccount(tx, actor, account_name, action));
  Target target{.account = &located.row.account,
                .subject = subject,
                .version = number,
                .texts = std::move(texts)};
  if (number == 0) target.version = std::nullopt;
  auto secret = FindSecret(tx, located.row.account, secret_name);
  if (secret.ok() && secret->removed_at.has_value() && !MeansRemoved(action)) secret = Removed(*secret);
  if (secret.ok()) {
    located.row.secret = *std::move(secret);
    target.secret = &located.row.secret;
    if (number == 0) number = located.row.secret.current_version;
    target.version = number;
  }
  auto version = secret.ok() ? FindVersion(tx, located.row.secret, number) : secret.status();
  if (!version.ok()) {
    // Nobody is asked to approve what is not there.
    HF_ASSIGN_OR_RETURN(const Permit permit, AuthorizeToWait(tx, actor, action, target));
    HF_RETURN_IF_ERROR(CheckSees(tx, actor, action, target, permit));
    return version.status();
  }
  located.row.version = *std::move(version);
  HF_ASSIGN_OR_RETURN(located.decision, Authorize(tx, actor, action, target));
  return located;
}

Target TargetOf(const SecretRow& row, std::map<std::string, std::string> texts) {
  return {.account = &row.account,
          .secret = &row.secret,
          .version = row.version.version,
          .texts = std::move(texts)};
}

}  // namespace holdfast::custody
