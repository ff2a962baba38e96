#include "vault/custody/locate.h"

#include <fmt/format.h>

#include <utility>

#include "vault/custody/sight.h"

namespace holdfast::custody {

absl::StatusOr<storage::SecretVersion> FindVersion(Tx& tx, const storage::Secret& secret,
                                                   std::int64_t number) {
  HF_ASSIGN_OR_RETURN(auto version, storage::SecretStore(tx.db()).Version(secret.id, number));
  if (version.has_value()) return *std::move(version);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND",
                   fmt::format("secret {} has no version {}", secret.name, number));
}

namespace {

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
    HF_RETURN_IF_ERROR(AuthorizeToWait(tx, actor, action, target).status());
    // Whoever may ask for what they do not see does not find out by that which secrets there are.
    HF_ASSIGN_OR_RETURN(const bool knows, Knows(tx, actor, located.row.account));
    return knows ? version.status() : NotThere(tx, actor, action, Thing::kAccount, account_name, target);
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
