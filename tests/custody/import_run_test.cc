// No two items of one run of an import are taken for each other, whatever sends them.
#include <gmock/gmock.h>

#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"
#include "vault/custody/importing.h"

namespace holdfast::custody {
namespace {

using ::testing::HasSubstr;

class ImportRunTest : public CustodyTest {
 protected:
  // An item of a bitwarden file without secrets.
  static ImportItem Item(const std::string& run, const std::string& title, const std::string& id = "") {
    ImportItem item;
    item.source = {.system = "bitwarden", .id = id, .group = "Team", .title = title, .username = "us", .url = "u"};
    item.account = "news";
    item.platform = "x";
    item.run = run;
    return item;
  }

  absl::StatusOr<Imported> Bring(const ImportItem& item, const Request& request, bool dry_run = false,
                                 const std::string& by = "alice") {
    absl::StatusOr<Imported> imported = absl::InternalError("not run");
    const absl::Status done = Do([&](WriteTx& tx) {
      tx.set_dry_run(dry_run);
      imported = Import(tx, As(tx, by), request, item);
      if (dry_run) RecordRehearsal(tx, As(tx, by), imported.status());
      return imported.status();
    });
    EXPECT_EQ(done, imported.status());
    return imported;
  }
  absl::StatusOr<Imported> Bring(const ImportItem& item, bool dry_run = false) { return Bring(item, Ask(), dry_run); }
  std::string AccountOf(const absl::StatusOr<Imported>& imported) {
    return imported.ok() ? imported->account : imported.status().ToString();
  }
};

TEST_F(ImportRunTest, TwoThatLookTheSameAreNotTakenForEachOther) {
  for (const bool dry_run : {true, false}) {
    const std::string run = dry_run ? "dry" : "real";
    EXPECT_TRUE(Bring(Item(run, "News"), dry_run).ok());
    const auto second = Bring(Item(run, "News"), dry_run);
    EXPECT_EQ(ReasonOf(second.status()), "SAME_ITEM") << run;
    EXPECT_THAT(std::string(MessageOf(second.status())), HasSubstr("folder, name, username and URL"));
    EXPECT_EQ(ReasonOf(Bring(Item(run, "News", "id-1"), dry_run).status()), "SAME_ITEM")
        << "the other has no id to tell them apart by";
  }
  EXPECT_EQ(AccountOf(Bring(Item("another", "News"))), "news");
}

TEST_F(ImportRunTest, ThoseWithoutIdsThatLookDifferentAreAsManyItems) {
  for (const bool dry_run : {true, false}) {
    for (const char* title : {"News", "Press", "Shop"})
      EXPECT_TRUE(Bring(Item(dry_run ? "dry" : "real", title), dry_run).ok()) << title;
  }
}

TEST_F(ImportRunTest, OneIdComesOnceInARun) {
  for (const bool dry_run : {true, false}) {
    const std::string run = dry_run ? "dry" : "real";
    EXPECT_TRUE(Bring(Item(run, "News", "id-1"), dry_run).ok());
    const auto second = Bring(Item(run, "Other", "id-1"), dry_run);
    EXPECT_EQ(ReasonOf(second.status()), "SAME_ITEM") << run;
    EXPECT_THAT(std::string(MessageOf(second.status())), HasSubstr("the same id"));
  }
}

TEST_F(ImportRunTest, WhatHasIdsIsToldApartAndTakesAnAccountWithoutOneOnce) {
  ASSERT_EQ(AccountOf(Bring(Item("first", "News"))), "news");
  for (const bool dry_run : {true, false}) {
    const std::string run = dry_run ? "dry" : "real";
    EXPECT_EQ(AccountOf(Bring(Item(run, "News", "id-1"), dry_run)), "news");
    const auto second = Bring(Item(run, "News", "id-2"), dry_run);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_EQ(second->outcome, ImportOutcome::kCreated) << run;
  }
}

TEST_F(ImportRunTest, ARepeatedCallIsTheSameItem) {
  const Request request = Ask();
  EXPECT_EQ(AccountOf(Bring(Item("run", "News"), request)), "news");
  EXPECT_EQ(AccountOf(Bring(Item("run", "News"), request)), "news");
}

TEST_F(ImportRunTest, ARunIsOneHoldersAndHasAName) {
  ASSERT_TRUE(Do([&](WriteTx& tx) {
                return CreateHolder(tx, As(tx, "alice"), Ask(),
                                    {.name = "omar", .roles = static_cast<std::int64_t>(Role::kSecurity)})
                    .status();
              }).ok());
  EXPECT_EQ(AccountOf(Bring(Item("run", "News"))), "news");
  EXPECT_EQ(AccountOf(Bring(Item("run", "News"), Ask(), /*dry_run=*/false, "omar")), "news");
  for (const char* run : {"", "a b", "run/1"}) EXPECT_EQ(FieldOf(CheckImportItem(Item(run, "News"))), "run_id");
}

TEST_F(ImportRunTest, ADryRunLeavesItsEventAndNoAccount) {
  const std::int64_t before = LogSize();
  ASSERT_TRUE(Bring(Item("dry", "News"), /*dry_run=*/true).ok());
  EXPECT_EQ(LogSize(), before + 1);
  EXPECT_FALSE(Has("news"));
}

TEST_F(ImportRunTest, AnAccountThatTheImporterMayNotSeeIsNotFoundByIt) {
  ASSERT_EQ(AccountOf(Bring(Item("first", "News", "id-1"))), "news");
  ASSERT_EQ(AccountOf(Bring(Item("first", "Press"))), "news-2");
  ASSERT_TRUE(Do([](WriteTx& tx) {
                return PutInForce(tx, std::string(ShippedPolicy()) +
                                          "[[rule]]\nid = \"test.import\"\neffect = \"permit\"\n"
                                          "actions = [\"import.item\"]\nwhen = { role = [\"member\"] }\nwhy = \"x\"\n");
              }).ok());
  const auto press = Bring(Item("bobs", "Press"), Ask(), /*dry_run=*/false, "bob");
  ASSERT_TRUE(press.ok()) << press.status();
  EXPECT_EQ(press->outcome, ImportOutcome::kCreated);
  EXPECT_TRUE(Bring(Item("bobs", "News", "id-1"), Ask(), /*dry_run=*/true, "bob").ok());
  const auto news = Bring(Item("bobs-2", "News", "id-1"), Ask(), /*dry_run=*/false, "bob");
  EXPECT_EQ(ReasonOf(news.status()), "ID_TAKEN") << news.status();
}

}  // namespace
}  // namespace holdfast::custody
