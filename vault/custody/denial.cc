#include "vault/custody/denial.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "vault/custody/access_end.h"
#include "vault/custody/facts.h"
#include "vault/policy/explain.h"

namespace holdfast::custody {
namespace {

using policy::Action;

constexpr std::size_t kNeedsTold = 3;

absl::Status Denied(std::string_view rule, const std::string& message) {
  absl::Status status = MakeError(absl::StatusCode::kPermissionDenied, "DENIED", message);
  AddDetail(status, "rule", rule);
  return status;
}

// Rows that callers name by a number. A denial about one is in the words of one about none.
bool IsNumbered(Action action) {
  const std::string_view name = policy::ActionName(action);
  return name.starts_with("approval.") || (name.starts_with("handover.") && !name.starts_with("handover.start")) ||
         (name.starts_with("break-glass.") && action != Action::kBreakGlassRequest);
}

// "role auditor (now member)", of "needs role auditor; is member"; "" of other conditions, which would tell more of
// what the action is about than its account.
std::string NeedInWords(std::string_view fails, bool with_fact) {
  constexpr std::string_view kNeeds = "needs ";
  constexpr std::string_view kIs = "; is ";
  if (!fails.starts_with("needs role ") && !fails.starts_with("needs relation ")) return "";
  const std::size_t at = fails.rfind(kIs);
  const std::string_view need = fails.substr(kNeeds.size(), at - kNeeds.size());
  return with_fact ? fmt::format("{} (now {})", need, fails.substr(at + kIs.size())) : std::string(need);
}

// What would have to be otherwise. `seen`: the account, if the actor may see it; else nullptr.
absl::StatusOr<std::vector<std::string>> NeedsOf(Tx& tx, const Actor& actor, Action action,
                                                 const storage::Account* seen) {
  HF_ASSIGN_OR_RETURN(const policy::Facts facts, GatherFacts(tx, actor, action, {.account = seen}, {}));
  const policy::Explanation explanation = policy::Explain(tx.policy().bundle, facts);
  std::vector<std::string> needs;
  for (const policy::NearMiss& miss : explanation.near_misses) {
    std::string words;
    for (const std::string& fails : miss.fails) {
      const std::string need = NeedInWords(fails, seen != nullptr);
      if (!need.empty()) words += (words.empty() ? "" : " and ") + need;
    }
    if (!words.empty() && needs.size() < kNeedsTold && std::ranges::find(needs, words) == needs.end())
      needs.push_back(std::move(words));
  }
  return needs;
}

absl::Status DeniedByNone(Tx& tx, const Actor& actor, Action action, const storage::Account* seen) {
  HF_ASSIGN_OR_RETURN(const auto needs, NeedsOf(tx, actor, action, seen));
  const std::string of = seen == nullptr ? "" : fmt::format(" of {}", seen->name);
  const std::string why = needs.empty() ? "" : fmt::format(": it needs {}", fmt::join(needs, ", or "));
  return Denied(kDefaultDeny, fmt::format("nothing permits you {}{}{}", policy::ActionName(action), of, why));
}

// To whoever had it: they know that there is such an account.
absl::Status AccessEnded(const storage::Account& account, Micros ended) {
  return Denied(kDefaultDeny, fmt::format("your access to {} ended at {}: ask its owner if you need it again",
                                          account.name, FormatTime(ended)));
}

bool IsRow(const auto* row) { return row != nullptr && row->id != 0; }

}  // namespace

absl::Status DeniedByRule(const policy::Decision& decision) {
  return Denied(decision.rule, fmt::format("denied: {} (rule {})", decision.why, decision.rule));
}

absl::Status DeniedUnseen(const policy::Decision& decision) {
  if (decision.rule != kDefaultDeny) return DeniedByRule(decision);
  return Denied(decision.rule,
                "nothing permits this to you, or there is no such thing: check the ids that you typed, or ask the "
                "account's owner or your security team");
}

absl::Status DenialOf(Tx& tx, const Actor& actor, Action action, const Target& target,
                      const policy::Decision& decision) {
  const bool by_none = decision.rule == kDefaultDeny;
  const storage::Account* seen = nullptr;
  if (IsRow(target.account)) {
    HF_ASSIGN_OR_RETURN(const auto ended, AccessEndedAt(tx, *target.account, actor.holder.id));
    if (ended.has_value() && by_none && !IsNumbered(action)) return AccessEnded(*target.account, *ended);
    HF_ASSIGN_OR_RETURN(const bool sees, Sees(tx, actor, *target.account));
    if (sees) seen = target.account;
  }
  if (!by_none) return DeniedByRule(decision);
  if (IsNumbered(action)) return DeniedByNone(tx, actor, action, nullptr);
  if (IsRow(target.subject)) {
    HF_ASSIGN_OR_RETURN(const policy::Decision any, Consider(tx, actor, Action::kHolderRead, {}));
    if (!any.allowed()) return DeniedUnseen(any);
  }
  return DeniedByNone(tx, actor, action, seen);
}

}  // namespace holdfast::custody
