#include "vault/custody/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/seed_search.h"
#include "vault/custody/accounts.h"
#include "vault/custody/holders.h"
#include "vault/custody/knowledge.h"
#include "vault/custody/known_value.h"
#include "vault/custody/seeds.h"
#include "vault/storage/exposure_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

bool IsPutKind(std::string_view kind) { return kind == "password" || kind == "note" || kind == "totp"; }

absl::StatusOr<storage::Secret> FindOrInsert(WriteTx& tx, const storage::Account& account,
                                             const NewValue& wanted, bool& is_new) {
  HF_ASSIGN_OR_RETURN(auto secret, storage::SecretStore(tx.db()).ByName(account.id, wanted.secret));
  is_new = !secret.has_value();
  if (secret.has_value()) {
    if (!wanted.kind.empty() && wanted.kind != secret->kind)
      return InvalidField("kind", fmt::format("is {} and never changes: use another name", secret->kind));
    HF_RETURN_IF_ERROR(CheckEtag(wanted.etag, secret->revision, SecretResource(account.name, secret->name)));
    return *std::move(secret);
  }
  if (!wanted.etag.empty())
    return MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH", "etag: there is no such secret yet");
  // An archived account takes nothing new, but what it has must still be rotated when somebody leaves.
  HF_RETURN_IF_ERROR(CheckNotArchived(account));
  // A mistyped seed would be a password for good, shown to whoever may see passwords, and make no codes.
  if (wanted.kind.empty() && crypto::NamesSeed(wanted.secret))
    return InvalidField("kind", fmt::format("is needed for a new secret called {}: totp for a seed, which codes are "
                                            "made of, or password",
                                            wanted.secret));
  return InsertSecret(tx, account, wanted.secret, wanted.kind.empty() ? "password" : wanted.kind);
}

// The secret as it is, or as it would be made.
absl::StatusOr<storage::Secret> MeantBy(WriteTx& tx, const storage::Account& account,
                                        const NewValue& wanted) {
  HF_ASSIGN_OR_RETURN(auto secret, storage::SecretStore(tx.db()).ByName(account.id, wanted.secret));
  if (secret.has_value()) return *std::move(secret);
  return storage::Secret{.name = wanted.secret, .kind = wanted.kind.empty() ? "password" : wanted.kind};
}

absl::StatusOr<SecretRow> AgainAdded(WriteTx& tx, SecretRow row, const NewValue& wanted,
                                     const std::string& result) {
  HF_ASSIGN_OR_RETURN(row.secret, FindSecret(tx, row.account, wanted.secret));
  HF_ASSIGN_OR_RETURN(row.version, FindVersion(tx, row.secret, std::stoll(result)));
  return row;
}

// A repeat is for an answer that was lost on the way: it is no second look, and leaves no second record.
absl::Status CheckShownLately(WriteTx& tx, const Actor& actor, const SecretRow& row, const Permit& permit) {
  const Micros within = std::min(permit.obligations.show.value_or(kRepeatedWithin), kRepeatedWithin);
  HF_ASSIGN_OR_RETURN(const auto shown, storage::ExposureStore(tx.db()).LastShown(
                                            actor.holder.id, row.secret.id, row.version.version));
  if (shown.has_value() && tx.now() - *shown <= within) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "REPEATED_LATE",
                   "this very call was answered a while ago; to see the value again, ask anew");
}

}  // namespace

absl::StatusOr<SecretRow> AddVersion(WriteTx& tx, const Actor& actor, const Request& request,
                                     const NewValue& wanted) {
  if (!wanted.kind.empty() && !IsPutKind(wanted.kind))
    return InvalidField("kind", "must be password, note or totp");
  SecretRow row;
  HF_ASSIGN_OR_RETURN(row.account, FindAccount(tx, actor, wanted.account, Action::kSecretPut));
  const std::map<std::string, std::string> texts{{"reason", request.reason},
                                                 {"name", SecretResource(wanted.account, wanted.secret)}};
  HF_ASSIGN_OR_RETURN(const storage::Secret meant, MeantBy(tx, row.account, wanted));
  HF_ASSIGN_OR_RETURN(
      const auto decision,
      Authorize(tx, actor, Action::kSecretPut, {.account = &row.account, .secret = &meant, .texts = texts}));
  HF_ASSIGN_OR_RETURN(
      const Plaintext value,
      OpenFromCaller(
          tx, actor,
          {.purpose = "put", .request_id = request.id, .account = wanted.account, .secret = wanted.secret},
          wanted.value, "value"));
  HF_RETURN_IF_ERROR(CheckValueSize(value.size(), "value"));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request, value.ExposeSecret()));
  if (repeat.has_value()) return AgainAdded(tx, std::move(row), wanted, *repeat);
  bool is_new = false;
  HF_ASSIGN_OR_RETURN(row.secret, FindOrInsert(tx, row.account, wanted, is_new));
  HF_RETURN_IF_ERROR(CheckFitsKind(row.secret.name, row.secret.kind, value, "kind", "value"));
  if (!is_new)
    HF_RETURN_IF_ERROR(CheckNewValue(tx, actor,
                                     {.account = &row.account,
                                      .secret = &row.secret,
                                      .texts = {{"reason", request.reason}}},
                                     HashesOf(tx, row.secret.kind, value)));
  HF_ASSIGN_OR_RETURN(row.version,
                      StoreVersion(tx, actor, row.account, row.secret, value, ExposureHow::kMade));
  // Only the first event names the secret; later ones have its pseudonym alone.
  tx.Record(
      EventFor(actor, Action::kSecretPut,
               TargetOf(row, is_new ? texts : std::map<std::string, std::string>{{"reason", request.reason}}),
               decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(row.version.version), value.ExposeSecret()));
  return row;
}

absl::StatusOr<Revealed> Reveal(WriteTx& tx, const Actor& actor, const Request& request,
                                const RevealRequest& wanted) {
  const std::map<std::string, std::string> texts{{"reason", request.reason}, {"ticket", request.ticket}};
  // A repeat is decided on the version that it would release again, whatever is newest by now.
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  const std::int64_t number = repeat.has_value() ? std::stoll(*repeat) : wanted.version;
  HF_ASSIGN_OR_RETURN(Located located,
                      Locate(tx, actor, Action::kSecretReveal, wanted.account, wanted.secret, number, texts));
  SecretRow& row = located.row;
  if (repeat.has_value()) HF_RETURN_IF_ERROR(CheckShownLately(tx, actor, row, located.decision));
  const std::optional<Micros> show_for = located.decision.obligations.show;
  HF_ASSIGN_OR_RETURN(Release release, ReleaseVersion(tx, actor, request, row, show_for));
  if (!repeat.has_value()) {
    HF_RETURN_IF_ERROR(RecordShown(tx, actor, row));
    tx.Record(EventFor(actor, Action::kSecretReveal, TargetOf(row, texts), located.decision));
    HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(row.version.version)));
  }
  return Revealed{.row = std::move(row),
                  .rule = std::string(located.decision.rule),
                  .show_for = show_for,
                  .release = std::move(release)};
}

absl::StatusOr<SecretRow> Destroy(WriteTx& tx, const Actor& actor, const Request& request,
                                  std::string_view account, std::string_view secret, std::int64_t number) {
  const std::map<std::string, std::string> texts{{"reason", request.reason}};
  HF_ASSIGN_OR_RETURN(Located located,
                      Locate(tx, actor, Action::kSecretDestroy, account, secret, number, texts));
  SecretRow& row = located.row;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return std::move(row);
  if (row.version.destroyed_at.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "VERSION_DESTROYED",
                     fmt::format("version {} of {} was destroyed already", number, row.secret.name));
  }
  if (number == row.secret.current_version) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "IS_CURRENT",
        fmt::format("version {} is the newest of {}: the organisation would lose the way in; put a new one "
                    "in first",
                    number, row.secret.name));
  }
  row.version.sealed = std::nullopt;
  row.version.destroyed_at = tx.now();
  row.version.destroyed_by = actor.holder.id;
  HF_RETURN_IF_ERROR(storage::SecretStore(tx.db()).UpdateVersion(row.version));
  tx.Record(EventFor(actor, Action::kSecretDestroy, TargetOf(row, texts), located.decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(number)));
  return std::move(row);
}

absl::StatusOr<storage::Secret> Remove(WriteTx& tx, const Actor& actor, const Request& request,
                                       std::string_view account_name, std::string_view secret_name,
                                       std::string_view etag) {
  const std::map<std::string, std::string> texts{{"reason", request.reason}};
  HF_ASSIGN_OR_RETURN(const Located located, Locate(tx, actor, Action::kSecretRemove, account_name,
                                                    secret_name, /*number=*/0, texts));
  storage::Secret secret = located.row.secret;
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return secret;
  HF_RETURN_IF_ERROR(CheckEtag(etag, secret.revision, SecretResource(account_name, secret.name)));
  secret.removed_at = secret.updated_at = tx.now();
  secret.removed_by = actor.holder.id;
  ++secret.revision;
  HF_RETURN_IF_ERROR(storage::SecretStore(tx.db()).Update(secret));
  tx.Record(EventFor(actor, Action::kSecretRemove, TargetOf(located.row, texts), located.decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, secret.name));
  return secret;
}

}  // namespace holdfast::custody
