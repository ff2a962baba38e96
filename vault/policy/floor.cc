#include "vault/policy/floor.h"

#include <cstdlib>

#include "vault/policy/parse.h"

namespace holdfast::policy {
namespace {

constexpr std::string_view kText = R"toml(
format = 1
name = "floor"

[[rule]]
id = "floor.inactive"
effect = "forbid"
actions = ["*"]
unless = { status = ["active"] }
why = "the holder is suspended, leaving or gone"

[[rule]]
id = "floor.revoked-key"
effect = "forbid"
actions = ["*"]
when = { key = ["revoked"] }
why = "the key was revoked"

# An enrollment string can be used by whoever handed it out: a key that nobody else vouched for administers
# and approves nothing.
[[rule]]
id = "floor.unconfirmed-key"
effect = "forbid"
actions = ["vault.set-custodian", "holder.create", "holder.enroll", "holder.update", "holder.set-roles", "holder.suspend",
  "holder.resume", "holder.confirm-suspension", "key.confirm", "key.renew", "account.set-tier", "account.set-owners", "account.archive",
  "account.unarchive", "account.review", "account.link", "account.unlink", "grant.create", "secret.destroy",
  "secret.attest", "secret.remove", "exposure.add", "import.item", "handover.done",
  "handover.close", "approval.approve", "break-glass.request",
  "break-glass.veto", "break-glass.reveal", "break-glass.review", "policy.stage", "policy.activate",
  "vault.confirm-restore"]
when = { key = ["unconfirmed"] }
why = "the key is not confirmed yet: somebody other than its issuer must confirm its fingerprint"

[[rule]]
id = "floor.unconfirmed-key-tier-1"
effect = "forbid"
actions = ["secret.reveal", "secret.code", "secret.put", "account.update", "grant.revoke", "approval.withdraw"]
when = { key = ["unconfirmed"], tier = [1] }
why = "the key is not confirmed yet: somebody other than its issuer must confirm its fingerprint"

# A further device of somebody who has one could be anybody's who got hold of the string.
[[rule]]
id = "floor.unconfirmed-further-key"
effect = "forbid"
actions = ["holder.*", "key.*", "account.*", "grant.*", "secret.*", "exposure.*", "import.*", "handover.*", "approval.*",
  "break-glass.*", "finding.*", "policy.*", "audit.*"]
when = { key = ["unconfirmed"], additional_key = true }
why = "the key is not confirmed yet: somebody other than its issuer must confirm its fingerprint"

[[rule]]
id = "floor.unconfirmed-starts-nothing"
effect = "forbid"
actions = ["handover.start", "handover.start-many", "handover.cut", "handover.cancel", "key.revoke"]
when = { key = ["unconfirmed"] }
why = "the key is not confirmed yet: somebody other than its issuer must confirm its fingerprint"

# What a role gives reaches every account and everybody: a stolen string must not be an officer's hand or eye.
[[rule]]
id = "floor.unconfirmed-role"
effect = "forbid"
actions = ["holder.*", "key.*", "account.*", "grant.*", "secret.*", "exposure.*", "import.*", "handover.*", "approval.*",
  "break-glass.*", "finding.*", "policy.*", "audit.*"]
when = { key = ["unconfirmed"], role = ["security", "auditor", "offboarding"] }
why = "the key is not confirmed yet: somebody other than its issuer must confirm its fingerprint"

[[rule]]
id = "floor.auditor-touches-no-value"
effect = "forbid"
actions = ["secret.reveal", "secret.code", "secret.put", "import.item", "break-glass.request", "break-glass.reveal"]
when = { role = ["auditor"] }
why = "an auditor reveals and puts in nothing"

[[rule]]
id = "floor.offboarding-touches-no-value"
effect = "forbid"
actions = ["secret.reveal", "secret.code", "secret.put", "import.item", "break-glass.request", "break-glass.reveal"]
when = { role = ["offboarding"] }
why = "an offboarding identity reveals and puts in nothing"

[[rule]]
id = "floor.offboarding-approves-nothing"
effect = "forbid"
actions = ["key.confirm", "holder.confirm-suspension", "approval.approve", "policy.activate"]
when = { role = ["offboarding"] }
why = "an offboarding identity approves nothing"

[[rule]]
id = "floor.workflow-approves-nothing"
effect = "forbid"
actions = ["key.confirm", "holder.confirm-suspension", "approval.approve", "policy.activate",
  "break-glass.review", "vault.confirm-restore"]
when = { holder = ["workflow"] }
why = "only a person approves"

[[rule]]
id = "floor.requester-is-not-approver"
effect = "forbid"
actions = ["approval.approve", "break-glass.review", "holder.confirm-suspension"]
when = { requested_by_self = true }
why = "whoever asked for it cannot approve it"

# The first officer has nobody yet to ask: alone, one may confirm one more officer.
[[rule]]
id = "floor.issuer-does-not-confirm"
effect = "forbid"
actions = ["key.confirm"]
when = { requested_by_self = true }
unless = { sole_officer = true }
why = "whoever handed out the enrollment string cannot confirm the key"

[[rule]]
id = "floor.issuer-does-not-confirm-members"
effect = "forbid"
actions = ["key.confirm"]
when = { requested_by_self = true }
unless = { about_officer = true }
why = "whoever handed out the enrollment string cannot confirm the key"

[[rule]]
id = "floor.successor-approves-nothing"
effect = "forbid"
actions = ["approval.approve"]
when = { successor_is_self = true }
why = "whoever would gain by it cannot approve it"

[[rule]]
id = "floor.nobody-vouches-for-themselves"
effect = "forbid"
actions = ["key.confirm", "holder.resume", "holder.update", "holder.set-roles",
  "holder.confirm-suspension", "approval.approve"]
when = { about_self = true }
why = "nobody confirms, approves, resumes or qualifies themselves"

[[rule]]
id = "floor.no-access-for-oneself"
effect = "forbid"
actions = ["grant.create", "account.set-owners"]
when = { about_self = true }
unless = { relation = ["owner"] }
why = "nobody gives themselves access to an account"

[[rule]]
id = "floor.nobody-settles-their-own-task"
effect = "forbid"
actions = ["handover.done"]
when = { about_self = true }
why = "somebody else must say that what you know is of no use"

[[rule]]
id = "floor.nobody-unlinks-themselves"
effect = "forbid"
actions = ["account.unlink"]
when = { about_self = true }
why = "somebody else must say that your phone, login or app opens the account no more"

[[rule]]
id = "floor.no-handover-of-oneself"
effect = "forbid"
actions = ["handover.start", "handover.cut", "handover.cancel"]
when = { about_self = true }
why = "somebody else must start, cut and cancel your handover"

# Besides, what the floor or a policy forbids or requires of the cut, it does of calling it off.
[[rule]]
id = "floor.successor-cancels-nothing"
effect = "forbid"
actions = ["handover.cancel"]
when = { successor_is_self = true }
unless = { sole_officer = true }
why = "whoever would take over does not call it off"

[[rule]]
id = "floor.person-cancels"
effect = "forbid"
actions = ["handover.cancel"]
when = { holder = ["workflow"] }
why = "only a person calls a handover off"

[[rule]]
id = "floor.cancel-says-why"
effect = "require"
actions = ["handover.cancel"]
require = { reason = true }
why = "a handover that is called off says why"

# Nobody alone makes somebody an officer, or takes that away.
[[rule]]
id = "floor.officers-by-two"
effect = "require"
actions = ["holder.set-roles"]
when = { about_officer = true }
require = { reason = true, approvals = 1, approvers = ["security", "member"] }
why = "the role security is given and taken by two"

# A program that runs wild, or is driven by an attacker, must not empty the organisation.
[[rule]]
id = "floor.many-leave-by-two"
effect = "require"
actions = ["handover.start-many"]
require = { reason = true, approvals = 1, approvers = ["security"], valid = "24h", uses = 100 }
why = "a workflow freezes more people than a day's number only with one yes over the rest"

# What changes the rules takes two of those who answer for them.
[[rule]]
id = "floor.policy-by-security"
effect = "forbid"
actions = ["policy.stage", "policy.activate"]
unless = { role = ["security"] }
why = "only security changes the policy"

[[rule]]
id = "floor.policy-by-two"
effect = "require"
actions = ["policy.activate"]
require = { reason = true, approvals = 1, approvers = ["security"] }
why = "a policy takes effect by two distinct security holders"

# Officers must look at what a restore undid before any value leaves the vault.
[[rule]]
id = "floor.restore-by-security"
effect = "forbid"
actions = ["vault.confirm-restore"]
unless = { role = ["security"] }
why = "only security confirms a restore"

[[rule]]
id = "floor.break-glass-says-why"
effect = "require"
actions = ["break-glass.request"]
require = { reason = true, wait = "1m", show = "30m" }
why = "a broken glass says why, and leaves time to object"
)toml";

}  // namespace

std::string_view FloorText() { return kText; }

const Document& Floor() {
  static const Document* const floor = [] {
    Parsed parsed = Parse(kText);
    if (!parsed.problems.empty()) std::abort();
    return new Document(std::move(parsed.document));
  }();
  return *floor;
}

}  // namespace holdfast::policy
