// Policies that are wrong as texts, or in what they declare: one fault each, its exact message and place.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/policy_text.h"
#include "vault/policy/names.h"
#include "vault/policy/parse.h"

namespace holdfast::policy {
namespace {

std::vector<BadPolicy> BadTexts() {
  return {
      {Whole("#" + std::string(kMaxPolicyBytes, 'x')), "1:1: the file has 262145 bytes, more than 262144"},
      {Whole("\n# " + std::string(kMaxLineBytes, 'x') + "\n"), "2:4097: the line is longer than 4096 bytes"},
      {Whole("\357\273\277format = 1\nname = \"p\"\n"),
       "1:1: the file begins with a byte order mark (U+FEFF): save it without"},
      {Whole("format = 1\nname = \"p\" # \377\n"), "2:14: byte 0xff is not UTF-8"},
      {Whole("format = 1\nname = \"p\" # \355\240\200\n"), "2:14: byte 0xed is not UTF-8"},
      {Whole(std::string_view("format = 1\nname = \"p\000\"\n", 23)), "2:10: a NUL byte (U+0000)"},
      {Whole("format = 1\015name = \"p\"\n"), "1:11: a carriage return (U+000D) that ends no line"},
      {Whole("format = 1\nname = \"p\" # \342\200\256\n"),
       "2:14: U+202E cannot be seen, or changes how text is shown"},
      {Whole("format = 1\nname = \"p\" # \033[2J\n"),
       "2:14: U+001B cannot be seen, or changes how text is shown"},
      {Whole("f\320\276rm\320\260t = 1\n"), "1:2: U+043E stands outside of quotes; keys are ASCII"},
      {Whole("a = [[[[[[[[[1]]]]]]]]]\n"), "1:13: brackets stand more than 8 deep here; is one not closed?"},
      {Whole("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1\n"),
       "1:66: the line has more than 32 dots in its keys"},
      {Whole("format = 1\n[[rule]\nid = \"a\"\n"), "2:1: this [ is not closed"},
      {Whole("format = 1\n[rule]]\n"), "2:7: this ] closes nothing"},
      {Whole("a = [1, }\n"), "1:9: this } cannot close the [ at 1:5"},
      {Whole("a = { b = 1,\n  c = 2 }\n"),
       "1:5: this { is not closed where its line ends; TOML wants it there"},
      {Whole("format = \n"), "1:10: not TOML: Error while parsing key-value pair: expected value, saw '\\n'"},
      {Whole("format = 1\nformat = 1\n"),
       "2:10: not TOML: Error while parsing key-value pair: cannot redefine existing integer 'format'"},
      {Whole("format 1\n"), "1:8: not TOML: Error while parsing key-value pair: expected '=', saw '1'"},
      {Whole("name = \"p\n"),
       "1:10: not TOML: Error while parsing string: unescaped control characters other than TAB (U+0009) are "
       "explicitly prohibited"},
      {Whole("name = p\n"),
       "1:8: not TOML: Error while parsing value: could not determine value type (texts stand in quotes)"},
      {Whole("name = \"\\q\"\n"),
       "1:10: not TOML: Error while parsing string: unknown escape sequence '\\q'"},
      {Whole("format = 01\n"),
       "1:12: not TOML: Error while parsing decimal integer: leading zeroes are prohibited"},
      {Whole("[roles]\n[roles]\n"),
       "2:1: not TOML: Error while parsing table header: cannot redefine existing table 'roles'"},
  };
}

std::vector<BadPolicy> BadDeclarations() {
  return {
      {Whole("name = \"p\"\n"), "1:1: a policy has no \"format\": write format = 1"},
      {Whole("format = 2\nname = \"p\"\n"), "1:10: format 2 is not known here; allowed: 1"},
      {Whole("format = \"1\"\nname = \"p\"\n"), "1:10: \"format\" is a whole number, not a text in quotes"},
      {Whole("format = 1\n"), "1:1: a policy has no \"name\": as in name = \"org\""},
      {Whole("format = 1\nname = 7\n"), "2:8: \"name\" is a text in quotes, not a whole number"},
      {Whole("format = 1\nname = \"\"\n"), "2:8: the name is empty"},
      {Whole("format = 1\nname = \"Org\"\n"), "2:8: name \"Org\" is written \"org\": names are lower case"},
      {Whole("format = 1\nname = \"my org\"\n"),
       "2:8: name \"my org\" is not a name: a-z and 0-9 first, then also . _ -"},
      {Whole("format = 1\nname = \"floor\"\n"),
       "2:8: the name \"floor\" is that of the rules that no policy can loosen"},
      {Whole("format = 1\nname = \"" + std::string(kMaxNameBytes + 1, 'n') + "\"\n"),
       "2:8: name \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...\" is longer than 63 "
       "bytes"},
      {Top("rules = []\n"),
       "3:1: unknown key of a policy: \"rules\"; did you mean \"roles\"?; allowed: format, name, "
       "qualifications, roles, tiers, idle, handover, rule, never"},
      {Top("Format = 1\n"), "3:1: key of a policy: \"Format\" is written \"format\""},
      {Top("colour = \"red\"\n"),
       "3:1: unknown key of a policy: \"colour\"; allowed: format, name, qualifications, roles, tiers, idle, handover, "
       "rule, never"},
      {Top("\"n\320\260me\" = \"p\"\n"),
       "3:1: key of a policy: \"n\\u{430}me\" has U+0430 in it; names are ASCII; did you mean \"name\"?; "
       "allowed: format, name, qualifications, roles, tiers, idle, handover, rule, never"},
      {Whole("format = 1\nname = \"p\"\n[rule]\nid = \"a\"\n"),
       "3:2: \"rule\" stands in two brackets: [[rule]]"},
      {Whole("format = 1\nname = \"p\"\nnever = [1]\n"),
       "3:10: each of \"never\" is a table, not a whole number"},
      {Top("qualifications = \"trained\"\n"),
       "3:18: \"qualifications\" is an array, as in qualifications = [\"privacy-training\"], not a text in "
       "quotes"},
      {Top("qualifications = []\n"), "3:18: \"qualifications\" is an empty array"},
      {Top("qualifications = [7]\n"),
       "3:19: each of \"qualifications\" is a text in quotes, not a whole number"},
      {Top("qualifications = [\"Trained\"]\n"),
       "3:19: qualification \"Trained\" is written \"trained\": names are lower case"},
      {Top("qualifications = [\"trained\"]\n"), "3:19: no rule asks for the qualification \"trained\""},
      {Top("[roles]\n"), "3:1: \"roles\" is empty: leave it out"},
      {Top("roles = [\"security\"]\n"), "3:9: \"roles\" is a table, not an array"},
      {Top("[roles]\nsecurity = [\"auditor\"]\n"), "4:1: group \"security\" has the name of a role"},
      {Top("[roles]\n\"Big Team\" = [\"auditor\"]\n"),
       "4:1: group of roles \"Big Team\" is written \"big team\": names are lower case"},
      {Top("[roles]\nteam = \"auditor\"\n"),
       "4:8: group \"team\" is an array, as in [\"security\", \"auditor\"], not a text in quotes"},
      {Top("[roles]\nteam = [\"auditor\"]\n"), "4:1: no rule uses the group of roles \"team\""},
      {Top("[roles]\nteam = [\"audit0r\"]\n"),
       "4:9: unknown role or group \"audit0r\"; did you mean \"auditor\"?; allowed: security, auditor, "
       "offboarding, member, team"},
      {Top("[roles]\nteam = [\"auditor\", \"auditor\"]\n"),
       "4:20: group \"team\" has \"auditor\" twice: first at 4:9"},
      {Used("a", "[roles]\na = [\"b\"]\nb = [\"c\"]\nc = [\"member\", \"a\"]\n"),
       "4:1: groups of roles name each other in a circle: a -> b -> c -> a"},
      {Used("a", "[roles]\na = [\"a\"]\n"), "4:1: groups of roles name each other in a circle: a -> a"},
      {Top("[tiers.4]\nmin_owners = 2\n"), "3:8: no tier \"4\": tiers are 1, 2 and 3"},
      {Top("[tiers.one]\nmin_owners = 2\n"), "3:8: no tier \"one\": tiers are 1, 2 and 3"},
      {Top("[tiers]\n1 = 2\n"), "4:5: tier 1 is a table, not a whole number"},
      {Top("[tiers.1]\nowners = 2\n"),
       "4:1: unknown key of tier 1: \"owners\"; allowed: min_owners, max_secret_age, review_every, "
       "max_grant"},
      {Top("[tiers.1]\nmin_owners = 0\n"), "4:14: \"min_owners\" is 1 to 16, not 0"},
      {Top("[tiers.1]\nmin_owners = 17\n"), "4:14: \"min_owners\" is 1 to 16, not 17"},
      {Top("[tiers.1]\nmin_owners = 1.5\n"),
       "4:14: \"min_owners\" is a whole number, not a fraction, date or time"},
      {Top("[tiers.1]\nmax_secret_age = 90\n"),
       "4:18: \"max_secret_age\" is a duration, as in \"90d\", not a whole number"},
      {Top("[tiers.1]\nmax_secret_age = \"90\"\n"),
       "4:18: \"max_secret_age\": duration \"90\" has no unit; a whole number and one of s, m, h, d, as in "
       "\"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nmax_secret_age = \"90w\"\n"),
       "4:18: \"max_secret_age\": duration \"90w\" has no unit of s, m, h and d; a whole number and one of "
       "s, m, h, d, as in \"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nreview_every = \"90 d\"\n"),
       "4:16: \"review_every\": duration \"90 d\" has a space in it; a whole number and one of s, m, h, d, "
       "as in \"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nreview_every = \"90D\"\n"),
       "4:16: \"review_every\": duration \"90D\" has its unit in upper case; a whole number and one of s, m, "
       "h, d, as in \"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nreview_every = \"d\"\n"),
       "4:16: \"review_every\": duration \"d\" has no number; a whole number and one of s, m, h, d, as in "
       "\"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nmax_grant = \"1.5h\"\n"),
       "4:13: \"max_grant\": duration \"1.5h\" is not a whole number; a whole number and one of s, m, h, d, "
       "as in \"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nmax_grant = \"-1d\"\n"),
       "4:13: \"max_grant\": duration \"-1d\" has a sign; a whole number and one of s, m, h, d, as in "
       "\"90d\", 1s to 3650d"},
      {Top("[tiers.1]\nmax_grant = \"\"\n"),
       "4:13: \"max_grant\": duration \"\" is empty; a whole number and one of s, m, h, d, as in \"90d\", 1s "
       "to 3650d"},
      {Top("[idle]\nholder = \"0d\"\n"),
       "4:10: \"holder\": duration \"0d\" is no time at all; a whole number and one of s, m, h, d, as in "
       "\"90d\", 1s to 3650d"},
      {Top("[idle]\nholder = \"090d\"\n"),
       "4:10: \"holder\": duration \"090d\" begins with 0; a whole number and one of s, m, h, d, as in "
       "\"90d\", 1s to 3650d"},
      {Top("[idle]\ngrant = \"3651d\"\n"),
       "4:9: \"grant\": duration \"3651d\" is too long; a whole number and one of s, m, h, d, as in \"90d\", "
       "1s to 3650d"},
      {Top("[idle]\nkey = \"7d\"\n"),
       "4:1: unknown key of \"idle\": \"key\"; allowed: holder, grant, unconfirmed"},
  };
}

TEST(BadTexts, HaveEachTheirOwnMessageAtTheirOwnPlace) { ExpectEachItsOwn(BadTexts()); }

TEST(BadDeclarations, HaveEachTheirOwnMessageAtTheirOwnPlace) { ExpectEachItsOwn(BadDeclarations()); }

}  // namespace
}  // namespace holdfast::policy
