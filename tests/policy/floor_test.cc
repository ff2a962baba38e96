// What no combination of facts may permit: every role set, kind, status, key, relation, tier and
// circumstance.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "fmt/format.h"
#include "vault/policy/rules.h"

namespace holdfast::policy {
namespace {

using enum Action;

constexpr int kRoleSets = 16;
constexpr int kContexts = 64;
constexpr Action kLastAction = kAuditRead;

Context ContextOf(int bits) {
  return {.about_self = (bits & 1) != 0,
          .requested_by_self = (bits & 2) != 0,
          .sole_officer = (bits & 4) != 0,
          .about_officer = (bits & 8) != 0,
          .successor_unvetted = (bits & 16) != 0,
          .successor_is_self = (bits & 32) != 0};
}

std::vector<Subject> AllSubjects() {
  std::vector<Subject> subjects;
  for (int roles = 0; roles < kRoleSets; ++roles) {
    for (const auto kind : {HolderKind::kPerson, HolderKind::kWorkflow}) {
      for (const auto status :
           {HolderStatus::kActive, HolderStatus::kSuspended, HolderStatus::kLeaving, HolderStatus::kLeft}) {
        for (const auto key : {KeyState::kUnconfirmed, KeyState::kConfirmed, KeyState::kRevoked}) {
          for (const int relation : {0, 1, 2, 3}) {
            Subject subject{
                .roles = roles, .kind = kind, .status = status, .key = key, .relation = std::nullopt};
            if (relation != 0) subject.relation = static_cast<Relation>(relation);
            subjects.push_back(subject);
            if (key != KeyState::kUnconfirmed) continue;
            subject.key_is_additional = true;
            subjects.push_back(subject);
          }
        }
      }
    }
  }
  return subjects;
}

using Check = std::function<void(const Facts&, const Decision&)>;

void ForAllFacts(const Check& check) {
  for (const Subject& subject : AllSubjects()) {
    for (const int tier : {1, 2}) {
      for (int bits = 0; bits < kContexts; ++bits) {
        const Resource resource{tier};
        const Context context = ContextOf(bits);
        for (int action = 0; action <= static_cast<int>(kLastAction); ++action) {
          const Facts facts{subject, static_cast<Action>(action), resource, context};
          check(facts, Decide(subject, facts.action, resource, context));
        }
      }
    }
  }
}

std::string Describe(const Facts& f) {
  return fmt::format("{} roles={} kind={} status={} key={} relation={} tier={}", ActionName(f.action),
                     f.subject.roles, static_cast<int>(f.subject.kind), static_cast<int>(f.subject.status),
                     static_cast<int>(f.subject.key), f.Related() ? static_cast<int>(*f.subject.relation) : 0,
                     f.resource.tier);
}

// Everything at once, as going through all facts is what takes time.
TEST(Floor, HoldsForEveryCombinationOfFacts) {
  const std::set<Action> values{kSecretReveal, kSecretPut, kImport};
  const std::set<Action> approvals{kHandoverApprove, kKeyConfirm};
  const std::set<Action> administers{kHolderCreate, kHolderEnroll,   kHolderSuspend,
                                     kHolderResume, kAccountSetTier, kAccountSetOwners,
                                     kGrantCreate,  kSecretDestroy,  kSecretRetire};
  std::size_t allowed = 0;
  ForAllFacts([&](const Facts& f, const Decision& decision) {
    if (decision.effect == Effect::kDeny) return;
    ++allowed;
    const Subject& who = f.subject;
    const bool confirmed = who.key == KeyState::kConfirmed;
    const bool touches_value = values.contains(f.action);
    const bool approves = approvals.contains(f.action);
    const auto never = [&](bool happened, const char* what) {
      if (happened) ADD_FAILURE() << what << ": " << Describe(f) << " by " << decision.rule;
    };
    never(who.status != HolderStatus::kActive, "a holder who is not active does something");
    never(who.key == KeyState::kRevoked, "a revoked key does something");
    never(!confirmed && approves, "an unconfirmed key approves");
    never(!confirmed && administers.contains(f.action), "an unconfirmed key administers");
    never(!confirmed && f.action == kSecretReveal && f.resource.tier == 1,
          "an unconfirmed key reveals tier 1");
    never(f.Is(Role::kAuditor) && touches_value, "an auditor touches a value");
    never(f.Is(Role::kOffboarding) && (touches_value || approves), "offboarding touches a value or approves");
    never(who.kind == HolderKind::kWorkflow && approves, "a workflow approves");
    never(f.action == kSecretReveal && !f.Related(), "a reveal without a relation to the account");
    never(f.action == kHandoverApprove && (f.context.requested_by_self || f.context.about_self),
          "requester or leaver approves a handover");
    never(f.action == kKeyConfirm && f.context.about_self, "somebody confirms their own key");
    never(f.action == kKeyConfirm && f.context.requested_by_self &&
              !(f.context.sole_officer && f.context.about_officer),
          "the issuer confirms a key");
    never(f.action == kHandoverStart && f.context.about_self, "a handover of oneself");
    never(f.action == kGrantCreate && f.context.about_self && !f.Stands(Relation::kOwner),
          "access for oneself");
    never(f.action == kHandoverCut && f.context.successor_unvetted && !f.Is(Role::kSecurity) &&
              decision.effect == Effect::kAllow,
          "an owner picked without security");
    never(f.action == kHandoverCut && f.context.successor_unvetted && f.context.successor_is_self &&
              decision.effect == Effect::kAllow,
          "somebody names themselves to take over, and it goes through");
    never(f.action == kHandoverApprove && f.context.successor_is_self, "a successor approves");
    never(who.key == KeyState::kUnconfirmed && who.key_is_additional && touches_value,
          "a further device that nobody confirmed touches a value");
  });
  EXPECT_GT(allowed, 0u);
}

TEST(Decide, LetsForbidsBeatPermitsWhateverElseApplies) {
  ForAllFacts([](const Facts& f, const Decision& decision) {
    bool forbidden = false, pending = false, permitted = false;
    for (const Rule& rule : Rules()) {
      if (!rule.applies(f)) continue;
      forbidden |= rule.effect == Effect::kDeny;
      pending |= rule.effect == Effect::kPending;
      permitted |= rule.effect == Effect::kAllow;
    }
    const Effect expected = forbidden ? Effect::kDeny
                            : pending ? Effect::kPending
                                      : (permitted ? Effect::kAllow : Effect::kDeny);
    if (decision.effect != expected) ADD_FAILURE() << Describe(f) << " by " << decision.rule;
  });
}

TEST(Actions, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (int action = 0; action <= static_cast<int>(kLastAction); ++action)
    EXPECT_TRUE(names.insert(ActionName(static_cast<Action>(action))).second) << action;
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace holdfast::policy
