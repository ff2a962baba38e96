#include "vault/custody/importing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/custody/access.h"
#include "vault/custody/accounts.h"
#include "vault/custody/import_run.h"
#include "vault/custody/knowers.h"
#include "vault/custody/limits.h"
#include "vault/custody/request_id.h"
#include "vault/custody/secrets.h"
#include "vault/custody/seeds.h"
#include "vault/custody/sight.h"
#include "vault/storage/exposure_store.h"
#include "vault/storage/grant_store.h"

namespace holdfast::custody {
namespace {

using policy::Action;

constexpr std::size_t kMaxSuffix = 1000;

struct OpenComponent {
  const ImportComponent* wanted = nullptr;
  std::vector<Plaintext> values;
};

bool IsKind(std::string_view kind) { return kind == "password" || kind == "note" || kind == "totp"; }

absl::Status CheckComponent(const ImportComponent& component, std::size_t index) {
  const std::string field = fmt::format("components[{}]", index);
  HF_RETURN_IF_ERROR(CheckId(field + ".secret", component.secret));
  if (!IsKind(component.kind)) return InvalidField(field + ".kind", "must be password, note or totp");
  if (component.values.empty() || component.values.size() > kMaxImportValues)
    return InvalidField(field + ".values", fmt::format("must be 1 to {}", kMaxImportValues));
  if (!component.in_use_since.empty() && component.in_use_since.size() != component.values.size())
    return InvalidField(field + ".in_use_times", "must be none, or as many as values");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OpenComponent>> OpenAll(const WriteTx& tx, const Actor& actor,
                                                   const Request& request, const ImportItem& item) {
  std::vector<OpenComponent> opened;
  for (std::size_t i = 0; i < item.components.size(); ++i) {
    const ImportComponent& component = item.components[i];
    OpenComponent open{.wanted = &component, .values = {}};
    std::int64_t position = 0;
    for (const Boxed& boxed : component.values) {
      const std::string field = fmt::format("components[{}].values[{}]", i, position);
      HF_ASSIGN_OR_RETURN(Plaintext value, OpenFromCaller(tx, actor,
                                                          {.purpose = "import",
                                                           .request_id = request.id,
                                                           .account = item.account,
                                                           .secret = component.secret,
                                                           .version = ++position},
                                                          boxed, field));
      HF_RETURN_IF_ERROR(CheckValueSize(value.size(), field));
      HF_RETURN_IF_ERROR(CheckFitsKind(component.secret, component.kind, value,
                                       fmt::format("components[{}].kind", i), field));
      open.values.push_back(std::move(value));
    }
    opened.push_back(std::move(open));
  }
  return opened;
}

// Of an account that the actor may not see a dry run tells nothing, and goes on without the id; the call itself must
// fail, and is on record.
absl::Status CheckSourceIdIsFree(WriteTx& tx, const Actor& actor, const storage::Account& unseen) {
  if (tx.dry_run()) return absl::OkStatus();
  RecordRefusal(tx, actor, Action::kImport, {.account = &unseen}, "account.id-taken");
  return MakeError(absl::StatusCode::kAlreadyExists, "ID_TAKEN", "source.id: cannot be used; import it without");
}

// Matched by the source's own id, else by what a person recognises it by: the first of several alike that has
// no id of the source, is no other item of the same run, and is known to the actor.
absl::StatusOr<std::optional<storage::Account>> FindImported(WriteTx& tx, const Actor& actor, ImportItem& item,
                                                             const ImportRun& run) {
  ImportSource& source = item.source;
  storage::AccountStore accounts(tx.db());
  if (!source.id.empty()) {
    HF_ASSIGN_OR_RETURN(auto by_id, accounts.BySourceId(source.system, source.id));
    if (by_id.has_value()) {
      HF_ASSIGN_OR_RETURN(const bool knows, Knows(tx, actor, *by_id));
      if (knows) return by_id;
      HF_RETURN_IF_ERROR(CheckSourceIdIsFree(tx, actor, *by_id));
      source.id.clear();
    }
  }
  HF_ASSIGN_OR_RETURN(auto alike,
                      accounts.BySourceKey(source.group, source.title, source.username, source.url));
  for (storage::Account& account : alike) {
    if (account.source != source.system || !account.source_id.empty() || run.Took(account.id)) continue;
    HF_ASSIGN_OR_RETURN(const bool knows, Knows(tx, actor, account));
    if (knows) return std::optional(std::move(account));
  }
  return std::optional<storage::Account>();
}

absl::StatusOr<std::string> FreeName(WriteTx& tx, const std::string& wanted) {
  storage::AccountStore accounts(tx.db());
  std::string name = wanted;
  for (std::size_t suffix = 2; suffix < kMaxSuffix; ++suffix) {
    HF_ASSIGN_OR_RETURN(const bool taken, accounts.IsTaken(name));
    if (!taken) return name;
    name = fmt::format("{}-{}", wanted.substr(0, 58), suffix);
  }
  return MakeError(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                   fmt::format("account_id: too many accounts are called {}", wanted));
}

// The account that the item would make.
storage::Account AccountOf(const ImportItem& item) {
  return {.name = item.account,
          .platform = item.platform,
          .handle = item.source.username,
          .url = item.source.url,
          .purpose = item.source.title,
          .tier = kDefaultTier,
          .unit = item.source.group,
          .state = item.archived ? AccountState::kArchived : AccountState::kActive,
          .source = item.source.system,
          .source_id = item.source.id,
          .source_group = item.source.group,
          .source_title = item.source.title,
          .source_username = item.source.username,
          .source_url = item.source.url,
          .details = item.details};
}

// By account and by each kind of secret that the item brings.
absl::StatusOr<Permit> AuthorizeItem(WriteTx& tx, const Actor& actor, const storage::Account& account,
                                     const ImportItem& item) {
  Target target{.account = &account, .texts = {{"title", item.source.title}}};
  HF_ASSIGN_OR_RETURN(Permit permit, Authorize(tx, actor, Action::kImport, target));
  std::set<std::string_view> kinds;
  for (const auto& component : item.components) kinds.insert(component.kind);
  for (const std::string_view kind : kinds) {
    const storage::Secret secret{.kind = std::string(kind)};
    target.secret = &secret;
    HF_ASSIGN_OR_RETURN(permit, Authorize(tx, actor, Action::kImport, target));
  }
  return permit;
}

// What an account gains that was there before is put in as by "secret put": whatever the policy asks of that, a reason
// and another's yes too, an import must not get around. It cannot give them, so it leaves the component to that command.
absl::Status AuthorizePut(WriteTx& tx, const Actor& actor, const storage::Account& account,
                          const ImportComponent& component) {
  const storage::Secret secret{.kind = component.kind};
  const Target target{.account = &account,
                      .secret = &secret,
                      .texts = {{"name", SecretResource(account.name, component.secret)}}};
  HF_ASSIGN_OR_RETURN(const policy::Decision put, Consider(tx, actor, Action::kSecretPut, target));
  const bool lacks = (put.obligations.reason && actor.request.reason.empty()) ||
                     (put.obligations.ticket && actor.request.ticket.empty());
  if (put.allowed() && !lacks) return absl::OkStatus();
  RecordRefusal(tx, actor, Action::kSecretPut, target, put.rule);
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "PUT_DENIED",
      fmt::format("account {} was there before and has no secret {}, and an import does not put it in (rule {}); use: "
                  "holdfast secret put {} {} --kind {}",
                  account.name, component.secret, put.rule, account.name, component.secret, component.kind));
  AddDetail(status, "rule", put.rule);
  return status;
}

absl::StatusOr<storage::Account> InsertImported(WriteTx& tx, const Actor& actor, const ImportItem& item,
                                                const storage::Holder& owner) {
  storage::Account account = AccountOf(item);
  HF_ASSIGN_OR_RETURN(account.name, FreeName(tx, item.account));
  HF_RETURN_IF_ERROR(InsertAccount(tx, account));
  HF_RETURN_IF_ERROR(SetRelation(tx, account.id, owner.id, Relation::kOwner, "import", actor.holder.id));
  HF_RETURN_IF_ERROR(CheckOwners(tx, account, /*before=*/{}));
  return account;
}

// Whether the newest value is the importer's. Who learns that it is knows the value: that is exposure.
absl::StatusOr<ImportOutcome> Compare(WriteTx& tx, const Actor& actor, const storage::Account& account,
                                      const storage::Secret& secret, const Plaintext& value) {
  HF_ASSIGN_OR_RETURN(const auto version,
                      storage::SecretStore(tx.db()).Version(secret.id, secret.current_version));
  if (!version.has_value() || !version->sealed.has_value()) return ImportOutcome::kDiffers;
  HF_ASSIGN_OR_RETURN(const Plaintext present, DecryptVersion(tx, account, secret, *version));
  if (!present.EqualsConstantTime(value)) return ImportOutcome::kDiffers;
  storage::ExposureStore exposures(tx.db());
  HF_ASSIGN_OR_RETURN(const bool known, exposures.HasSeen(actor.holder.person, secret.id, version->version));
  if (!known) {
    HF_RETURN_IF_ERROR(
        exposures.Record(actor.holder.id, secret.id, version->version, ExposureHow::kImported, tx.now()));
  }
  return ImportOutcome::kUnchanged;
}

// The owner of an account that was there; `otherwise` when it has none.
absl::StatusOr<storage::Holder> OwnerOf(WriteTx& tx, const storage::Account& account,
                                        const storage::Holder& otherwise) {
  HF_ASSIGN_OR_RETURN(const auto live, storage::GrantStore(tx.db()).LiveByAccount(account.id, tx.now()));
  for (const storage::Grant& grant : live)
    if (grant.relation == Relation::kOwner) return LoadHolder(tx, grant.holder_id);
  return otherwise;
}

// What the components of one item have in common.
struct ItemFrame {
  const storage::Account& account;
  bool is_new = false;
  const Permit& decision;
  Knowers& knowers;
};

// Puts a new component in, or compares the newest value with the one that is there. A dry run compares
// nothing: it would tell whether a guess is right and leave no exposure behind.
absl::StatusOr<ImportOutcome> ImportOne(WriteTx& tx, const Actor& actor, const ItemFrame& frame,
                                        const OpenComponent& component) {
  const storage::Account& account = frame.account;
  HF_ASSIGN_OR_RETURN(auto secret,
                      storage::SecretStore(tx.db()).ByName(account.id, component.wanted->secret));
  if (secret.has_value() && tx.dry_run()) return ImportOutcome::kNotCompared;
  if (secret.has_value()) {
    HF_ASSIGN_OR_RETURN(const ImportOutcome outcome,
                        Compare(tx, actor, account, *secret, component.values.back()));
    if (outcome == ImportOutcome::kUnchanged) HF_RETURN_IF_ERROR(frame.knowers.RecordNewest(tx, *secret));
    return outcome;
  }
  if (!frame.is_new) {
    HF_RETURN_IF_ERROR(CheckNotArchived(account));
    HF_RETURN_IF_ERROR(AuthorizePut(tx, actor, account, *component.wanted));
  }
  HF_ASSIGN_OR_RETURN(secret, InsertSecret(tx, account, component.wanted->secret, component.wanted->kind));
  const auto& since = component.wanted->in_use_since;
  for (std::size_t i = 0; i < component.values.size(); ++i) {
    HF_RETURN_IF_ERROR(StoreVersion(tx, actor, account, *secret, component.values[i], ExposureHow::kImported,
                                    since.empty() ? std::nullopt : since[i])
                           .status());
  }
  HF_RETURN_IF_ERROR(frame.knowers.RecordAll(tx, *secret));
  audit::Event event = EventFor(actor, Action::kImport,
                                {.account = &account,
                                 .secret = &*secret,
                                 .version = secret->current_version,
                                 .texts = {{"name", SecretResource(account.name, secret->name)}}},
                                frame.decision);
  event.type = "import.secret";
  tx.Record(std::move(event));
  return ImportOutcome::kCreated;
}

std::vector<std::string> DifferingFields(const storage::Account& account, const ImportItem& item) {
  std::vector<std::string> fields;
  if (account.handle != item.source.username) fields.emplace_back("handle");
  if (account.url != item.source.url) fields.emplace_back("url");
  if ((account.state == AccountState::kArchived) != item.archived) fields.emplace_back("state");
  const auto is_there = [&](const storage::AccountDetail& detail) {
    return std::ranges::count(account.details, detail) > 0;
  };
  if (!std::ranges::all_of(item.details, is_there)) fields.emplace_back("details");
  return fields;
}

std::string_view Word(ImportOutcome outcome) {
  switch (outcome) {
    case ImportOutcome::kCreated:
      return "put in";
    case ImportOutcome::kUnchanged:
      return "equal";
    case ImportOutcome::kDiffers:
      return "differs";
    case ImportOutcome::kNotCompared:
      return "not compared";
  }
  return "";
}

Bytes AllValues(const std::vector<OpenComponent>& components) {
  std::size_t size = 0;
  for (const OpenComponent& component : components) {
    for (const Plaintext& value : component.values) size += sizeof(std::uint32_t) + value.size();
  }
  Bytes all;
  all.reserve(size);  // growing would leave copies behind in freed memory
  for (const OpenComponent& component : components) {
    for (const Plaintext& value : component.values) AppendField(all, value.ExposeSecret());
  }
  return all;
}

ImportOutcome Overall(const Imported& imported, bool is_new) {
  if (is_new) return ImportOutcome::kCreated;
  if (!imported.differing_fields.empty() ||
      std::ranges::count(imported.components, ImportOutcome::kDiffers) > 0)
    return ImportOutcome::kDiffers;
  // The real run may find a difference.
  if (std::ranges::count(imported.components, ImportOutcome::kNotCompared) > 0)
    return ImportOutcome::kNotCompared;
  return std::ranges::count(imported.components, ImportOutcome::kCreated) > 0 ? ImportOutcome::kCreated
                                                                              : ImportOutcome::kUnchanged;
}

}  // namespace

absl::Status CheckImportItem(const ImportItem& item) {
  HF_RETURN_IF_ERROR(CheckLine("source.system", item.source.system, kMaxSourceSystem, /*required=*/true));
  HF_RETURN_IF_ERROR(CheckLine("source.id", item.source.id, kMaxSourceId, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("source.group", item.source.group, kMaxUnit, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("source.title", item.source.title, kMaxSourceTitle, /*required=*/true));
  HF_RETURN_IF_ERROR(CheckLine("source.username", item.source.username, kMaxHandle, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("source.url", item.source.url, kMaxUrl, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("platform", item.platform, kMaxPlatform, /*required=*/true));
  HF_RETURN_IF_ERROR(CheckRequestId("run_id", item.run));
  HF_RETURN_IF_ERROR(CheckId("account_id", item.account));
  HF_RETURN_IF_ERROR(CheckDetails("details", item.details));
  if (item.known_by.size() > kMaxKnownBy)
    return InvalidField("known_by", fmt::format("must be at most {}", kMaxKnownBy));
  if (item.known_by_nobody && !item.known_by.empty())
    return InvalidField("known_by", "must be empty when nobody knows the values");
  if (item.components.size() > kMaxImportSecrets)
    return InvalidField("components", fmt::format("must be at most {}", kMaxImportSecrets));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < item.components.size(); ++i) {
    HF_RETURN_IF_ERROR(CheckComponent(item.components[i], i));
    if (!names.insert(item.components[i].secret).second)
      return InvalidField(fmt::format("components[{}].secret", i), "comes twice");
  }
  return absl::OkStatus();
}

absl::StatusOr<Imported> Import(WriteTx& tx, const Actor& actor, const Request& request, ImportItem item) {
  HF_ASSIGN_OR_RETURN(ImportRun run, ImportRun::Of(tx, actor, request, item));
  HF_ASSIGN_OR_RETURN(auto account, FindImported(tx, actor, item, run));
  // Comparing tells the importer whether a value is the one they have: each comparison is on the record too.
  HF_ASSIGN_OR_RETURN(const Permit decision,
                      AuthorizeItem(tx, actor, account.has_value() ? *account : AccountOf(item), item));
  HF_RETURN_IF_ERROR(run.CheckIsAnother());
  HF_ASSIGN_OR_RETURN(const storage::Holder owner,
                      FindAccessHolder(tx, item.owner.empty() ? actor.holder.name : item.owner, "owner"));
  HF_ASSIGN_OR_RETURN(const auto components, OpenAll(tx, actor, request, item));
  Bytes values = AllValues(components);
  const auto repeat = FindRepeat(tx, actor, request, values);
  const absl::Status remembered =
      repeat.ok() && !repeat->has_value() ? Remember(tx, actor, request, "", values) : repeat.status();
  Wipe(values);
  HF_RETURN_IF_ERROR(remembered);
  const bool is_new = !account.has_value();
  if (is_new) {
    HF_ASSIGN_OR_RETURN(account, InsertImported(tx, actor, item, owner));
  }
  Target target{.account = &*account,
                .subject = is_new ? &owner : nullptr,
                .texts = {{"title", item.source.title},
                          {"name", is_new ? AccountName(account->name) : ""},
                          {"state", is_new && item.archived ? "archived" : ""}}};
  HF_ASSIGN_OR_RETURN(const storage::Holder present_owner, is_new ? owner : OwnerOf(tx, *account, owner));
  HF_ASSIGN_OR_RETURN(Knowers knowers, Knowers::Find(tx, actor, item, present_owner));
  const ItemFrame frame{.account = *account, .is_new = is_new, .decision = decision, .knowers = knowers};
  Imported imported;
  for (const OpenComponent& component : components) {
    HF_ASSIGN_OR_RETURN(const ImportOutcome outcome, ImportOne(tx, actor, frame, component));
    imported.components.push_back(outcome);
    if (is_new) continue;
    std::string& compared = target.texts["compared"];
    compared.append(compared.empty() ? "" : ", ")
        .append(component.wanted->secret)
        .append(": ")
        .append(Word(outcome));
  }
  tx.Record(EventFor(actor, Action::kImport, target, decision));
  knowers.RecordEvents(tx, actor, target, decision);
  if (!is_new) imported.differing_fields = DifferingFields(*account, item);
  imported.outcome = Overall(imported, is_new);
  if (!is_new || !tx.dry_run()) imported.account = account->name;
  HF_RETURN_IF_ERROR(run.Keep(tx, actor, account->id, is_new));
  return imported;
}

}  // namespace holdfast::custody
