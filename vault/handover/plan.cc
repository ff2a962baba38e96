#include "vault/handover/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "vault/custody/access.h"

namespace holdfast::handover {
namespace {

using custody::Tx;
using storage::ChosenBy;

bool CanOwn(const storage::Holder& holder, const storage::Holder& leaver) {
  return custody::MayHaveAccess(holder) && holder.person != leaver.person;
}

// The longest-standing backup owner who can take over.
absl::StatusOr<std::optional<storage::Holder>> BackupOf(Tx& tx, const storage::Account& account,
                                                        const storage::Holder& leaver) {
  HF_ASSIGN_OR_RETURN(const auto grants, storage::GrantStore(tx.db()).LiveByAccount(account.id, tx.now()));
  for (const storage::Grant& grant : grants) {
    if (grant.relation != Relation::kBackup) continue;
    HF_ASSIGN_OR_RETURN(storage::Holder holder, custody::LoadHolder(tx, grant.holder_id));
    if (CanOwn(holder, leaver)) return std::optional(std::move(holder));
  }
  return std::optional<storage::Holder>();
}

absl::StatusOr<bool> IsBackup(Tx& tx, const storage::Account& account, const storage::Holder& holder) {
  HF_ASSIGN_OR_RETURN(const auto grant, storage::GrantStore(tx.db()).Live(account.id, holder.id, tx.now()));
  return grant.has_value() && grant->relation == Relation::kBackup;
}

// A line of the map, else the person named for all; nobody when neither says anything.
void TakeChosen(const Choice& choice, PlannedAccount& planned) {
  if (const auto line = choice.by_account.find(planned.account.id); line != choice.by_account.end()) {
    planned.successor = line->second;
    planned.chosen_by = ChosenBy::kMap;
  } else if (choice.named.has_value()) {
    planned.successor = choice.named;
    planned.chosen_by = ChosenBy::kNamed;
  }
}

absl::Status ChooseOwner(Tx& tx, const storage::Holder& leaver, const Choice& choice, PlannedAccount& planned,
                         Plan& plan) {
  const auto stake = [&] {
    if (plan.unvetted_tier == 0 || planned.account.tier < plan.unvetted_tier)
      plan.unvetted_tier = planned.account.tier;
  };
  TakeChosen(choice, planned);
  if (planned.successor.has_value()) {
    HF_ASSIGN_OR_RETURN(planned.vetted, IsBackup(tx, planned.account, *planned.successor));
    plan.successor_unvetted = plan.successor_unvetted || !planned.vetted;
    if (!planned.vetted) stake();
    return absl::OkStatus();
  }
  HF_ASSIGN_OR_RETURN(planned.successor, BackupOf(tx, planned.account, leaver));
  planned.chosen_by = ChosenBy::kBackup;
  planned.vetted = planned.successor.has_value();
  if (planned.vetted) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(planned.successor, custody::Custodian(tx));
  planned.chosen_by = ChosenBy::kCustodian;
  stake();
  if (CanOwn(*planned.successor, leaver)) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "NO_SUCCESSOR",
      fmt::format("nobody can take over account {}: it has no active backup owner, and the custodian {} is "
                  "the leaver or not active; name a successor",
                  planned.account.name, planned.successor->name));
}

// By account; of each the strongest relation first.
absl::StatusOr<std::map<std::int64_t, std::vector<storage::Grant>>> GrantsOf(Tx& tx, std::string_view person) {
  std::map<std::int64_t, std::vector<storage::Grant>> by_account;
  HF_ASSIGN_OR_RETURN(const auto identities, IdentitiesOf(tx, person));
  for (const storage::Holder& identity : identities) {
    HF_ASSIGN_OR_RETURN(const auto grants,
                        storage::GrantStore(tx.db()).LiveByHolder(identity.id, tx.now()));
    for (const storage::Grant& grant : grants) by_account[grant.account_id].push_back(grant);
  }
  for (auto& [account_id, grants] : by_account)
    std::ranges::stable_sort(grants, {}, [](const storage::Grant& grant) { return grant.relation; });
  return by_account;
}

}  // namespace

storage::KnowledgeStore KnowledgeOf(Tx& tx) {
  return storage::KnowledgeStore(tx.db(),
                                 tx.dry_run() ? storage::KnownBy::kExposure : storage::KnownBy::kValue);
}

absl::StatusOr<std::vector<storage::Holder>> IdentitiesOf(Tx& tx, std::string_view person) {
  HF_ASSIGN_OR_RETURN(auto identities, storage::HolderStore(tx.db()).ByPerson(person));
  std::erase_if(identities, [](const storage::Holder& one) { return one.kind != HolderKind::kPerson; });
  return identities;
}

absl::StatusOr<std::vector<storage::Holder>> WorkflowsOf(Tx& tx, std::string_view person) {
  HF_ASSIGN_OR_RETURN(auto workflows, storage::HolderStore(tx.db()).ByPerson(person));
  std::erase_if(workflows, [](const storage::Holder& one) {
    return one.kind != HolderKind::kWorkflow || one.status == HolderStatus::kLeft;
  });
  return workflows;
}

absl::StatusOr<Plan> MakePlan(Tx& tx, const storage::Holder& leaver, const Choice& choice) {
  HF_RETURN_IF_ERROR(CheckChoice(leaver, choice));
  Plan plan;
  HF_ASSIGN_OR_RETURN(const auto grants, GrantsOf(tx, leaver.person));
  for (const auto& [account_id, held] : grants) {
    HF_ASSIGN_OR_RETURN(storage::Account account, custody::LoadAccount(tx, account_id));
    PlannedAccount planned{.account = std::move(account), .grant = held.front()};
    for (std::size_t i = 1; i < held.size(); ++i) planned.more_grants.push_back(held[i]);
    if (planned.grant.relation == Relation::kOwner)
      HF_RETURN_IF_ERROR(ChooseOwner(tx, leaver, choice, planned, plan));
    plan.accounts.push_back(std::move(planned));
  }
  HF_ASSIGN_OR_RETURN(plan.secrets, KnowledgeOf(tx).OpenByPerson(leaver.person));
  HF_ASSIGN_OR_RETURN(const storage::Holder custodian, custody::Custodian(tx));
  plan.moves_custodian = custodian.person == leaver.person;
  if (plan.moves_custodian && !choice.named.has_value()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "NO_SUCCESSOR",
        fmt::format("{} is the organisational custodian: name a successor, who becomes it", custodian.name));
  }
  return plan;
}

}  // namespace holdfast::handover
