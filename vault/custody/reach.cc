#include "vault/custody/reach.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "vault/reach/explain.h"
#include "vault/storage/exposure_store.h"
#include "vault/storage/link_store.h"

namespace holdfast::custody {
namespace {

using reach::Node;
using reach::NodeKind;

constexpr std::string_view kSeed = "totp";

Node AccountNode(std::int64_t id) { return {.kind = NodeKind::kAccount, .id = id}; }
Node HolderNode(std::int64_t id) { return {.kind = NodeKind::kHolder, .id = id}; }

absl::StatusOr<std::vector<storage::AccountLink>> LinksTo(Tx& tx, const Node& node) {
  storage::LinkStore links(tx.db());
  return node.kind == NodeKind::kHolder ? links.ToHolder(node.id) : links.ToAccount(node.id);
}

// The links on every way from these nodes: not all that there are, which may be many more.
absl::StatusOr<std::vector<reach::Link>> LinksFrom(Tx& tx, std::vector<Node> waiting) {
  std::vector<reach::Link> links;
  std::set<Node> seen(waiting.begin(), waiting.end());
  while (!waiting.empty()) {
    const Node through = waiting.back();
    waiting.pop_back();
    HF_ASSIGN_OR_RETURN(const auto rows, LinksTo(tx, through));
    for (const storage::AccountLink& row : rows) {
      const Node account = AccountNode(row.account_id);
      links.push_back({account, row.kind, through});
      if (seen.insert(account).second) waiting.push_back(account);
    }
  }
  return links;
}

// The identity that was exposed to the version; of a value known from elsewhere, the first.
absl::StatusOr<std::string> NameOfKnower(Tx& tx, const std::vector<storage::Holder>& identities,
                                         std::int64_t secret_id, std::int64_t version) {
  for (const storage::Holder& identity : identities) {
    HF_ASSIGN_OR_RETURN(const auto exposures,
                        storage::ExposureStore(tx.db()).Of(identity.id, secret_id, version));
    if (!exposures.empty()) return identity.name;
  }
  return identities.front().name;
}

absl::StatusOr<std::string> NameOf(Tx& tx, const Node& node) {
  switch (node.kind) {
    case NodeKind::kAccount: {
      HF_ASSIGN_OR_RETURN(storage::Account account, LoadAccount(tx, node.id));
      return std::move(account.name);
    }
    case NodeKind::kHolder: {
      HF_ASSIGN_OR_RETURN(storage::Holder holder, LoadHolder(tx, node.id));
      return std::move(holder.name);
    }
  }
  return std::string();
}

}  // namespace

absl::Status Reach::AddKnown(const std::vector<storage::Holder>& identities, std::string_view person,
                             storage::KnownBy known_by) {
  storage::KnowledgeStore knowledge(tx_->db(), known_by);
  HF_ASSIGN_OR_RETURN(const auto secrets, knowledge.OpenByPerson(person));
  for (const std::int64_t secret_id : secrets) {
    HF_ASSIGN_OR_RETURN(const auto secret, storage::SecretStore(tx_->db()).ById(secret_id));
    if (!secret.has_value() || secret->kind == kSeed || openings_.contains(secret->account_id)) continue;
    HF_ASSIGN_OR_RETURN(const storage::TaskState state, knowledge.TaskStateOf(secret_id, person));
    if (state.open_versions.empty()) continue;  // all that they know of it was attested dead
    const std::int64_t version = state.open_versions.back();
    HF_ASSIGN_OR_RETURN(const std::string who, NameOfKnower(*tx_, identities, secret_id, version));
    HF_ASSIGN_OR_RETURN(const storage::Account account, LoadAccount(*tx_, secret->account_id));
    openings_[account.id] = fmt::format("{} knows {} v{} of {}", who, secret->name, version, account.name);
  }
  return absl::OkStatus();
}

absl::Status Reach::Close(const std::vector<storage::Holder>& identities) {
  std::vector<Node> opened;
  for (const auto& [account_id, why] : openings_) opened.push_back(AccountNode(account_id));
  for (const storage::Holder& identity : identities) opened.push_back(HolderNode(identity.id));
  HF_ASSIGN_OR_RETURN(auto links, LinksFrom(*tx_, opened));
  closure_ = reach::Graph(std::move(links)).Closure(std::move(opened));
  for (std::size_t i = 0; i < closure_.size(); ++i) {
    if (closure_[i].node.kind == NodeKind::kAccount)
      accounts_.push_back({.id = closure_[i].node.id, .position = i, .links = closure_[i].steps});
  }
  std::ranges::sort(accounts_, {}, &ReachedAccount::id);
  return absl::OkStatus();
}

absl::StatusOr<Reach> Reach::Of(Tx& tx, std::string_view person, storage::KnownBy known_by) {
  Reach reach(tx);
  HF_ASSIGN_OR_RETURN(const auto identities, storage::HolderStore(tx.db()).ByPerson(person));
  HF_RETURN_IF_ERROR(reach.AddKnown(identities, person, known_by));
  HF_RETURN_IF_ERROR(reach.Close(identities));
  return reach;
}

std::vector<ReachedAccount> Reach::After(std::int64_t id, std::size_t limit) const {
  const auto begin = std::ranges::upper_bound(accounts_, id, {}, &ReachedAccount::id);
  const auto left = static_cast<std::size_t>(accounts_.end() - begin);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(limit, left))};
}

absl::StatusOr<std::string> Reach::Explain(const ReachedAccount& account) const {
  const auto path = reach::PathTo(closure_, account.position);
  std::vector<std::string> names;
  for (const std::size_t index : path) {
    HF_ASSIGN_OR_RETURN(std::string name, NameOf(*tx_, closure_[index].node));
    names.push_back(std::move(name));
  }
  const Node& first = closure_[path.front()].node;
  const auto opening = openings_.find(first.id);
  const bool is_known = first.kind == NodeKind::kAccount && opening != openings_.end();
  return reach::Explain(closure_, path, is_known ? opening->second : std::string(), names);
}

std::vector<std::int64_t> Reach::AccountsOnPath(const ReachedAccount& account) const {
  std::vector<std::int64_t> ids;
  for (const std::size_t index : reach::PathTo(closure_, account.position)) {
    if (closure_[index].node.kind == NodeKind::kAccount) ids.push_back(closure_[index].node.id);
  }
  return ids;
}

absl::StatusOr<std::vector<std::string>> ReachWarnings(Tx& tx, const storage::Holder& holder) {
  const auto known_by = tx.dry_run() ? storage::KnownBy::kExposure : storage::KnownBy::kValue;
  HF_ASSIGN_OR_RETURN(const Reach reach, Reach::Of(tx, holder.person, known_by));
  std::vector<std::string> warnings;
  std::size_t more = 0;
  for (const ReachedAccount& account : reach.accounts()) {
    if (account.links == 0) continue;
    if (warnings.size() == kMaxReachWarnings) {
      ++more;
      continue;
    }
    HF_ASSIGN_OR_RETURN(const storage::Account row, LoadAccount(tx, account.id));
    HF_ASSIGN_OR_RETURN(const std::string path, reach.Explain(account));
    warnings.push_back(fmt::format("reaches {}: {}", row.name, path));
  }
  if (more > 0)
    warnings.push_back(
        fmt::format("reaches {} more accounts: holdfast exposure reach --holder {}", more, holder.name));
  return warnings;
}

}  // namespace holdfast::custody
