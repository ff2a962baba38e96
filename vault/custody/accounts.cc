#include "vault/custody/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/custody/access.h"
#include "vault/custody/holders.h"
#include "vault/custody/limits.h"
#include "vault/custody/sight.h"

namespace holdfast::custody {
namespace {

using policy::Action;

struct TextField {
  std::string_view name;
  std::size_t max_bytes;
};
constexpr TextField kPlatform{"account.platform", kMaxPlatform};
constexpr TextField kPlatformId{"account.platform_id", kMaxPlatformId};
constexpr TextField kHandle{"account.handle", kMaxHandle};
constexpr TextField kUrl{"account.url", kMaxUrl};
constexpr TextField kPurpose{"account.purpose", kMaxPurpose};
constexpr TextField kUnit{"account.unit", kMaxUnit};

absl::Status CheckText(const TextField& field, std::string_view text, bool required = false) {
  return CheckLine(field.name, text, field.max_bytes, required);
}

absl::Status CheckTier(int tier) {
  if (tier >= 1 && tier <= 3) return absl::OkStatus();
  return InvalidField("account.tier", "must be 1 (highest), 2 or 3");
}

absl::Status CheckBackups(const std::vector<std::string>& backups) {
  if (backups.size() > kMaxBackups)
    return InvalidField("account.backups", fmt::format("must be at most {}", kMaxBackups));
  std::vector<std::string> sorted = backups;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end())
    return InvalidField("account.backups", "names a holder twice");
  return absl::OkStatus();
}

// Replaces the backup owners. A grantee who becomes a backup owner keeps no second grant.
absl::Status SetBackups(WriteTx& tx, const Actor& actor, const storage::Account& account,
                        std::int64_t owner_id, const std::vector<std::string>& backups,
                        std::string_view reason) {
  storage::GrantStore grants(tx.db());
  std::vector<std::int64_t> wanted;
  for (const std::string& name : backups) {
    HF_ASSIGN_OR_RETURN(const storage::Holder holder, FindAccessHolder(tx, name, "account.backups"));
    if (holder.id == owner_id)
      return InvalidField("account.backups", fmt::format("holder {} is the owner already", holder.name));
    wanted.push_back(holder.id);
  }
  HF_ASSIGN_OR_RETURN(const auto live, grants.LiveByAccount(account.id, tx.now()));
  for (const storage::Grant& grant : live) {
    if (grant.relation != Relation::kBackup) continue;
    if (std::erase(wanted, grant.holder_id) != 0) continue;
    HF_RETURN_IF_ERROR(grants.End(grant.id, tx.now(), actor.holder.id));
    HF_RETURN_IF_ERROR(RecordAccessEnd(tx, grant, "other backup owners were named", actor.holder.id));
  }
  for (const std::int64_t holder_id : wanted)
    HF_RETURN_IF_ERROR(SetRelation(tx, account.id, holder_id, Relation::kBackup, reason, actor.holder.id));
  return absl::OkStatus();
}

absl::StatusOr<storage::Holder> OwnerFor(WriteTx& tx, const Actor& actor, std::string_view name) {
  if (name.empty()) return Custodian(tx);
  return FindHolderIn(tx, actor, "account.owner", name, Action::kAccountCreate);
}

// The account that the same call made before, for who may see it now.
absl::StatusOr<storage::Account> AgainCreated(WriteTx& tx, const Actor& actor, const std::string& result) {
  HF_ASSIGN_OR_RETURN(storage::Account account, LoadAccount(tx, std::stoll(result)));
  HF_RETURN_IF_ERROR(AuthorizeShownAgain(tx, actor, Action::kAccountRead, {.account = &account}));
  return account;
}

std::string JoinNames(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : " ") + HolderName(name);
  return joined;
}

std::string JoinNames(const std::vector<storage::AccountDetail>& details) {
  std::string joined;
  for (const storage::AccountDetail& detail : details) joined += (joined.empty() ? "" : ", ") + detail.name;
  return joined;
}

// Texts that say what a change of the account was; what it empties is said too.
std::map<std::string, std::string> ChangeTexts(const AccountChange& change, const Request& request) {
  std::map<std::string, std::string> texts{{"reason", request.reason}};
  if (change.platform) texts["platform"] = *change.platform;
  if (change.handle) texts["handle"] = ChangedTo(*change.handle);
  if (change.url) texts["url"] = ChangedTo(*change.url);
  if (change.purpose) texts["purpose"] = ChangedTo(*change.purpose);
  if (change.unit) texts["unit"] = ChangedTo(*change.unit);
  if (change.tier) texts["tier"] = std::to_string(*change.tier);
  if (change.owner) texts["owner"] = HolderName(*change.owner);
  if (change.backups) texts["backups"] = ChangedTo(JoinNames(*change.backups));
  if (change.details) texts["details"] = ChangedTo(JoinNames(*change.details));
  return texts;
}

// "holders/mia"; empty where there is none.
absl::StatusOr<std::string> OwnerName(WriteTx& tx, const storage::Account& account) {
  HF_ASSIGN_OR_RETURN(const auto live, storage::GrantStore(tx.db()).LiveByAccount(account.id, tx.now()));
  const auto owner = std::ranges::find(live, Relation::kOwner, &storage::Grant::relation);
  if (owner == live.end()) return std::string();
  HF_ASSIGN_OR_RETURN(const storage::Holder holder, LoadHolder(tx, owner->holder_id));
  return HolderName(holder.name);
}

// Who would become owner or backup owner and is not yet.
absl::StatusOr<std::vector<storage::Holder>> PromotedBy(WriteTx& tx, const Actor& actor,
                                                        const storage::Account& account,
                                                        const AccountChange& change) {
  std::vector<std::pair<std::string, Relation>> wanted;
  if (change.owner) wanted.emplace_back(*change.owner, Relation::kOwner);
  for (const std::string& name : change.backups.value_or(std::vector<std::string>()))
    wanted.emplace_back(name, Relation::kBackup);
  std::vector<storage::Holder> promoted;
  for (const auto& [name, relation] : wanted) {
    HF_ASSIGN_OR_RETURN(storage::Holder holder, FindHolder(tx, actor, name, Action::kAccountSetOwners));
    HF_ASSIGN_OR_RETURN(const auto grant, storage::GrantStore(tx.db()).Live(account.id, holder.id, tx.now()));
    if (!grant.has_value() || grant->relation != relation) promoted.push_back(std::move(holder));
  }
  return promoted;
}

// `decide`: Authorize, or AuthorizeToWait.
absl::Status AuthorizeChange(WriteTx& tx, const Actor& actor, const Target& target,
                             const AccountChange& change, decltype(&Authorize) decide,
                             std::vector<audit::Event>& events) {
  const auto ask = [&](Action action, const Target& about) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto decision, decide(tx, actor, action, about, {}));
    events.push_back(EventFor(actor, action, about, decision));
    return absl::OkStatus();
  };
  if (change.platform || change.handle || change.url || change.purpose || change.unit || change.details)
    HF_RETURN_IF_ERROR(ask(Action::kAccountUpdate, target));
  if (change.tier) HF_RETURN_IF_ERROR(ask(Action::kAccountSetTier, target));
  if (!change.owner && !change.backups) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto promoted, PromotedBy(tx, actor, *target.account, change));
  // Each person who is to get access is looked at by itself; nobody may give it to themselves.
  for (const storage::Holder& holder : promoted) {
    Target about = target;
    about.subject = &holder;
    HF_RETURN_IF_ERROR(ask(Action::kAccountSetOwners, about));
  }
  return promoted.empty() ? ask(Action::kAccountSetOwners, target) : absl::OkStatus();
}

absl::Status ApplyRelations(WriteTx& tx, const Actor& actor, const storage::Account& account,
                            const AccountChange& change, std::string_view reason) {
  storage::GrantStore grants(tx.db());
  if (change.owner) {
    HF_ASSIGN_OR_RETURN(const storage::Holder owner, FindAccessHolder(tx, *change.owner, "account.owner"));
    HF_ASSIGN_OR_RETURN(const auto live, grants.Live(account.id, owner.id, tx.now()));
    if (!live.has_value() || live->relation != Relation::kOwner)
      HF_RETURN_IF_ERROR(SetRelation(tx, account.id, owner.id, Relation::kOwner, reason, actor.holder.id));
  }
  if (!change.backups) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const auto live, grants.LiveByAccount(account.id, tx.now()));
  const auto owner = std::ranges::find_if(
      live, [](const storage::Grant& grant) { return grant.relation == Relation::kOwner; });
  return SetBackups(tx, actor, account, owner == live.end() ? 0 : owner->holder_id, *change.backups, reason);
}

// Sets tier and owners, and checks what they leave.
absl::Status ApplyGuarded(WriteTx& tx, const Actor& actor, storage::Account& account,
                          const AccountChange& change, std::string_view reason) {
  HF_ASSIGN_OR_RETURN(const OwnersLack lacked, OwnersLacking(tx, account));
  const bool raised = change.tier.value_or(account.tier) < account.tier;
  account.tier = change.tier.value_or(account.tier);
  HF_RETURN_IF_ERROR(ApplyRelations(tx, actor, account, change, reason));
  return CheckOwners(tx, account, raised ? OwnersLack() : lacked);
}

// Whether that would go well. Nobody is asked to approve what cannot be done.
absl::Status Rehearse(WriteTx& tx, const Actor& actor, storage::Account account, const AccountChange& change,
                      std::string_view reason) {
  const std::size_t recorded = tx.events().size();
  HF_RETURN_IF_ERROR(tx.db().Savepoint());
  const absl::Status result = ApplyGuarded(tx, actor, account, change, reason);
  tx.ForgetEvents(recorded);
  HF_RETURN_IF_ERROR(tx.db().RollbackSavepoint());
  return result;
}

}  // namespace

absl::Status CheckNewAccount(const NewAccount& account) {
  HF_RETURN_IF_ERROR(CheckId("account_id", account.name));
  HF_RETURN_IF_ERROR(CheckText(kPlatform, account.platform, /*required=*/true));
  HF_RETURN_IF_ERROR(CheckText(kPlatformId, account.platform_id));
  HF_RETURN_IF_ERROR(CheckText(kHandle, account.handle));
  HF_RETURN_IF_ERROR(CheckText(kUrl, account.url));
  HF_RETURN_IF_ERROR(CheckText(kPurpose, account.purpose));
  HF_RETURN_IF_ERROR(CheckText(kUnit, account.unit));
  if (account.tier != 0) HF_RETURN_IF_ERROR(CheckTier(account.tier));
  HF_RETURN_IF_ERROR(CheckDetails("account.details", account.details));
  return CheckBackups(account.backups);
}

absl::Status CheckAccountChange(const AccountChange& change) {
  if (change.platform) HF_RETURN_IF_ERROR(CheckText(kPlatform, *change.platform, /*required=*/true));
  if (change.handle) HF_RETURN_IF_ERROR(CheckText(kHandle, *change.handle));
  if (change.url) HF_RETURN_IF_ERROR(CheckText(kUrl, *change.url));
  if (change.purpose) HF_RETURN_IF_ERROR(CheckText(kPurpose, *change.purpose));
  if (change.unit) HF_RETURN_IF_ERROR(CheckText(kUnit, *change.unit));
  if (change.tier) HF_RETURN_IF_ERROR(CheckTier(*change.tier));
  if (change.details) HF_RETURN_IF_ERROR(CheckDetails("account.details", *change.details));
  return change.backups ? CheckBackups(*change.backups) : absl::OkStatus();
}

absl::Status CheckDetails(std::string_view field, const std::vector<storage::AccountDetail>& details) {
  if (details.size() > kMaxDetails)
    return InvalidField(field, fmt::format("must be at most {}", kMaxDetails));
  for (std::size_t i = 0; i < details.size(); ++i) {
    HF_RETURN_IF_ERROR(
        CheckLine(fmt::format("{}[{}].name", field, i), details[i].name, kMaxDetailName, /*required=*/true));
    HF_RETURN_IF_ERROR(CheckLine(fmt::format("{}[{}].value", field, i), details[i].value, kMaxDetailValue,
                                 /*required=*/false));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FreeId(WriteTx& tx, const Actor& actor, Action action, const std::string& wanted) {
  storage::AccountStore accounts(tx.db());
  HF_ASSIGN_OR_RETURN(auto taken, accounts.ByName(wanted));
  if (!taken.has_value()) {
    HF_ASSIGN_OR_RETURN(taken, accounts.ByFormerName(wanted));
  }
  if (!taken.has_value()) return wanted;
  HF_ASSIGN_OR_RETURN(const bool knows, Knows(tx, actor, *taken));
  if (knows)
    return MakeError(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                     taken->name == wanted
                         ? fmt::format("account {} exists already", wanted)
                         : fmt::format("{} was another account's id: it is never given again", wanted));
  if (tx.dry_run()) return wanted + " (rehearsed)";
  RecordRefusal(tx, actor, action, {.account = &*taken}, "account.id-taken");
  return MakeError(absl::StatusCode::kAlreadyExists, "ID_TAKEN",
                   fmt::format("account_id: {} cannot be used; choose another id", wanted));
}

absl::Status InsertAccount(WriteTx& tx, storage::Account& account) {
  account.pseudonym = audit::NewPseudonym();
  account.created_at = account.updated_at = account.reviewed_at = tx.now();
  return storage::AccountStore(tx.db()).Insert(account);
}

absl::StatusOr<storage::Account> CreateAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               NewAccount wanted) {
  HF_ASSIGN_OR_RETURN(const storage::Holder owner, OwnerFor(tx, actor, wanted.owner));
  storage::Account account{.name = wanted.name,
                           .platform = wanted.platform,
                           .platform_id = wanted.platform_id,
                           .handle = wanted.handle,
                           .url = wanted.url,
                           .purpose = wanted.purpose,
                           .tier = wanted.tier == 0 ? kDefaultTier : wanted.tier,
                           .unit = wanted.unit,
                           .details = wanted.details};
  HF_ASSIGN_OR_RETURN(
      const auto decision,
      Authorize(tx, actor, Action::kAccountCreate,
                {.account = &account,
                 .subject = &owner,
                 .texts = {{"name", AccountName(wanted.name)}, {"tier", std::to_string(account.tier)}}}));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (repeat.has_value()) return AgainCreated(tx, actor, *repeat);
  HF_RETURN_IF_ERROR(FindAccessHolder(tx, owner.name, "account.owner").status());
  HF_ASSIGN_OR_RETURN(account.name, FreeId(tx, actor, Action::kAccountCreate, wanted.name));
  HF_RETURN_IF_ERROR(InsertAccount(tx, account));
  account.name = wanted.name;
  HF_RETURN_IF_ERROR(
      SetRelation(tx, account.id, owner.id, Relation::kOwner, request.reason, actor.holder.id));
  HF_RETURN_IF_ERROR(SetBackups(tx, actor, account, owner.id, wanted.backups, request.reason));
  HF_RETURN_IF_ERROR(CheckOwners(tx, account, /*before=*/{}));
  const Target target{.account = &account,
                      .subject = &owner,
                      .texts = {{"reason", request.reason},
                                {"name", AccountName(account.name)},
                                {"platform", account.platform},
                                {"tier", std::to_string(account.tier)},
                                {"owner", HolderName(owner.name)},
                                {"backups", JoinNames(wanted.backups)}}};
  tx.Record(EventFor(actor, Action::kAccountCreate, target, decision));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, std::to_string(account.id)));
  return account;
}

absl::StatusOr<storage::Account> UpdateAccount(WriteTx& tx, const Actor& actor, const Request& request,
                                               std::string_view name, const AccountChange& change,
                                               std::string_view etag) {
  HF_ASSIGN_OR_RETURN(storage::Account account, FindAccount(tx, actor, name, Action::kAccountUpdate));
  Target target{.account = &account, .texts = ChangeTexts(change, request)};
  if (change.owner) {
    HF_ASSIGN_OR_RETURN(target.texts["former-owner"], OwnerName(tx, account));
  }
  std::vector<audit::Event> events;
  HF_RETURN_IF_ERROR(AuthorizeChange(tx, actor, target, change, &AuthorizeToWait, events));
  HF_ASSIGN_OR_RETURN(const auto repeat, FindRepeat(tx, actor, request));
  if (!repeat.has_value()) {
    HF_RETURN_IF_ERROR(CheckEtag(etag, account.revision, AccountName(account.name)));
    HF_RETURN_IF_ERROR(CheckNotArchived(account));
    HF_RETURN_IF_ERROR(Rehearse(tx, actor, account, change, request.reason));
  }
  events.clear();
  HF_RETURN_IF_ERROR(AuthorizeChange(tx, actor, target, change, &Authorize, events));
  if (repeat.has_value()) return account;
  HF_RETURN_IF_ERROR(ApplyGuarded(tx, actor, account, change, request.reason));
  account.platform = change.platform.value_or(account.platform);
  account.handle = change.handle.value_or(account.handle);
  account.url = change.url.value_or(account.url);
  account.purpose = change.purpose.value_or(account.purpose);
  account.unit = change.unit.value_or(account.unit);
  account.details = change.details.value_or(account.details);
  account.updated_at = tx.now();
  ++account.revision;
  HF_RETURN_IF_ERROR(storage::AccountStore(tx.db()).Update(account));
  for (audit::Event& event : events) tx.Record(std::move(event));
  HF_RETURN_IF_ERROR(Remember(tx, actor, request, account.name));
  return account;
}

}  // namespace holdfast::custody
