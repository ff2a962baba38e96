#include "vault/handover/successors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/custody/access.h"
#include "vault/custody/holders.h"
#include "vault/storage/grant_store.h"

namespace holdfast::handover {
namespace {

using custody::Actor;
using custody::Tx;

std::string FieldOf(std::size_t line, std::string_view field) {
  return fmt::format("successors[{}].{}", line, field);
}

absl::StatusOr<storage::Holder> FindSuccessor(Tx& tx, const storage::Holder& leaver, const std::string& name,
                                              const std::string& field) {
  HF_ASSIGN_OR_RETURN(storage::Holder holder, custody::FindAccessHolder(tx, name, field));
  if (holder.person == leaver.person) return InvalidField(field, "is the leaver");
  return holder;
}

// One that the actor may not see is none to them.
absl::StatusOr<std::optional<storage::Account>> SeenAccount(Tx& tx, const Actor& actor, const std::string& name) {
  HF_ASSIGN_OR_RETURN(auto account, storage::AccountStore(tx.db()).ByName(name));
  if (!account.has_value()) return std::optional<storage::Account>();
  HF_ASSIGN_OR_RETURN(const bool sees, custody::Sees(tx, actor, *account));
  return sees ? std::move(account) : std::nullopt;
}

absl::StatusOr<bool> Owns(Tx& tx, const storage::Holder& leaver, const storage::Account& account) {
  HF_ASSIGN_OR_RETURN(const auto grants, storage::GrantStore(tx.db()).LiveByAccount(account.id, tx.now()));
  for (const storage::Grant& grant : grants) {
    if (grant.relation != Relation::kOwner) continue;
    HF_ASSIGN_OR_RETURN(const storage::Holder owner, custody::LoadHolder(tx, grant.holder_id));
    return owner.person == leaver.person;
  }
  return false;
}

// The lines as rows, each checked in its turn.
class Lines {
 public:
  Lines(Tx& tx, const Actor& actor, const storage::Holder& leaver) : tx_(tx), actor_(actor), leaver_(leaver) {}

  absl::Status Add(std::size_t line, const AccountSuccessor& wanted) {
    const std::string field = FieldOf(line, "account");
    HF_ASSIGN_OR_RETURN(const auto account, SeenAccount(tx_, actor_, wanted.account));
    if (!account.has_value()) return InvalidField(field, fmt::format("there is no account {}", wanted.account));
    if (by_account_.contains(account->id))
      return InvalidField(field, fmt::format("account {} has a line already", wanted.account));
    HF_ASSIGN_OR_RETURN(const bool owns, Owns(tx_, leaver_, *account));
    if (!owns)
      return InvalidField(field, fmt::format("account {} is not owned by {}", wanted.account, leaver_.name));
    HF_ASSIGN_OR_RETURN(storage::Holder successor,
                        FindSuccessor(tx_, leaver_, wanted.successor, FieldOf(line, "successor")));
    by_account_.emplace(account->id, std::move(successor));
    return absl::OkStatus();
  }
  std::map<std::int64_t, storage::Holder> Take() { return std::move(by_account_); }

 private:
  Tx& tx_;
  const Actor& actor_;
  const storage::Holder& leaver_;
  std::map<std::int64_t, storage::Holder> by_account_;
};

absl::Status CheckStands(const storage::Holder& leaver, const storage::Holder& successor) {
  if (custody::MayHaveAccess(successor) && successor.person != leaver.person) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "SUCCESSOR_INACTIVE",
                   fmt::format("{} cannot take over: {} {}", successor.name, successor.name,
                               successor.status == HolderStatus::kActive ? "never has access to accounts"
                                                                         : custody::StatusWords(successor.status)));
}

}  // namespace

absl::StatusOr<Choice> FindChoice(Tx& tx, const Actor& actor, const storage::Holder& leaver,
                                  const Wanted& wanted) {
  if (wanted.successors.size() > kMaxSuccessors)
    return InvalidField("successors", fmt::format("has more than {} lines", kMaxSuccessors));
  Choice choice;
  if (!wanted.to.empty()) {
    HF_ASSIGN_OR_RETURN(choice.named, FindSuccessor(tx, leaver, wanted.to, "to"));
  }
  Lines lines(tx, actor, leaver);
  for (std::size_t i = 0; i < wanted.successors.size(); ++i)
    HF_RETURN_IF_ERROR(lines.Add(i, wanted.successors[i]));
  choice.by_account = lines.Take();
  return choice;
}

absl::StatusOr<Choice> ChoiceOf(Tx& tx, const storage::Handover& row) {
  Choice choice;
  if (row.named_successor.has_value()) {
    HF_ASSIGN_OR_RETURN(choice.named, custody::LoadHolder(tx, *row.named_successor));
  }
  HF_ASSIGN_OR_RETURN(const auto lines, storage::HandoverStore(tx.db()).Choices(row.id));
  for (const storage::HandoverChoice& line : lines) {
    HF_ASSIGN_OR_RETURN(storage::Holder successor, custody::LoadHolder(tx, line.successor_id));
    choice.by_account.emplace(line.account_id, std::move(successor));
  }
  return choice;
}

absl::Status KeepChoice(custody::WriteTx& tx, const storage::Handover& row, const Choice& choice) {
  for (const auto& [account_id, successor] : choice.by_account)
    HF_RETURN_IF_ERROR(storage::HandoverStore(tx.db()).AddChoice(
        {.handover_id = row.id, .account_id = account_id, .successor_id = successor.id}));
  return absl::OkStatus();
}

absl::Status CheckChoice(const storage::Holder& leaver, const Choice& choice) {
  if (choice.named.has_value()) HF_RETURN_IF_ERROR(CheckStands(leaver, *choice.named));
  for (const auto& [account_id, successor] : choice.by_account)
    HF_RETURN_IF_ERROR(CheckStands(leaver, successor));
  return absl::OkStatus();
}

}  // namespace holdfast::handover
