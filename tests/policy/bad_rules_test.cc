// Rules and assertions that are wrong: one fault each, its exact message and place.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/policy_text.h"
#include "vault/policy/fields.h"

namespace holdfast::policy {
namespace {

std::vector<BadPolicy> BadRules() {
  return {
      {Instead("id", ""), "3:1: a rule has no \"id\": a name of its own, as in \"reveal.tier-1\""},
      {Instead("id", "id = 7"), "4:6: \"id\" is a text in quotes, not a whole number"},
      {Instead("id", "id = \"\""), "4:6: the id is empty"},
      {Instead("id", "id = \"reveal tier\""),
       "4:6: id \"reveal tier\" is not a name: a-z and 0-9 first, then also . _ -"},
      {Instead("id", "id = \".a\""), "4:6: id \".a\" is not a name: a-z and 0-9 first, then also . _ -"},
      {Instead("id", "id = \"A\""), "4:6: id \"A\" is written \"a\": names are lower case"},
      {Instead("id", "id = \"\320\260\""), "4:6: id \"\\u{430}\" has U+0430 in it; names are ASCII"},
      {Instead("id", "id = \"floor.a\""),
       "4:6: ids that begin with \"floor.\" are those of the rules that no policy can loosen"},
      {Instead("id", "id = \"default.a\""), "4:6: ids that begin with \"default.\" are the vault's own"},
      {Instead("id", "id = \"host.a\""), "4:6: ids that begin with \"host.\" are the vault's own"},
      {Also("[[never]]\nid = \"a\"\nactions = [\"*\"]\nwhy = \"b\"\n"),
       "9:6: id \"a\" is taken: first at 4:6"},
      {Also("[[never]]\nid = \"b\"\neffect = \"forbid\"\nactions = [\"*\"]\nwhy = \"b\"\n"),
       "10:1: unknown key of an assertion: \"effect\"; allowed: id, actions, when, unless, why"},
      {Also("[[never]]\nid = \"b\"\nactions = [\"*\"]\nrequire = { reason = true }\nwhy = \"b\"\n"),
       "11:1: unknown key of an assertion: \"require\"; allowed: id, actions, when, unless, why"},
      {Also("[[never]]\nid = \"b\"\nactions = [\"*\"]\n"),
       "8:1: an assertion has no \"why\": say it to whoever meets the rule"},
      {Instead("effect", ""), "3:1: a rule has no \"effect\": permit, forbid or require"},
      {Instead("effect", "effect = true"), "5:10: \"effect\" is a text in quotes, not true or false"},
      {Instead("effect", "effect = \"Permit\""), "5:10: effect \"Permit\" is written \"permit\""},
      {Instead("effect", "effect = \"allow\""),
       "5:10: unknown effect \"allow\"; allowed: permit, forbid, require"},
      {Instead("effect", "effect = \"permti\""),
       "5:10: unknown effect \"permti\"; did you mean \"permit\"?; allowed: permit, forbid, require"},
      {Instead("effect", "effect = \"require\""),
       "3:1: a rule that requires has no \"require\": what it asks for"},
      {Instead("actions", ""), "3:1: a rule has no \"actions\": as in actions = [\"secret.reveal\"]"},
      {Instead("actions", "actions = \"secret.reveal\""),
       "6:11: \"actions\" is an array, as in actions = [\"secret.reveal\"], not a text in quotes"},
      {Instead("actions", "actions = []"), "6:11: \"actions\" is an empty array"},
      {Instead("actions", "actions = [1]"),
       "6:12: each of \"actions\" is a text in quotes, not a whole number"},
      {Instead("actions", "actions = [\"secret.revael\"]"),
       "6:12: unknown action \"secret.revael\"; did you mean \"secret.reveal\"?; allowed: secret.read, "
       "secret.put, secret.reveal, secret.code, secret.attest, secret.destroy, secret.remove"},
      {Instead("actions", "actions = [\"secret.open\"]"),
       "6:12: unknown action \"secret.open\"; did you mean \"secret.put\"?; allowed: secret.read, "
       "secret.put, secret.reveal, secret.code, secret.attest, secret.destroy, secret.remove"},
      {Instead("actions", "actions = [\"open\"]"),
       "6:12: unknown action \"open\"; allowed: those of vault.*, holder.*, key.*, account.*, grant.*, "
       "secret.*, exposure.*, import.*, handover.*, approval.*, break-glass.*, finding.*, policy.*, audit.*"},
      {Instead("actions", "actions = [\"Secret.Reveal\"]"),
       "6:12: action \"Secret.Reveal\" is written \"secret.reveal\""},
      {Instead("actions", "actions = [\"s\320\265cret.reveal\"]"),
       "6:12: action \"s\\u{435}cret.reveal\" has U+0435 in it; names are ASCII; did you mean "
       "\"secret.reveal\"?; allowed: those of vault.*, holder.*, key.*, account.*, grant.*, secret.*, "
       "exposure.*, import.*, handover.*, approval.*, break-glass.*, finding.*, policy.*, audit.*"},
      {Instead("actions", "actions = [\"*\", \"secret.reveal\"]"),
       "6:12: \"*\" is every action: it stands alone"},
      {Instead("actions", "actions = [\"secret.re*\"]"),
       "6:12: no actions \"secret.re*\": \"*\" stands alone or for all of a group, as in \"secret.*\"; "
       "allowed: those of vault.*, holder.*, key.*, account.*, grant.*, secret.*, exposure.*, import.*, "
       "handover.*, approval.*, break-glass.*, finding.*, policy.*, audit.*"},
      {Instead("actions", "actions = [\"secret.reveal\", \"secret.reveal\"]"),
       "6:29: \"actions\" has \"secret.reveal\" twice: first at 6:12"},
      {Instead("actions", "actions = [\"secret.reveal\", \"secret.*\"]"),
       "6:29: secret.reveal is in both \"secret.reveal\" and \"secret.*\""},
      {Instead("why", ""), "3:1: a rule has no \"why\": say it to whoever meets the rule"},
      {Instead("why", "why = [\"b\"]"), "7:7: \"why\" is a text in quotes, not an array"},
      {Instead("why", "why = \" \""), "7:7: \"why\" is empty: say it to whoever meets the rule"},
      {Instead("why", "why = \"a\\nb\""),
       "7:7: \"why\" has U+000A in it: it is one line, all of it to be seen"},
      {Instead("why", "why = \"\\u202e\""),
       "7:7: \"why\" has U+202E in it: it is one line, all of it to be seen"},
      {Instead("why", "why = \"" + std::string(kMaxWhyBytes + 1, 'w') + "\""),
       "7:7: \"why\" has 301 bytes, more than 300"},
      {Also("wen = { tier = [1] }"),
       "8:1: unknown key of a rule: \"wen\"; did you mean \"when\"?; allowed: id, effect, actions, when, "
       "unless, require, why"},
      {Also("reason = true"),
       "8:1: unknown key of a rule: \"reason\"; allowed: id, effect, actions, when, unless, require, why"},
      {Also("when = true"), "8:8: \"when\" is a table, not true or false"},
      {Also("when = {}"), "8:8: \"when\" is empty: leave it out"},
      {Also("unless = {}"), "8:10: \"unless\" is empty: leave it out"},
      {Also("require = {}"), "8:11: \"require\" is empty: leave it out"},
  };
}

std::vector<BadPolicy> BadObligations() {
  return {
      {Also("require = true"), "8:11: \"require\" is a table, not true or false"},
      {Also("require = { reasons = true }"),
       "8:13: unknown key of \"require\": \"reasons\"; did you mean \"reason\"?; allowed: reason, ticket, "
       "approvals, approvers, valid, uses, show, wait"},
      {Also("require = { reason = \"yes\" }"), "8:22: \"reason\" is true or false, not a text in quotes"},
      {Also("require = { ticket = false }"),
       "8:22: \"ticket\" = false takes nothing back from other rules: leave it out"},
      {Also("require = { approvals = 1 }"), "8:13: \"approvals\" needs \"approvers\": whose yes counts"},
      {Also("require = { approvers = [\"owner\"] }"),
       "8:13: \"approvers\" needs \"approvals\": how many of them"},
      {Also("require = { approvals = 0, approvers = [\"owner\"] }"), "8:25: \"approvals\" is 1 to 5, not 0"},
      {Also("require = { approvals = 6, approvers = [\"owner\"] }"), "8:25: \"approvals\" is 1 to 5, not 6"},
      {Also("require = { approvals = 1, approvers = [] }"), "8:40: \"approvers\" is an empty array"},
      {Also("require = { approvals = 1, approvers = \"owner\" }"),
       "8:40: \"approvers\" is an array, as in approvers = [\"owner\", \"security\"], not a text in quotes"},
      {Also("require = { approvals = 1, approvers = [\"offboarding\"] }"),
       "8:41: unknown approver \"offboarding\"; allowed: owner, backup, security, auditor, member"},
      {Also("require = { approvals = 1, approvers = [\"Owner\"] }"),
       "8:41: approver \"Owner\" is written \"owner\""},
      {Also("require = { approvals = 1, approvers = [\"owner\", \"owner\"] }"),
       "8:50: \"approvers\" has \"owner\" twice: first at 8:41"},
      {Also("require = { reason = true, valid = \"4h\" }"),
       "8:28: \"valid\" is about approvals: it needs \"approvals\""},
      {Also("require = { reason = true, uses = 1 }"),
       "8:28: \"uses\" is about approvals: it needs \"approvals\""},
      {Also("require = { approvals = 1, approvers = [\"owner\"], uses = 0 }"),
       "8:58: \"uses\" is 1 to 100, not 0"},
      {Also("require = { approvals = 1, approvers = [\"owner\"], uses = 101 }"),
       "8:58: \"uses\" is 1 to 100, not 101"},
      {Also("require = { approvals = 1, approvers = [\"owner\"], valid = 4 }"),
       "8:59: \"valid\" is a duration, as in \"90d\", not a whole number"},
      {Also("require = { show = \"10\" }"),
       "8:20: \"show\": duration \"10\" has no unit; a whole number and one of s, m, h, d, as in \"90d\", 1s "
       "to 3650d"},
      {Also("require = { wait = \"1h\" }"),
       "8:13: \"wait\" is for break-glass.request alone, not secret.reveal"},
      {ReadOnly("require = { approvals = 1, approvers = [\"owner\"] }"),
       "8:13: \"approvals\" is for what changes something, not account.read"},
      {Instead("actions", "actions = [\"approval.approve\"]") +
           "require = { approvals = 1, approvers = [\"security\"] }\n",
       "8:13: \"approvals\" is for what changes something, not approval.approve"},
      {Instead("actions", "actions = [\"handover.cut\"]") +
           "require = { approvals = 2, approvers = [\"security\", \"owner\"] }\n",
       "8:13: handover.cut is about no single account: its approvers are security, auditor or member"},
      {ReadOnly("require = { show = \"10m\" }"),
       "8:13: \"show\" is for secret.reveal, secret.code and break-glass.*, not account.read"},
      {Forbid("require = { reason = true }"),
       "8:1: a rule that forbids asks for nothing: it has no \"require\""},
  };
}

TEST(BadRules, HaveEachTheirOwnMessageAtTheirOwnPlace) { ExpectEachItsOwn(BadRules()); }

TEST(BadObligations, HaveEachTheirOwnMessageAtTheirOwnPlace) { ExpectEachItsOwn(BadObligations()); }

}  // namespace
}  // namespace holdfast::policy
