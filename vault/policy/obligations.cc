#include "vault/policy/obligations.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace holdfast::policy {
namespace {

constexpr std::pair<Approver, std::string_view> kApprovers[] = {{Approver::kOwner, "owner"},
                                                                {Approver::kBackup, "backup"},
                                                                {Approver::kSecurity, "security"},
                                                                {Approver::kAuditor, "auditor"},
                                                                {Approver::kMember, "member"}};

constexpr int Bit(Approver approver) { return static_cast<int>(approver); }

std::string Names(int who) {
  std::string names;
  for (const auto& [approver, name] : kApprovers) {
    if ((who & Bit(approver)) != 0) names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

// Whoever meets `strict` meets `loose`.
bool Covers(const ApprovalNeed& strict, const ApprovalNeed& loose) {
  return strict.count >= loose.count && (strict.who & ~loose.who) == 0;
}

void AddNeed(std::vector<ApprovalNeed>& needs, const ApprovalNeed& added) {
  if (std::ranges::any_of(needs, [&](const ApprovalNeed& need) { return Covers(need, added); })) return;
  std::erase_if(needs, [&](const ApprovalNeed& need) { return Covers(added, need); });
  const auto place = std::ranges::find_if(needs, [&](const ApprovalNeed& need) {
    return std::pair(need.who, need.count) > std::pair(added.who, added.count);
  });
  needs.insert(place, added);
}

template <class T, class Better>
void Stricter(std::optional<T>& into, const std::optional<T>& other, Better better) {
  if (other.has_value() && (!into.has_value() || better(*other, *into))) into = other;
}

}  // namespace

void Merge(Obligations& into, const Obligations& other) {
  into.reason = into.reason || other.reason;
  into.ticket = into.ticket || other.ticket;
  for (const ApprovalNeed& need : other.approvals) AddNeed(into.approvals, need);
  Stricter(into.valid, other.valid, std::less<>());
  Stricter(into.uses, other.uses, std::less<>());
  Stricter(into.show, other.show, std::less<>());
  Stricter(into.wait, other.wait, std::greater<>());
}

bool IsApprover(int who, std::int64_t roles, std::optional<Relation> relation) {
  const auto named = [who](Approver approver) { return (who & Bit(approver)) != 0; };
  return (named(Approver::kOwner) && relation == Relation::kOwner) ||
         (named(Approver::kBackup) && relation == Relation::kBackup) ||
         (named(Approver::kSecurity) && HasRole(roles, Role::kSecurity)) ||
         (named(Approver::kAuditor) && HasRole(roles, Role::kAuditor)) ||
         (named(Approver::kMember) && HasRole(roles, Role::kMember));
}

std::string Describe(const ApprovalNeed& need) {
  return fmt::format("{} of {}", need.count, Names(need.who));
}

int Lacking(const ApprovalNeed& need, const Context& context) {
  std::set<std::string_view> persons;
  for (const Vote& vote : context.votes) {
    if (vote.gains || vote.person == context.person || vote.kind != HolderKind::kPerson) continue;
    if (vote.status != HolderStatus::kActive || HasRole(vote.roles, Role::kOffboarding)) continue;
    if (IsApprover(need.who, vote.roles, vote.relation)) persons.insert(vote.person);
  }
  return std::max(0, need.count - static_cast<int>(persons.size()));
}

std::vector<std::string> Missing(const Obligations& obligations, const Context& context) {
  std::vector<std::string> missing;
  if (obligations.reason && !context.has_reason) missing.emplace_back("reason");
  if (obligations.ticket && !context.has_ticket) missing.emplace_back("ticket");
  for (const ApprovalNeed& need : obligations.approvals) {
    const int lacking = Lacking(need, context);
    if (lacking > 0) missing.push_back(fmt::format("approval by {} of {}", lacking, Names(need.who)));
  }
  return missing;
}

}  // namespace holdfast::policy
