#include "vault/custody/approvers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "vault/custody/approvals.h"
#include "vault/custody/cut_approval.h"
#include "vault/custody/facts.h"
#include "vault/custody/sight.h"

namespace holdfast::custody {
namespace {

constexpr std::size_t kNamed = 4;
constexpr std::int64_t kOfficers = static_cast<std::int64_t>(Role::kSecurity);

// Somebody whose yes could count, as they are now.
struct Candidate {
  storage::Holder holder;
  std::optional<Relation> relation;
};

absl::StatusOr<std::vector<Candidate>> Candidates(Tx& tx, const storage::Holder& requester, const Target& target,
                                                  const std::set<std::string>& excluded) {
  std::vector<Candidate> candidates;
  HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ConfirmedOfOthers(
                                           kOfficers, requester.person, tx.now()));
  const bool has_account = target.account != nullptr && target.account->id != 0;
  for (const storage::DeviceKey& key : keys) {
    Actor other{.key = key};
    HF_ASSIGN_OR_RETURN(other.holder, LoadHolder(tx, key.holder_id));
    if (excluded.contains(other.holder.person)) continue;
    HF_ASSIGN_OR_RETURN(const policy::Decision may, Consider(tx, other, policy::Action::kApprovalApprove,
                                                             target, {.has_reason = true}));
    if (!may.allowed()) continue;
    Candidate candidate{.holder = other.holder};
    if (has_account) {
      HF_ASSIGN_OR_RETURN(candidate.relation, RelationTo(tx, *target.account, other.holder.id));
    }
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

std::string Either(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamed);
  const std::size_t more = names.size() - shown;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == shown && more == 0;
    text.append(i == 0 ? "" : last ? " or " : ", ").append(names[i]);
  }
  if (more > 0) text += fmt::format(" or {} other{}", more, more == 1 ? "" : "s");
  return text;
}

std::string Worded(const policy::ApprovalNeed& need, const std::vector<std::string>& names) {
  const auto count = static_cast<std::size_t>(need.count);
  if (names.size() < count)
    return fmt::format("{}, of whom {}", policy::Describe(need),
                       names.empty() ? "nobody is there now" : fmt::format("only {} are there now", Either(names)));
  return count == 1 ? Either(names) : fmt::format("{} of {}", count, Either(names));
}

}  // namespace

absl::StatusOr<std::vector<Approvers>> FindApprovers(Tx& tx, const storage::Holder& requester, const Target& target,
                                                     const std::vector<policy::ApprovalNeed>& needs,
                                                     const std::optional<storage::Approval>& waiting) {
  std::set<std::string> excluded{requester.person};
  if (target.subject != nullptr) excluded.insert(target.subject->person);
  if (target.handover != nullptr) {
    HF_ASSIGN_OR_RETURN(const auto gainers, GainersOf(tx, target.handover->id));
    excluded.insert(gainers.begin(), gainers.end());
  }
  policy::Context so_far{.person = requester.person};
  if (waiting.has_value()) {
    HF_ASSIGN_OR_RETURN(so_far.votes, CountedVotes(tx, *waiting, target.subject));
    for (const policy::Vote& vote : so_far.votes) excluded.insert(vote.person);
  }
  HF_ASSIGN_OR_RETURN(const auto candidates, Candidates(tx, requester, target, excluded));
  std::vector<Approvers> found;
  for (const policy::ApprovalNeed& whole : needs) {
    Approvers one{.need = {.count = policy::Lacking(whole, so_far), .who = whole.who}, .names = {}};
    if (one.need.count == 0) continue;
    std::set<std::string> persons;
    for (const Candidate& candidate : candidates) {
      if (policy::IsApprover(one.need.who, candidate.holder.roles, candidate.relation) &&
          persons.insert(candidate.holder.person).second)
        one.names.push_back(candidate.holder.name);
    }
    found.push_back(std::move(one));
  }
  return found;
}

absl::StatusOr<std::string> NameApprovers(Tx& tx, const Actor& reader, const storage::Holder& requester,
                                          const Target& target, const std::vector<policy::ApprovalNeed>& needs,
                                          const std::optional<storage::Approval>& waiting) {
  if (target.account != nullptr && target.account->id != 0) {
    HF_ASSIGN_OR_RETURN(const bool sees, Sees(tx, reader, *target.account));
    if (!sees) return std::string();
  }
  HF_ASSIGN_OR_RETURN(const auto found, FindApprovers(tx, requester, target, needs, waiting));
  std::string text;
  for (const Approvers& one : found)
    text.append(text.empty() ? "" : "; and by ").append(Worded(one.need, one.names));
  return text;
}

}  // namespace holdfast::custody
