// The rules for playbooks, each shown to bite on a playbook that breaks it alone.
#include "vault/playbook/lint.h"

#include "gmock/gmock.h"
#include "tests/playbook/playbook_text.h"

namespace holdfast::playbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Micros kNow = *ParseTime("2026-12-01T00:00:00Z");

std::string Problems(const std::string& text) { return policy::Listed(Lint(Read(text), kNow).problems); }

TEST(PlaybookLint, HasNothingToSayOfAGoodOne) {
  const LintReport report = Lint(Read(kGood), kNow);
  EXPECT_EQ(policy::Listed(report.problems), "");
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(PlaybookLint, WantsTheRecoveryContactReplacedBeforeThePassword) {
  EXPECT_THAT(Problems(Instead("after = [\"recovery\"]\n", "")),
              HasSubstr("29:1: step \"rotate\" does not come after \"recovery\""));
  EXPECT_THAT(
      Problems(AlsoStep("late", "move",
                        "ends = [\"phone\"]\nafter = [\"rotate\"]\n[[hold]]\nid = \"phone\"\nkind = "
                        "\"recovery-phone\"\nkeeps = \"x\"\nsurvives = \"no\"\nsource = [\"help\"]\n")),
      HasSubstr("step \"rotate\" does not come after \"late\""));
}

TEST(PlaybookLint, WantsTheMailboxDealtWithWhereAPasswordIsReplaced) {
  EXPECT_THAT(Problems(Instead("kind = \"recovery-email\"", "kind = \"session\"")),
              HasSubstr("no step ends a hold of kind recovery-email before it"));
}

TEST(PlaybookLint, SeesTheOrderThroughOtherSteps) {
  std::string text = Instead("after = [\"recovery\"]", "after = [\"between\"]");
  text +=
      "[[step]]\nid = \"between\"\nkind = \"confirm\"\ndo = \"Look.\"\nafter = [\"recovery\"]\nevidence = "
      "\"text\"\nwithin = \"1d\"\n";
  EXPECT_EQ(Problems(text), "");
}

TEST(PlaybookLint, NamesACircleAsAPath) {
  const std::string text = Instead("ends = [\"mail\"]", "ends = [\"mail\"]\nafter = [\"rotate\"]");
  EXPECT_THAT(Problems(text), HasSubstr("recovery -> rotate -> recovery"));
  EXPECT_THAT(Problems(Instead("ends = [\"mail\"]", "ends = [\"mail\"]\nafter = [\"recovery\"]")),
              HasSubstr("recovery -> recovery"));
}

TEST(PlaybookLint, WantsEveryHoldEnded) {
  EXPECT_THAT(Problems(Also("[[hold]]\nid = \"apps\"\nkind = \"oauth-app\"\nkeeps = \"x\"\nsurvives = "
                            "\"yes\"\nsource = [\"help\"]\n")),
              HasSubstr("37:1: no step ends hold \"apps\""));
}

TEST(PlaybookLint, KnowsEveryNameThatIsReferredTo) {
  EXPECT_THAT(Problems(Instead("after = [\"recovery\"]", "after = [\"recovery\", \"recover\"]")),
              HasSubstr("33:22: there is no step \"recover\""));
  EXPECT_THAT(Problems(Instead("ends = [\"mail\"]", "ends = [\"mail\", \"male\"]")),
              HasSubstr("26:17: there is no hold \"male\""));
  EXPECT_THAT(Problems(AlsoStep("c", "check", "facts = [\"nothing\"]\n")), HasSubstr("\"nothing\""));
  EXPECT_THAT(Problems(Instead("source = [\"help\"]\n[[step]]", "source = [\"hell\"]\n[[step]]")),
              HasSubstr("21:11: there is no source \"hell\""));
  EXPECT_THAT(Problems(Also("[[wait]]\nid = \"w\"\nwhat = \"x\"\nlasts = \"1d\"\nstep = \"rotat\"\nsource = "
                            "[\"help\"]\n")),
              HasSubstr("41:8: there is no step \"rotat\""));
}

TEST(PlaybookLint, WantsEachSourceCited) {
  EXPECT_THAT(Problems(Also("[[source]]\nid = \"idle\"\ntitle = \"x\"\nstanding = \"data\"\n")),
              HasSubstr("37:1: source \"idle\" is cited by nothing"));
}

// A claim that rests on nothing must be a question to somebody.
TEST(PlaybookLint, WantsASourceOrAStepThatChecks) {
  const std::string_view hold = "survives = \"yes\"\nsource = [\"help\"]\n";
  EXPECT_THAT(Problems(Instead(hold, "survives = \"yes\"\n")), HasSubstr("16:1: \"mail\" has no source"));
  EXPECT_THAT(Problems(Instead("what = \"a number\", source = [\"help\"]", "what = \"a number\"")),
              HasSubstr("6:12: \"identity\" has no source"));
  EXPECT_THAT(Problems(Instead("what = \"one login\", source = [\"help\"]", "what = \"one login\"")),
              HasSubstr("7:10: \"owners\" has no source"));
  EXPECT_THAT(Problems(Instead("[password]\nmin = 8\nsource = [\"help\"]\n", "")),
              HasSubstr("\"password\" has no source"));
  EXPECT_THAT(Problems(Instead("min = 8\n", "")),
              HasSubstr("\"password\" has no source, and no step checks it"));
  EXPECT_THAT(Problems(Also("[[wait]]\nid = \"w\"\nwhat = \"x\"\nlasts = \"1d\"\nstep = \"rotate\"\n")),
              HasSubstr("\"w\" has no source"));
  EXPECT_THAT(Problems(Also("[[wait]]\nid = \"w\"\nwhat = \"x\"\nstep = \"rotate\"\nsource = [\"help\"]\n")),
              HasSubstr("\"w\" has no source"));
  std::string checked = Instead(hold, "survives = \"yes\"\n");
  checked.replace(checked.find("kind = \"move\""), 13, "kind = \"check\"");
  checked.replace(checked.find("Replace the address."), 20, "Check whether it is ours.");
  EXPECT_EQ(Problems(checked), "");
}

TEST(PlaybookLint, WantsQuestionsAsked) {
  EXPECT_THAT(Problems(Instead("kind = \"move\"", "kind = \"check\"")),
              HasSubstr("does not say \"check whether\""));
  EXPECT_THAT(Problems(Instead("do = \"Replace the address.\"",
                               "do = \"Check whether it is ours.\"\nfacts = [\"identity\"]")),
              HasSubstr("26:10: \"identity\" has a source: it is no open question"));
}

TEST(PlaybookLint, WantsSomebodyInPlaceBeforeARoleIsTaken) {
  const std::string role =
      "[[hold]]\nid = \"role\"\nkind = \"admin-role\"\nkeeps = \"x\"\nsurvives = "
      "\"yes\"\nsource = [\"help\"]\n";
  EXPECT_THAT(Problems(AlsoStep("remove", "revoke", "ends = [\"role\"]\n" + role)),
              HasSubstr("step \"remove\" takes a role away, but comes after no step of kind move"));
  EXPECT_EQ(Problems(AlsoStep("remove", "revoke", "ends = [\"role\"]\nafter = [\"recovery\"]\n" + role)), "");
}

TEST(PlaybookLint, WantsAnOwnersRoleMoved) {
  const std::string role =
      "[[hold]]\nid = \"role\"\nkind = \"owner-role\"\nkeeps = \"x\"\nsurvives = "
      "\"yes\"\nsource = [\"help\"]\n";
  EXPECT_THAT(Problems(AlsoStep("remove", "revoke", "ends = [\"role\"]\nafter = [\"recovery\"]\n" + role)),
              HasSubstr("owner-role \"role\" is ended by no step of kind move"));
  EXPECT_EQ(Problems(AlsoStep("give", "move", "ends = [\"role\"]\n" + role)), "");
}

TEST(PlaybookLint, WarnsOfAReviewOlderThanAYearAndRefusesOneToCome) {
  const Playbook book = Read(kGood);
  const Micros reviewed = book.reviewed;
  EXPECT_THAT(Lint(book, reviewed + 365 * kDay).warnings, IsEmpty());
  const LintReport old = Lint(book, reviewed + 366 * kDay);
  EXPECT_THAT(policy::Listed(old.warnings), HasSubstr("more than a year ago"));
  EXPECT_THAT(old.problems, IsEmpty());
  EXPECT_THAT(policy::Listed(Lint(book, reviewed - 2 * kDay).problems), HasSubstr("has not come yet"));
}

TEST(PlaybookLint, WantsHostsAndIdsOfOnePlaybookOnly) {
  const std::vector<Playbook> two = {Read(kGood), Read(Instead("id = \"acme\"", "id = \"other\""))};
  const auto clashes = Clashes(two);
  ASSERT_EQ(clashes.size(), 1U);
  EXPECT_EQ(clashes[0].playbook, &two[1]);
  EXPECT_EQ(clashes[0].problem.message, "host acme.example is that of playbook acme already");
  EXPECT_EQ(Clashes(std::vector{Read(kGood), Read(kGood)}).size(), 2U);
}

}  // namespace
}  // namespace holdfast::playbook
