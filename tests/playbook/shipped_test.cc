// The playbooks that come with the program.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "gmock/gmock.h"
#include "vault/playbook/facts.h"
#include "vault/playbook/fixture.h"
#include "vault/playbook/library.h"
#include "vault/playbook/lint.h"
#include "vault/playbook/parse.h"

namespace holdfast::playbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string SourceFile(const std::string& path) {
  std::ifstream in(std::filesystem::path(HF_SOURCE_DIR) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ShippedPlaybooks, AreAllOfTheDirectoryByteForByte) {
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(HF_SOURCE_DIR) / "policies/playbooks"))
    names.insert(entry.path().filename());
  EXPECT_GE(names.size(), 31U);
  for (const ShippedFile& file : ShippedFiles()) {
    EXPECT_TRUE(file.text == SourceFile("policies/playbooks/" + std::string(file.name))) << file.name;
    EXPECT_EQ(names.erase(std::string(file.name)), 1U) << file.name;
  }
  EXPECT_THAT(names, IsEmpty());
  EXPECT_TRUE(ShippedCases() == SourceFile("policies/tests/playbooks.toml"));
}

TEST(ShippedPlaybooks, HaveNoFault) {
  for (const ShippedFile& file : ShippedFiles()) {
    const Parsed parsed = Parse(file.text);
    ASSERT_EQ(policy::Listed(parsed.problems), "") << file.name;
    EXPECT_EQ(policy::Listed(Lint(parsed.playbook, parsed.playbook.reviewed).problems), "") << file.name;
    EXPECT_EQ(parsed.playbook.id + ".toml", file.name);
  }
}

TEST(ShippedPlaybooks, ShareNoHost) {
  const Library library = Library::Shipped();
  EXPECT_THAT(Clashes(library.all()), IsEmpty());
  EXPECT_NE(library.Find(kGeneric), nullptr);
}

// Each claim is sourced or asked about, and none is both.
TEST(ShippedPlaybooks, LeaveNoClaimUnsourcedAndUnasked) {
  std::size_t sourced = 0;
  std::size_t asked = 0;
  const Library library = Library::Shipped();
  for (const Playbook& book : library.all()) {
    for (const Claim& claim : ClaimsOf(book)) {
      if (claim.is_open) {
        EXPECT_NE(claim.asked_by, nullptr) << book.id << " " << claim.id;
        ++asked;
      } else {
        EXPECT_FALSE(claim.sources.empty()) << book.id << " " << claim.id;
        ++sourced;
      }
    }
  }
  EXPECT_GE(sourced, 150U);
  EXPECT_GE(asked, 100U);
}

TEST(ShippedPlaybooks, UseEveryKindOfHoldAndTheDocumentationExplainsEach) {
  std::set<HoldKind> used;
  const Library library = Library::Shipped();
  for (const Playbook& book : library.all()) {
    for (const Hold& hold : book.holds) used.insert(hold.kind);
  }
  EXPECT_EQ(used.size(), Names<HoldKind>().size());
  const std::string documentation = SourceFile("docs/playbooks.md");
  for (const std::string_view name : Names<HoldKind>())
    EXPECT_THAT(documentation, HasSubstr("| `" + std::string(name) + "` |"));
  for (const std::string_view name : Names<StepKind>())
    EXPECT_THAT(documentation, HasSubstr("| `" + std::string(name) + "` |"));
}

TEST(ShippedPlaybooks, PassTheirTests) {
  const Library library = Library::Shipped();
  const Fixture fixture = ParseFixture(ShippedCases());
  ASSERT_EQ(policy::Listed(fixture.problems), "");
  EXPECT_GE(fixture.cases.size(), 40U);
  for (const Case& each : fixture.cases)
    EXPECT_EQ(Fault(library, each), "") << each.at.line << ": " << each.name;
}

TEST(PlaybookCases, FailWhenSomethingElseComesOut) {
  const Library library = Library::Shipped();
  const auto fault = [&](const std::string& lines) {
    const Fixture fixture = ParseFixture("[[case]]\nname = \"x\"\n" + lines);
    EXPECT_EQ(policy::Listed(fixture.problems), "");
    return Fault(library, fixture.cases.at(0));
  };
  EXPECT_EQ(fault("platform = \"x.com\"\nplaybook = \"x\"\n"), "");
  EXPECT_EQ(fault("platform = \"x.com\"\nplaybook = \"\"\n"), "got playbook \"x\", wanted \"\"");
  EXPECT_THAT(fault("platform = \"x.com\"\nsteps = [\"identify\"]\n"), HasSubstr("wanted identify"));
  EXPECT_THAT(
      fault("platform = \"x.com\"\nknows = [\"password\"]\nfirst = [\"rotate-password\", \"recovery\"]\n"),
      HasSubstr("in this order: rotate-password, recovery"));
  EXPECT_EQ(fault("platform = \"nowhere.example\"\nfirst = [\"identify\"]\n"),
            "there is no playbook for \"nowhere.example\"");
}

TEST(PlaybookCases, ThatExpectNothingAreRefused) {
  const auto problems = [](const std::string& text) { return policy::Listed(ParseFixture(text).problems); };
  EXPECT_THAT(problems(""), HasSubstr("has no \"case\""));
  EXPECT_THAT(problems("[[case]]\nname = \"x\"\nplatform = \"x\"\n"), HasSubstr("a case expects nothing"));
  EXPECT_THAT(problems("[[case]]\nname = \"x\"\nplatform = \"x\"\nplaybook = \"x\"\nknows = [\"face\"]\n"),
              HasSubstr("5:10: "));
  const std::string one = "[[case]]\nname = \"x\"\nplatform = \"x\"\nplaybook = \"x\"\n";
  EXPECT_THAT(problems(one + one), HasSubstr("5:1: another case is named \"x\" too"));
}

TEST(PlaybookLibrary, TakesTheLongestHost) {
  Library library;
  const auto put = [&](const char* id, const char* host) {
    Playbook book;
    book.id = id;
    book.hosts = {{host, {}}};
    library.Put(book);
  };
  put("wide", "acme.example");
  put("narrow", "mail.acme.example");
  EXPECT_EQ(library.ForHost("https://in.mail.acme.example/x")->id, "narrow");
  EXPECT_EQ(library.ForHost("www.acme.example")->id, "wide");
  EXPECT_EQ(library.ForHost("acme.example.evil"), nullptr);
  EXPECT_EQ(library.For("narrow")->id, "narrow");
}

TEST(PlaybookLibrary, PutsAnOrganisationsOwnInPlaceOfTheShippedOne) {
  Library library = Library::Shipped();
  const std::size_t count = library.all().size();
  Playbook own = *library.Find("x");
  own.name = "ours";
  library.Put(own);
  EXPECT_EQ(library.all().size(), count);
  EXPECT_EQ(library.ForHost("x.com")->name, "ours");
}

}  // namespace
}  // namespace holdfast::playbook
