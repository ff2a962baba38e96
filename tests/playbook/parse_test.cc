// The language of playbooks: what it takes, and what is said of the rest.
#include "vault/playbook/parse.h"

#include "gmock/gmock.h"
#include "tests/playbook/playbook_text.h"

namespace holdfast::playbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Playbooks, AreReadWhole) {
  const Playbook book = Read(Also(R"toml(waive = "security-by-two"
who = "security"
where = "Settings"
url = "https://acme.example/password"
source = ["help"]
only_if = { secret_kind = ["password", "totp"], relation = ["backup"] }
[[wait]]
id = "days"
what = "A new owner waits."
lasts = "7d"
step = "recovery"
source = ["help"]
)toml"));
  EXPECT_EQ(book.id, "acme");
  EXPECT_EQ(book.name, "Acme");
  EXPECT_EQ(book.hosts.at(0).id, "acme.example");
  EXPECT_EQ(book.model, AccountModel::kShared);
  EXPECT_EQ(book.identity.what, "a number");
  EXPECT_EQ(book.min_owners, 1);
  EXPECT_EQ(FormatTime(book.reviewed), "2026-11-27T00:00:00.000000Z");
  EXPECT_EQ(book.password->min, 8);
  EXPECT_FALSE(book.password->max.has_value());
  ASSERT_EQ(book.holds.size(), 1U);
  EXPECT_EQ(book.holds[0].kind, HoldKind::kRecoveryEmail);
  EXPECT_EQ(book.holds[0].survives, Survives::kYes);
  ASSERT_EQ(book.steps.size(), 2U);
  const Step& rotate = book.steps[1];
  EXPECT_EQ(rotate.kind, StepKind::kRotate);
  EXPECT_EQ(rotate.who, Doer::kSecurity);
  EXPECT_EQ(rotate.after.at(0).id, "recovery");
  EXPECT_THAT(rotate.secrets, ElementsAre("password"));
  EXPECT_EQ(rotate.evidence, Evidence::kText);
  EXPECT_EQ(rotate.within, 4 * kHour);
  EXPECT_EQ(rotate.waive, Waiver::kSecurityByTwo);
  EXPECT_THAT(rotate.only_if.secret_kinds, ElementsAre("password", "totp"));
  EXPECT_THAT(rotate.only_if.relations, ElementsAre("backup"));
  ASSERT_EQ(book.waits.size(), 1U);
  EXPECT_EQ(book.waits[0].lasts, 7 * kDay);
  EXPECT_EQ(book.waits[0].step.id, "recovery");
}

TEST(Playbooks, AreDoneByTheOwnerAndWaivedByNobodyUnlessTheySaySo) {
  const Playbook book = Read(kGood);
  EXPECT_EQ(book.steps[0].who, Doer::kOwner);
  EXPECT_EQ(book.steps[0].waive, Waiver::kNobody);
  EXPECT_TRUE(book.steps[0].only_if.always());
}

struct Bad {
  std::string_view from;
  std::string_view to;
  std::string_view problem;  // "line:column: ..."
};

TEST(Playbooks, EachMistakeIsNamedWithItsPlace) {
  const Bad bads[] = {
      {"format = 1", "format = 2", "1:10: format 2 is not known here; allowed: 1"},
      {"format = 1\n", "", "1:1: a playbook has no \"format\""},
      {"id = \"acme\"", "id = \"Acme\"", "2:6: "},
      {"id = \"acme\"", "id = \"acme\"\ncolour = \"red\"", "3:1: unknown key of a playbook: \"colour\""},
      {"id = \"acme\"", "id = \"acme\"\nid = \"acme\"", "3:"},
      {"name = \"Acme\"", "name = \" \"", "3:8: \"name\" is empty"},
      {"name = \"Acme\"", "name = \"A\\tcme\"", "3:8: \"name\" has U+0009 in it"},
      {"name = \"Acme\"", "name = \"A\\u202Ecme\"", "3:8: \"name\" has U+202E in it"},
      {"hosts = [\"acme.example\"]", "hosts = [\"https://acme.example/\"]", "4:10: host "},
      {"hosts = [\"acme.example\"]", "hosts = [\"acme.example\", \"acme.example\"]",
       "4:26: \"hosts\" has \"acme.example\" twice: first at 4:10"},
      {"hosts = [\"acme.example\"]", "hosts = []", "4:9: \"hosts\" is an empty array"},
      {"model = \"shared\"", "model = \"share\"", "5:9: "},
      {"identity = { what = \"a number\", source = [\"help\"] }", "identity = \"a number\"",
       "6:12: \"identity\" is a table, not a text in quotes"},
      {"least = 1", "least = 0", "7:20: \"least\" is 1 to 16, not 0"},
      {"2026-11-27", "27.11.2026", "8:12: \"reviewed\" \"27.11.2026\" is no day"},
      {"2026-11-27", "2026-02-30", "8:12: \"reviewed\" \"2026-02-30\" is no day"},
      {"min = 8", "min = 0", "10:7: \"min\" is 1 to 1024, not 0"},
      {"min = 8", "min = 8\nmax = 7", "11:7: \"max\" is 7: less than \"min\""},
      {"min = 8", "min = 8\nrequired = [\"emoji\"]", "11:13: "},
      {"min = 8", "min = 8\nforbidden = \"aa\"", "11:13: \"forbidden\" is a text of printable ASCII"},
      {"min = 8", "min = 8\nurl = \"http://acme.example\"", "11:7: \"url\" "},
      {"min = 8", "min = 8\nurl = \"https://acme.example/a b\"", "11:7: \"url\" "},
      {"title = \"Help\"\n", "", "12:1: a source has no \"title\""},
      {"standing = \"vendor\"", "standing = \"hearsay\"", "15:12: "},
      {"[[hold]]\nid = \"mail\"", "[[hold]]\nid = \"identity\"", "16:1: id \"identity\" is taken"},
      {"kind = \"recovery-email\"", "kind = \"cookie-jar\"", "18:8: "},
      {"keeps = \"reset it by mail\"\n", "", "16:1: a hold has no \"keeps\""},
      {"survives = \"yes\"", "survives = true", "20:12: \"survives\" is a text in quotes, not true or false"},
      {"[[step]]\nid = \"recovery\"", "[step]\nid = \"recovery\"", "29:"},
      {"kind = \"move\"", "kind = \"delete\"", "24:8: "},
      {"do = \"Replace the address.\"\n", "", "22:1: a step has no \"do\""},
      {"evidence = \"text\"", "evidence = \"none\"", "22:1: nothing closes this step"},
      {"within = \"4h\"", "within = \"4 hours\"",
       "28:10: \"within\": duration \"4 hours\" has a space in it"},
      {"within = \"4h\"\n", "", "22:1: a step has no \"within\""},
      {"within = \"4h\"", "within = \"4h\"\nwho = \"leaver\"", "29:7: "},
      {"within = \"4h\"", "within = \"4h\"\nwaive = \"anybody\"", "29:9: "},
      {"within = \"4h\"", "within = \"4h\"\nonly_if = {}", "29:11: \"only_if\" is empty: leave it out"},
      {"within = \"4h\"", "within = \"4h\"\nonly_if = { secret_kind = [\"cookie\"] }", "29:28: "},
      {"within = \"4h\"", "within = \"4h\"\nonly_if = { relation = [\"none\"] }", "29:25: "},
      {"within = \"4h\"", "within = \"4h\"\nsecret = [\"password\"]",
       "29:10: \"secret\" stands in steps of kind rotate and re-enrol, not move"},
      {"[[step]]\nid = \"rotate\"", "[[step]]\nid = \"recovery\"", "29:1: id \"recovery\" is taken: at 22:1"},
      {"secret = [\"password\"]\n", "", "29:1: a step of kind rotate has no \"secret\""},
      {"after = [\"recovery\"]", "after = [\"recovery\", \"recovery\"]",
       "33:22: \"after\" has \"recovery\" twice"},
      {"after = [\"recovery\"]", "after = \"recovery\"", "33:9: \"after\" is an array"},
  };
  for (const Bad& bad : bads)
    EXPECT_THAT(policy::Listed(Parse(Instead(bad.from, bad.to)).problems), HasSubstr(bad.problem)) << bad.to;
}

TEST(Playbooks, WaitsNameTheirStepAndNothingBad) {
  const auto wait = [](std::string_view lines) {
    return policy::Listed(Parse(Also("[[wait]]\nid = \"w\"\nwhat = \"x\"\n" + std::string(lines))).problems);
  };
  EXPECT_EQ(wait("step = \"rotate\"\n"), "");
  EXPECT_THAT(wait(""), HasSubstr("37:1: a wait has no \"step\""));
  EXPECT_THAT(wait("step = \"rotate\"\nlasts = \"soon\"\n"), HasSubstr("41:9: \"lasts\": duration"));
}

TEST(Playbooks, AreBounded) {
  const auto problems = [](const std::string& text) { return policy::Listed(Parse(text).problems); };
  EXPECT_THAT(problems(Instead("Replace the address.", std::string(701, 'a'))),
              HasSubstr("has 701 bytes, more than 700"));
  EXPECT_THAT(problems(Instead("\"Acme\"", "\"" + std::string(201, 'a') + "\"")), HasSubstr("more than 200"));
  std::string many(kGood);
  for (int i = 0; i < 61; ++i)
    many += "[[source]]\nid = \"s" + std::to_string(i) + "\"\ntitle = \"t\"\nstanding = \"data\"\n";
  EXPECT_THAT(problems(many), HasSubstr("the playbook has 62 of \"source\", more than 60"));
  EXPECT_THAT(problems(std::string(kMaxPlaybookBytes + 1, '#')), HasSubstr("more than 65536"));
}

TEST(Playbooks, WithoutStepsTakeNothingBack) {
  const std::string text(kGood.substr(0, kGood.find("[[step]]")));
  EXPECT_EQ(policy::Listed(Parse(text).problems), "1:1: a playbook without a [[step]] takes nothing back\n");
}

TEST(Playbooks, AreRefusedWithoutHarmWhateverTheBytes) {
  for (const std::string& text :
       {std::string(), std::string("\0\xff", 2), std::string(5000, '['), std::string("id = \"\xc3\x28\""),
        std::string("[[step]]"), std::string("step = 1")})
    EXPECT_FALSE(Parse(text).problems.empty());
  for (std::size_t end = 0; end < kGood.size(); end += 7) Parse(kGood.substr(0, end));
}

}  // namespace
}  // namespace holdfast::playbook
