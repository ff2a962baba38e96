#include "vault/custody/facts.h"

#include <sstream>
#include <utility>

#include "vault/storage/finding_store.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/knowledge_store.h"

namespace holdfast::custody {
namespace {

using policy::Attribute;

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

absl::StatusOr<policy::Subject> SubjectOf(Tx& tx, const Actor& actor) {
  policy::Subject subject{.roles = actor.holder.roles,
                          .kind = actor.holder.kind,
                          .status = actor.holder.status,
                          .key = actor.key.state,
                          .qualifications = Words(actor.holder.qualifications)};
  if (actor.key.state == KeyState::kUnconfirmed) {
    HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(actor.holder.id));
    subject.key_is_additional = keys.front().id != actor.key.id;
  }
  if (actor.key.confirmed_at.has_value()) subject.key_age = tx.now() - *actor.key.confirmed_at;
  return subject;
}

// Of the version that is meant, or of the newest.
absl::Status AddSecret(Tx& tx, const Target& target, policy::Resource& resource) {
  const storage::Secret& secret = *target.secret;
  resource.secret_kind = secret.kind;
  resource.version = policy::VersionState::kCurrent;
  storage::SecretStore store(tx.db());
  HF_ASSIGN_OR_RETURN(const auto newest, store.Version(secret.id, secret.current_version));
  if (newest.has_value()) resource.rotation_age = tx.now() - newest->in_use_since;
  if (!target.version.has_value()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto version, store.Version(secret.id, *target.version));
  if (!version.has_value()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto dead,
                      storage::KnowledgeStore(tx.db()).Attestations(secret.id, version->version));
  if (!dead.empty()) {
    resource.version = policy::VersionState::kRetired;
  } else if (version->version != secret.current_version) {
    resource.version = policy::VersionState::kSuperseded;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> InHandover(Tx& tx, const Target& target) {
  storage::HandoverStore handovers(tx.db());
  if (target.account != nullptr) {
    HF_ASSIGN_OR_RETURN(const bool moving, handovers.AccountIsMoving(target.account->id));
    if (moving) return true;
  }
  return target.subject != nullptr ? handovers.HolderIsLeaving(target.subject->id) : false;
}

// Ever, not now: nobody becomes the only officer again by suspending the others.
absl::StatusOr<bool> IsSoleOfficer(Tx& tx, const Actor& actor) {
  if (!actor.Is(Role::kSecurity)) return false;
  HF_ASSIGN_OR_RETURN(const std::int64_t others,
                      storage::KeyStore(tx.db()).CountEverConfirmedOthers(
                          static_cast<std::int64_t>(Role::kSecurity), actor.holder.person));
  return others == 0;
}

}  // namespace

absl::StatusOr<std::optional<Relation>> RelationTo(Tx& tx, const storage::Account& account,
                                                   std::int64_t holder_id) {
  HF_ASSIGN_OR_RETURN(const auto grant, storage::GrantStore(tx.db()).Live(account.id, holder_id, tx.now()));
  if (!grant.has_value()) return std::optional<Relation>();
  return std::optional(grant->relation);
}

absl::StatusOr<int> CountActiveOwners(Tx& tx, std::int64_t account_id) {
  HF_ASSIGN_OR_RETURN(const std::int64_t owners,
                      storage::FindingStore(tx.db()).CountActiveOwners(account_id, tx.now()));
  return static_cast<int>(owners);
}

absl::StatusOr<policy::Facts> GatherFacts(Tx& tx, const Actor& actor, policy::Action action,
                                          const Target& target, policy::Context context) {
  const auto tested = [&](Attribute attribute) { return tx.policy().bundle.Tests(action, attribute); };
  policy::Facts facts{.action = action, .context = std::move(context)};
  HF_ASSIGN_OR_RETURN(facts.subject, SubjectOf(tx, actor));
  if (target.account != nullptr) {
    const storage::Account& account = *target.account;
    facts.resource = {
        .tier = account.tier, .platform = account.platform, .unit = account.unit, .account = account.state};
    HF_ASSIGN_OR_RETURN(facts.subject.relation, RelationTo(tx, account, actor.holder.id));
    if (tested(Attribute::kOwners)) {
      HF_ASSIGN_OR_RETURN(facts.resource.owners, CountActiveOwners(tx, account.id));
    }
  }
  if (target.account == nullptr) facts.resource.tier = facts.context.tier_at_stake;
  if (target.secret != nullptr &&
      (tested(Attribute::kSecretKind) || tested(Attribute::kVersion) || tested(Attribute::kRotationAge)))
    HF_RETURN_IF_ERROR(AddSecret(tx, target, facts.resource));
  policy::Context& known = facts.context;
  known.now = tx.now();
  known.person = actor.holder.person;
  known.has_reason = known.has_reason || !actor.request.reason.empty();
  known.has_ticket = known.has_ticket || !actor.request.ticket.empty();
  if (target.subject != nullptr) {
    known.about_self = target.subject->person == actor.holder.person;
    known.about_officer = HasRole(target.subject->roles, Role::kSecurity);
  }
  if (tested(Attribute::kSoleOfficer)) {
    HF_ASSIGN_OR_RETURN(known.sole_officer, IsSoleOfficer(tx, actor));
  }
  if (tested(Attribute::kInHandover)) {
    HF_ASSIGN_OR_RETURN(known.in_handover, InHandover(tx, target));
  }
  return facts;
}

}  // namespace holdfast::custody
