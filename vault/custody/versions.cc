// How values are kept: encryption bound to their place, and the exposure of whoever brought them.
#include <fmt/format.h>

#include <algorithm>

#include "vault/crypto/value.h"
#include "vault/custody/knowledge.h"
#include "vault/custody/new_tasks.h"
#include "vault/custody/secrets.h"
#include "vault/storage/exposure_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {
namespace {

crypto::ValuePlace PlaceOf(const Tx& tx, const storage::Account& account, const storage::Secret& secret,
                           std::int64_t version, std::int64_t epoch) {
  return {.vault_id = tx.keys().vault_id,
          .account_pseudonym = account.pseudonym,
          .secret_pseudonym = secret.pseudonym,
          .kind = secret.kind,
          .version = static_cast<std::uint32_t>(version),
          .epoch = static_cast<std::uint32_t>(epoch)};
}

}  // namespace

absl::Status CheckValueSize(std::size_t size, std::string_view field) {
  if (size >= 1 && size <= crypto::kMaxValueSize) return absl::OkStatus();
  return InvalidField(field, fmt::format("must be 1 to {} bytes", crypto::kMaxValueSize));
}

absl::StatusOr<storage::Secret> InsertSecret(WriteTx& tx, const storage::Account& account,
                                             std::string_view name, std::string_view kind) {
  storage::SecretStore secrets(tx.db());
  HF_ASSIGN_OR_RETURN(const auto present, secrets.ListByAccount(account.id));
  if (present.size() >= kMaxSecretsPerAccount) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "TOO_MANY_SECRETS",
        fmt::format("account {} has {} secrets, which is the most", account.name, present.size()));
  }
  storage::Secret secret{.account_id = account.id,
                         .name = std::string(name),
                         .pseudonym = audit::NewPseudonym(),
                         .kind = std::string(kind),
                         .created_at = tx.now(),
                         .updated_at = tx.now()};
  HF_RETURN_IF_ERROR(secrets.Insert(secret));
  return secret;
}

absl::StatusOr<storage::SecretVersion> StoreVersion(WriteTx& tx, const Actor& actor,
                                                    const storage::Account& account, storage::Secret& secret,
                                                    const Plaintext& value, ExposureHow how,
                                                    std::optional<Micros> in_use_since) {
  const std::int64_t number = secret.current_version + 1;
  const std::int64_t epoch = tx.keys().epoch;
  storage::SecretVersion version{
      .secret_id = secret.id,
      .version = number,
      .epoch = epoch,
      .sealed = crypto::SealValue(tx.keys().kek, PlaceOf(tx, account, secret, number, epoch),
                                  value.ExposeSecret()),
      .created_by = actor.holder.id,
      .created_at = tx.now(),
      .in_use_since = std::min(in_use_since.value_or(tx.now()), tx.now())};
  storage::SecretStore secrets(tx.db());
  HF_RETURN_IF_ERROR(secrets.InsertVersion(version));
  for (const Bytes& hash : HashesOf(tx, secret.kind, value))
    HF_RETURN_IF_ERROR(storage::KnowledgeStore(tx.db()).AddHash(secret.id, number, hash));
  secret.current_version = number;
  secret.removed_at = std::nullopt;
  secret.removed_by = std::nullopt;
  secret.updated_at = tx.now();
  ++secret.revision;
  HF_RETURN_IF_ERROR(secrets.Update(secret));
  HF_RETURN_IF_ERROR(
      storage::ExposureStore(tx.db()).Record(actor.holder.id, secret.id, number, how, tx.now()));
  HF_RETURN_IF_ERROR(AddTasksFor(tx, secret.id));
  return version;
}

absl::StatusOr<Plaintext> DecryptVersion(const Tx& tx, const storage::Account& account,
                                         const storage::Secret& secret,
                                         const storage::SecretVersion& version) {
  if (!version.sealed.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "VERSION_DESTROYED",
                     fmt::format("version {} of {} was destroyed", version.version, secret.name));
  }
  if (version.epoch != tx.keys().epoch)
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                     "a value belongs to an unknown key epoch");
  return crypto::OpenValue(tx.keys().kek, PlaceOf(tx, account, secret, version.version, version.epoch),
                           *version.sealed);
}

absl::StatusOr<Release> ReleaseVersion(const Tx& tx, const Actor& actor, const Request& request,
                                       const SecretRow& row, std::optional<Micros> show_for) {
  HF_ASSIGN_OR_RETURN(Plaintext value, DecryptVersion(tx, row.account, row.secret, row.version));
  HF_ASSIGN_OR_RETURN(Release release, PrepareRelease(actor,
                                                      {.purpose = "reveal",
                                                       .request_id = request.id,
                                                       .account = row.account.name,
                                                       .secret = row.secret.name,
                                                       .version = row.version.version},
                                                      std::move(value)));
  release.valid_for = std::min(release.valid_for, show_for.value_or(release.valid_for));
  return release;
}

absl::Status RecordShown(WriteTx& tx, const Actor& actor, const SecretRow& row) {
  return storage::ExposureStore(tx.db()).Record(actor.holder.id, row.secret.id, row.version.version,
                                                ExposureHow::kShown, tx.now());
}

}  // namespace holdfast::custody
