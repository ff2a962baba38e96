#include "vault/policy/lockout.h"

#include <fmt/format.h>

#include "vault/policy/duration.h"

namespace holdfast::policy {
namespace {

constexpr Micros kWeek = 7 * kDay;
constexpr int kApproversPerRole = 5;  // as many as a rule can ask for

// The walk through the week is needed only where the clock matters.
Micros LastMinute(const Bundle& bundle, Action action) {
  const bool by_clock = bundle.Tests(action, Attribute::kWeekday) || bundle.Tests(action, Attribute::kHours);
  return by_clock ? kWeek - kMinute : 0;
}

bool AllowedSometime(const Bundle& bundle, Action action, Role role, const std::vector<Vote>& votes) {
  Facts facts{.action = action};
  facts.subject.roles = static_cast<std::int64_t>(role);
  facts.subject.key = KeyState::kConfirmed;
  facts.context.person = "somebody";
  facts.context.votes = votes;
  facts.context.has_reason = facts.context.has_ticket = true;
  const Micros last = LastMinute(bundle, action);
  for (const bool qualified : {false, true}) {
    facts.subject.qualifications = qualified ? bundle.document().qualifications : std::vector<std::string>();
    for (const Micros age : {Micros{0}, kMaxDuration}) {
      facts.subject.key_age = age;
      for (facts.context.now = 0; facts.context.now <= last; facts.context.now += kMinute) {
        if (bundle.Decide(facts).allowed()) return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string LockOut(const Bundle& bundle) {
  std::vector<Vote> votes;
  for (const Role role : {Role::kSecurity, Role::kAuditor, Role::kMember}) {
    if (!AllowedSometime(bundle, Action::kApprovalApprove, role, {})) continue;
    for (int i = 0; i < kApproversPerRole; ++i)
      votes.push_back({.person = fmt::format("{}-{}", static_cast<int>(role), i),
                       .roles = static_cast<std::int64_t>(role)});
  }
  constexpr std::string_view kNobody = "locks everybody out: under it no security holder could ever";
  if (!AllowedSometime(bundle, Action::kPolicyStage, Role::kSecurity, votes))
    return fmt::format("{} stage another policy", kNobody);
  if (!AllowedSometime(bundle, Action::kApprovalApprove, Role::kSecurity, {}))
    return fmt::format("{} approve another policy", kNobody);
  if (!AllowedSometime(bundle, Action::kPolicyActivate, Role::kSecurity, votes))
    return fmt::format("{} activate another policy, whoever approves it", kNobody);
  if (!AllowedSometime(bundle, Action::kVaultConfirmRestore, Role::kSecurity, votes))
    return fmt::format("{} confirm a restore (vault.confirm-restore), without which a restored vault shows no value",
                       kNobody);
  return "";
}

}  // namespace holdfast::policy
