// Conditions that are wrong: one fault each, its exact message and place.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/policy_text.h"

namespace holdfast::policy {
namespace {

std::vector<BadPolicy> BadConditions() {
  return {
      {Also("when = { teir = [1] }"),
       "8:10: unknown condition \"teir\"; did you mean \"tier\"?; allowed: role, qualification, holder, "
       "status, key, additional_key, key_age, relation, tier, platform, unit, secret_kind, account, version, "
       "owners, rotation_age, weekday, hours, reason, ticket, in_handover, about_self, about_officer, "
       "requested_by_self, sole_officer, successor_unvetted, successor_is_self"},
      {Also("when = { Tier = [1] }"), "8:10: condition \"Tier\" is written \"tier\""},
      {Also("when = { colour = [\"red\"] }"),
       "8:10: unknown condition \"colour\"; allowed: role, qualification, holder, status, key, "
       "additional_key, key_age, relation, tier, platform, unit, secret_kind, account, version, owners, "
       "rotation_age, weekday, hours, reason, ticket, in_handover, about_self, about_officer, "
       "requested_by_self, sole_officer, successor_unvetted, successor_is_self"},
      {Also("when = { tier = 1 }"), "8:17: \"tier\" is an array, as in tier = [1], not a whole number"},
      {Also("when = { tier = [] }"), "8:17: \"tier\" is an empty array"},
      {Also("when = { tier = [4] }"), "8:18: no tier 4; allowed: none, 1, 2, 3"},
      {Also("when = { tier = [\"1\"] }"), "8:18: each of \"tier\" is a whole number, not a text in quotes"},
      {Also("when = { tier = [1, 1] }"), "8:21: \"tier\" has \"1\" twice: first at 8:18"},
      {Also("when = { owners = [4] }"), "8:20: no owners 4; allowed: 0, 1, 2, 3"},
      {Also("when = { owners = [\"none\"] }"),
       "8:20: each of \"owners\" is a whole number, not a text in quotes"},
      {Also("when = { role = [\"Security\"] }"), "8:18: role \"Security\" is written \"security\""},
      {Also("when = { role = [\"secruity\"] }"),
       "8:18: unknown role \"secruity\"; did you mean \"security\"?; allowed: security, auditor, "
       "offboarding, member"},
      {Also("when = { role = [\"\321\225ecurity\"] }"),
       "8:18: role \"\\u{455}ecurity\" has U+0455 in it; names are ASCII; did you mean \"security\"?; "
       "allowed: security, auditor, offboarding, member"},
      {Also("when = { role = [\"boss\"] }"),
       "8:18: unknown role \"boss\"; allowed: security, auditor, offboarding, member"},
      {Also("when = { role = [true] }"), "8:18: each of \"role\" is a text in quotes, not true or false"},
      {Also("when = { relation = [\"friend\"] }"),
       "8:22: unknown relation \"friend\"; allowed: none, owner, backup, grantee"},
      {Also("when = { status = [\"actve\"] }"),
       "8:20: unknown status \"actve\"; did you mean \"active\"?; allowed: active, suspended, leaving, left"},
      {Also("when = { weekday = [\"Mon\"] }"), "8:21: weekday \"Mon\" is written \"mon\""},
      {Also("when = { platform = [\"Mastodon\"] }"),
       "8:22: platform \"Mastodon\" is written \"mastodon\": names are lower case"},
      {Also("when = { platform = [\"app  store\"] }"),
       "8:22: platform \"app  store\" is not a name: a-z and 0-9 first, then also . _ - and single spaces "
       "inside"},
      {Also("when = { platform = [\"m\320\260stodon\"] }"),
       "8:22: platform \"m\\u{430}stodon\" has U+0430 in it; names are ASCII"},
      {Also("when = { platform = [7] }"),
       "8:22: each of \"platform\" is a text in quotes, not a whole number"},
      {Also("when = { unit = [\"\"] }"), "8:18: the unit is empty"},
      {Also("when = { qualification = [\"trained\"] }"),
       "8:27: unknown qualification \"trained\"; allowed: what \"qualifications\" declares"},
      {Also("when = { key_age = [\"7d\"] }"), "8:20: \"key_age\" is a duration, as in \"90d\", not an array"},
      {Also("when = { key_age = \"7\" }"),
       "8:20: \"key_age\": duration \"7\" has no unit; a whole number and one of s, m, h, d, as in \"90d\", "
       "1s to 3650d"},
      {Also("when = { hours = \"08:00-18:00\" }"),
       "8:18: \"hours\" is an array, as in hours = [\"08:00-18:00\"], not a text in quotes"},
      {Also("when = { hours = [8] }"), "8:19: each of \"hours\" is a text in quotes, not a whole number"},
      {Also("when = { hours = [\"8:00-18:00\"] }"),
       "8:19: hours \"8:00-18:00\" are not as in \"08:00-18:00\" (UTC), 00:00 to 23:59"},
      {Also("when = { hours = [\"08:00-24:00\"] }"),
       "8:19: hours \"08:00-24:00\" are not as in \"08:00-18:00\" (UTC); midnight is 00:00"},
      {Also("when = { hours = [\"08:00-08:00\"] }"), "8:19: hours \"08:00-08:00\" end when they begin"},
      {Also("when = { hours = [\"08:00\"] }"),
       "8:19: hours \"08:00\" are not as in \"08:00-18:00\" (UTC), 00:00 to 23:59"},
      {Also("when = { about_self = \"true\" }"),
       "8:23: \"about_self\" is true or false, not a text in quotes"},
      {Also("when = { about_self = [true] }"), "8:23: \"about_self\" is true or false, not an array"},
      {Also("when = { tier = [1] }\nunless = { tier = [1, 2] }"),
       "9:12: \"unless\" takes back all that \"when\" says of \"tier\" at 8:10: this never holds"},
      {Also("when = { key_age = \"7d\" }\nunless = { key_age = \"1d\" }"),
       "9:12: \"unless\" takes back all that \"when\" says of \"key_age\" at 8:10: this never holds"},
      {Also("when = { hours = [\"09:00-10:00\"] }\nunless = { hours = [\"08:00-18:00\"] }"),
       "9:12: \"unless\" takes back all that \"when\" says of \"hours\" at 8:10: this never holds"},
      {Also("when = { about_self = true }\nunless = { about_self = true }"),
       "9:12: \"unless\" takes back all that \"when\" says of \"about_self\" at 8:10: this never holds"},
      {Also("unless = { tier = [\"none\", 1, 2, 3] }"),
       "8:12: \"unless\" names every \"tier\": this never holds"},
  };
}

TEST(BadConditions, HaveEachTheirOwnMessageAtTheirOwnPlace) { ExpectEachItsOwn(BadConditions()); }

}  // namespace
}  // namespace holdfast::policy
