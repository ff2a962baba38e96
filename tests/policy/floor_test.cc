// What no policy can permit: every role set, kind, status, key, relation, tier and circumstance, under a
// policy that permits everything to everybody. Written without the enumeration that the program itself uses.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <span>

#include "fmt/format.h"
#include "vault/policy/bundle.h"
#include "vault/policy/parse.h"

namespace holdfast::policy {
namespace {

using enum Action;

constexpr int kRoleSets = 16;
constexpr int kContexts = 64;

const Bundle& Anarchy() {
  static const Bundle* const bundle = [] {
    const Parsed parsed = Parse(
        "format = 1\nname = \"anarchy\"\n[[rule]]\nid = \"all\"\neffect = \"permit\"\nactions = [\"*\"]\n"
        "why = \"anything goes\"\n");
    EXPECT_TRUE(parsed.problems.empty()) << Listed(parsed.problems);
    return new Bundle(parsed.document);
  }();
  return *bundle;
}

Context ContextOf(int bits) {
  return {.person = "p-asks",
          .about_self = (bits & 1) != 0,
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

bool Is(const Facts& facts, Role role) { return HasRole(facts.subject.roles, role); }

std::string Describe(const Facts& f) {
  return fmt::format(
      "{} roles={} kind={} status={} key={} relation={} tier={}", ActionName(f.action), f.subject.roles,
      static_cast<int>(f.subject.kind), static_cast<int>(f.subject.status), static_cast<int>(f.subject.key),
      f.subject.relation.has_value() ? static_cast<int>(*f.subject.relation) : 0, f.resource.tier);
}

// Facts are bound once for all actions: that is what takes time.
void ForAllFacts(std::span<const Action> actions,
                 const std::function<void(const Facts&, const Verdict&)>& check) {
  for (const Subject& subject : AllSubjects()) {
    for (const int tier : {1, 2}) {
      for (int bits = 0; bits < kContexts; ++bits) {
        Facts facts{.subject = subject, .resource = {.tier = tier}, .context = ContextOf(bits)};
        const Values values = Anarchy().domains().Bind(facts);
        for (const Action action : actions) {
          facts.action = action;
          check(facts, Anarchy().Judge(action, values));
        }
      }
    }
  }
}

// Each: what never happens, and whether this is it.
struct Never {
  const char* what;
  std::function<bool(const Facts&)> happens;
};

const std::set<Action> kValues{kSecretReveal, kSecretCode, kSecretPut, kImport, kBreakGlassReveal};
const std::set<Action> kApprovals{kKeyConfirm, kApprovalApprove};
const std::set<Action> kAdministration{kHolderCreate,     kHolderEnroll,  kHolderUpdate,   kHolderSuspend,
                                       kHolderResume,     kGrantCreate,   kAccountSetTier, kAccountSetOwners,
                                       kSecretDestroy,    kSecretAttest,  kPolicyStage,    kPolicyActivate,
                                       kBreakGlassReveal, kBreakGlassVeto, kSecretRemove,  kExposureAdd,
                                       kHandoverDone,     kKeyRenew};

const std::vector<Never>& Nevers() {
  using F = const Facts&;
  static const auto* const nevers = new std::vector<Never>{
      {"a holder who is not active does something",
       [](F f) { return f.subject.status != HolderStatus::kActive; }},
      {"a revoked key does something", [](F f) { return f.subject.key == KeyState::kRevoked; }},
      {"an unconfirmed key approves or administers",
       [](F f) {
         return f.subject.key == KeyState::kUnconfirmed &&
                (kApprovals.contains(f.action) || kAdministration.contains(f.action));
       }},
      {"an unconfirmed key touches a value of tier 1",
       [](F f) {
         return f.subject.key == KeyState::kUnconfirmed && kValues.contains(f.action) && f.resource.tier == 1;
       }},
      {"a further device that nobody confirmed does anything but look at the vault's state",
       [](F f) {
         return f.subject.key == KeyState::kUnconfirmed && f.subject.key_is_additional &&
                f.action != kVaultRead;
       }},
      {"an unconfirmed device gains anything by a role but to look at the vault's state",
       [](F f) {
         return f.subject.key == KeyState::kUnconfirmed && f.action != kVaultRead &&
                (Is(f, Role::kSecurity) || Is(f, Role::kAuditor) || Is(f, Role::kOffboarding));
       }},
      {"an auditor or offboarding touches a value",
       [](F f) {
         return (Is(f, Role::kAuditor) || Is(f, Role::kOffboarding)) && kValues.contains(f.action);
       }},
      {"offboarding or a workflow approves",
       [](F f) {
         return (Is(f, Role::kOffboarding) || f.subject.kind == HolderKind::kWorkflow) &&
                kApprovals.contains(f.action);
       }},
      {"requester or subject approves",
       [](F f) {
         return f.action == kApprovalApprove &&
                (f.context.requested_by_self || f.context.about_self);
       }},
      {"the requester reviews",
       [](F f) { return f.action == kBreakGlassReview && f.context.requested_by_self; }},
      {"somebody confirms, resumes or qualifies themselves",
       [](F f) {
         return f.context.about_self &&
                (f.action == kKeyConfirm || f.action == kHolderResume || f.action == kHolderUpdate);
       }},
      {"the issuer confirms a key",
       [](F f) {
         return f.action == kKeyConfirm && f.context.requested_by_self &&
                !(f.context.sole_officer && f.context.about_officer);
       }},
      {"a handover of oneself", [](F f) { return f.action == kHandoverStart && f.context.about_self; }},
      {"access for oneself",
       [](F f) {
         return (f.action == kGrantCreate || f.action == kAccountSetOwners) && f.context.about_self &&
                f.subject.relation != Relation::kOwner;
       }},
      {"a successor approves",
       [](F f) { return f.action == kApprovalApprove && f.context.successor_is_self; }},
      {"a leaver, a workflow or a successor calls a handover off",
       [](F f) {
         return f.action == kHandoverCancel &&
                (f.context.about_self || f.subject.kind == HolderKind::kWorkflow ||
                 (f.context.successor_is_self && !f.context.sole_officer));
       }},
      {"somebody without the role changes the policy",
       [](F f) {
         return (f.action == kPolicyStage || f.action == kPolicyActivate) && !Is(f, Role::kSecurity);
       }},
  };
  return *nevers;
}

TEST(Floor, HoldsForEveryCombinationOfFactsUnderAPolicyThatPermitsEverything) {
  std::size_t permitted = 0;
  ForAllFacts(AllActions(), [&](const Facts& facts, const Verdict& verdict) {
    if (!verdict.permitted) return;
    ++permitted;
    for (const Never& never : Nevers()) {
      if (never.happens(facts)) ADD_FAILURE() << never.what << ": " << Describe(facts);
    }
  });
  EXPECT_GT(permitted, 0u);
}

TEST(Floor, MakesAPolicyTakeTwoAndABrokenGlassWait) {
  ForAllFacts({{kPolicyActivate}}, [](const Facts& facts, const Verdict& verdict) {
    if (verdict.permitted && verdict.obligations.approvals !=
                                 std::vector<ApprovalNeed>{{1, static_cast<int>(Approver::kSecurity)}})
      ADD_FAILURE() << Describe(facts);
  });
  ForAllFacts({{kBreakGlassRequest}}, [](const Facts& facts, const Verdict& verdict) {
    if (verdict.permitted && (!verdict.obligations.reason || verdict.obligations.wait.value_or(0) < kMinute))
      ADD_FAILURE() << Describe(facts);
  });
}

TEST(Actions, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Action action : AllActions()) {
    EXPECT_TRUE(names.insert(ActionName(action)).second) << ActionName(action);
    EXPECT_EQ(ActionOf(ActionName(action)), action);
  }
  EXPECT_EQ(ActionOf("secret.revel"), std::nullopt);
}

}  // namespace
}  // namespace holdfast::policy
