// What a rule asks for in return.
#include <fmt/format.h>

#include <algorithm>

#include "vault/policy/names.h"
#include "vault/policy/parse_parts.h"

namespace holdfast::policy {
namespace {

constexpr std::string_view kKeys[] = {"reason", "ticket", "approvals", "approvers",
                                      "valid",  "uses",   "show",      "wait"};
constexpr std::string_view kApprovers[] = {"owner", "backup", "security", "auditor",
                                           "member"};  // bit n is the nth
static_assert(static_cast<int>(Approver::kOwner) == 1 && static_cast<int>(Approver::kMember) == 1 << 4);
constexpr int kMaxApprovals = 5;
constexpr int kMaxUses = 100;

int ReadApprovers(const TomlNode& array, Problems& problems) {
  int who = 0;
  const std::string example = "approvers = [\"owner\", \"security\"]";
  EachOnce(array, "\"approvers\"", example, problems,
           [&](const TomlNode& item) -> std::optional<std::string> {
             if (!Expect(item, TomlNode::Kind::kText, "each of \"approvers\"", problems)) return std::nullopt;
             const auto* const found = std::ranges::find(kApprovers, item.text);
             if (found == std::end(kApprovers)) {
               problems.Add(item.at, UnknownName("approver", item.text, kApprovers));
               return std::nullopt;
             }
             who |= 1 << (found - kApprovers);
             return item.text;
           });
  return who;
}

bool CanShow(Action action) {
  return action == Action::kSecretReveal || action == Action::kSecretCode ||
         ActionName(action).starts_with("break-glass.");
}
// What only reads has no request that could wait, and a yes that needs a yes would never end.
bool CanNeedApprovals(Action action) {
  return !OnlyReads(action) && action != Action::kApprovalApprove && action != Action::kApprovalWithdraw;
}
bool CanWait(Action action) { return action == Action::kBreakGlassRequest; }

// Complains about `key` when one of the actions does not pass `may`.
void Limit(const Fields& fields, std::string_view key, const std::vector<Action>& actions,
           bool (*may)(Action), std::string_view why, Problems& problems) {
  const TomlNode* const node = fields.Find(key);
  const auto other = std::ranges::find_if_not(actions, may);
  if (node == nullptr || other == actions.end()) return;
  problems.Add(node->key_at, fmt::format("\"{}\" {}, not {}", key, why, ActionName(*other)));
}

// A cut is about no single account, whose owners could be asked.
void LimitCut(const Fields& fields, const std::vector<Action>& actions, const Obligations& obligations,
              Problems& problems) {
  constexpr int kRelated = static_cast<int>(Approver::kOwner) | static_cast<int>(Approver::kBackup);
  const bool cuts = std::ranges::find(actions, Action::kHandoverCut) != actions.end();
  if (!cuts || obligations.approvals.empty() || (obligations.approvals.front().who & kRelated) == 0) return;
  problems.Add(fields.Find("approvals")->key_at,
               "handover.cut is about no single account: its approvers are security, auditor or member");
}

void ReadApprovals(const Fields& fields, Obligations& obligations, Problems& problems) {
  const TomlNode* const count = fields.Find("approvals");
  const TomlNode* const who = fields.Find("approvers");
  if (count != nullptr && who == nullptr)
    problems.Add(count->key_at, "\"approvals\" needs \"approvers\": whose yes counts");
  if (count == nullptr && who != nullptr)
    problems.Add(who->key_at, "\"approvers\" needs \"approvals\": how many of them");
  const auto number = fields.Number("approvals", 1, kMaxApprovals);
  const int bits = who == nullptr ? 0 : ReadApprovers(*who, problems);
  if (number.has_value() && bits != 0) obligations.approvals.push_back({static_cast<int>(*number), bits});
  for (const std::string_view key : {"valid", "uses"}) {
    const TomlNode* const node = fields.Find(key);
    if (count == nullptr && node != nullptr)
      problems.Add(node->key_at, fmt::format("\"{}\" is about approvals: it needs \"approvals\"", key));
  }
}

}  // namespace

Obligations ReadObligations(const TomlNode& table, const std::vector<Action>& actions, Problems& problems) {
  Obligations obligations;
  const Fields fields(table, "\"require\"", kKeys, problems);
  obligations.reason = fields.True("reason");
  obligations.ticket = fields.True("ticket");
  ReadApprovals(fields, obligations, problems);
  obligations.valid = fields.Duration("valid");
  if (const auto uses = fields.Number("uses", 1, kMaxUses); uses.has_value())
    obligations.uses = static_cast<int>(*uses);
  obligations.show = fields.Duration("show");
  obligations.wait = fields.Duration("wait");
  Limit(fields, "approvals", actions, CanNeedApprovals, "is for what changes something", problems);
  LimitCut(fields, actions, obligations, problems);
  Limit(fields, "show", actions, CanShow, "is for secret.reveal, secret.code and break-glass.*", problems);
  Limit(fields, "wait", actions, CanWait, "is for break-glass.request alone", problems);
  return obligations;
}

}  // namespace holdfast::policy
