// The map of who takes over what: each mistake is named by line and field.
#include "client/successor_map.h"

#include <gtest/gtest.h>

namespace holdfast::client {
namespace {

std::string Rows(const std::string& text) {
  const auto map = ParseSuccessorMap("map.csv", text);
  if (!map.ok()) return std::string(MessageOf(map.status()));
  std::string rows;
  for (std::size_t i = 0; i < map->rows.size(); ++i)
    rows += std::to_string(map->lines[i]) + ":" + map->rows[i].account() + ">" + map->rows[i].successor() + " ";
  return rows;
}

TEST(SuccessorMap, ReadsTwoColumnsWithOrWithoutAHeader) {
  const std::string both = "2:accounts/news>holders/sam 3:accounts/shop>holders/ivy ";
  EXPECT_EQ(Rows("account,successor\nnews,sam\nshop,ivy\n"), both);
  EXPECT_EQ(Rows("\xef\xbb\xbf account , successor\r\n\"news\", sam\r\naccounts/shop,holders/ivy"), both);
  EXPECT_EQ(Rows("news,sam"), "1:accounts/news>holders/sam ");
  EXPECT_EQ(Rows("\n\nnews,sam\n\n"), "3:accounts/news>holders/sam ");
}

TEST(SuccessorMap, NamesLineAndFieldOfWhatIsWrong) {
  EXPECT_EQ(Rows("news,sam\nshop\n"), "--map: map.csv line 2: row: must have two fields: account,successor");
  EXPECT_EQ(Rows("news,sam,ivy\n"), "--map: map.csv line 1: row: must have two fields: account,successor");
  EXPECT_EQ(Rows("News!,sam\n"), "--map: map.csv line 1: account: must be an account's id");
  EXPECT_EQ(Rows("news,\n"), "--map: map.csv line 1: successor: must be a holder's id");
  EXPECT_EQ(Rows("news,sam\nshop,ivy\nnews,ivy"),
            "--map: map.csv line 3: account: news stands in line 1 already, for sam");
  EXPECT_EQ(Rows("news,sam\nnews,sam"), "--map: map.csv line 2: account: news stands in line 1 already, for sam");
  EXPECT_EQ(Rows(""), "--map: map.csv names no account");
  EXPECT_EQ(Rows("account,successor\n"), "--map: map.csv names no account");
}

TEST(SuccessorMap, TurnsARowOfTheServersErrorIntoALine) {
  const auto map = ParseSuccessorMap("map.csv", "account,successor\n\nnews,sam\nshop,ivy\n");
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(MessageOf(ByLine(*map, InvalidField("successors[1].account", "there is no account shop"))),
            "--map: map.csv line 4: account: there is no account shop");
  for (const char* field : {"successors[2].account", "to", "successors[x].account"})
    EXPECT_EQ(FieldOf(ByLine(*map, InvalidField(field, "no"))), field);
  EXPECT_TRUE(ByLine(*map, absl::OkStatus()).ok());
}

}  // namespace
}  // namespace holdfast::client
