#include "client/import_match.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace holdfast::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Item {
  std::string id;
  std::string title;
};

std::vector<ImportEntry> Entries(const std::vector<Item>& items) {
  std::vector<ImportEntry> entries(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    entries[i].position = static_cast<int>(i) + 1;
    entries[i].title = items[i].title;
    entries[i].item.source_id = items[i].id;
  }
  return entries;
}

// Positions that failed.
std::vector<int> Doubles(const std::vector<Item>& items) {
  std::vector<ImportEntry> entries = Entries(items);
  FailDoubles(entries);
  std::vector<int> failed;
  for (const ImportEntry& entry : entries)
    if (!entry.status.ok()) failed.push_back(entry.position);
  return failed;
}

TEST(ImportMatch, TheLaterOfTwoThatNothingTellsApartFails) {
  EXPECT_THAT(Doubles({{"", "Mail"}, {"", "Mail"}, {"", "Mail"}, {"", "Other"}}), ElementsAre(2, 3));
  EXPECT_THAT(Doubles({{"a", "Mail"}, {"a", "Post"}}), ElementsAre(2));
  EXPECT_THAT(Doubles({{"a", "Mail"}, {"b", "Mail"}, {"c", "Mail"}}), ElementsAre());
  EXPECT_THAT(Doubles({{"a", "Mail"}, {"", "Mail"}}), ElementsAre(2));
  EXPECT_THAT(Doubles({{"", "Mail"}, {"a", "Mail"}}), ElementsAre(2));
  EXPECT_THAT(Doubles({{"a", "Mail"}, {"a", "Post"}, {"", "Post"}}), ElementsAre(2));
}

TEST(ImportMatch, SaysWhichItemItIsLike) {
  std::vector<ImportEntry> entries = Entries({{"", "x"}, {"", "Mail"}, {"", "Mail"}});
  FailDoubles(entries);
  EXPECT_THAT(std::string(MessageOf(entries[2].status)), HasSubstr("item 2"));
}

TEST(ImportMatch, WhatIsNotImportedIsLikeNothing) {
  std::vector<ImportEntry> entries = Entries({{"a", "Mail"}, {"a", "Mail"}, {"", "Mail"}});
  entries[0].skipped = "is in the trash";
  entries[1].status = InvalidField("login", "is required");
  FailDoubles(entries);
  EXPECT_TRUE(entries[2].status.ok());
  EXPECT_THAT(Alike(entries), ElementsAre(ElementsAre(2)));
}

TEST(ImportMatch, AlikeItemsAreGroupedInTheOrderOfTheFile) {
  const auto entries = Entries({{"a", "Mail"}, {"b", "Post"}, {"c", "Mail"}, {"d", "Mail"}});
  EXPECT_THAT(Alike(entries), ElementsAre(ElementsAre(0, 2, 3), ElementsAre(1)));
}

}  // namespace
}  // namespace holdfast::client
