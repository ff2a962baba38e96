#include "vault/rpc/page.h"

#include <gtest/gtest.h>

#include "holdfast/v1/access_service.pb.h"
#include "holdfast/v1/holder_service.pb.h"

namespace holdfast::rpc {
namespace {

struct Row {
  std::int64_t id = 0;
};

std::vector<Row> Rows(std::int64_t first, std::int64_t last) {
  std::vector<Row> rows;
  for (std::int64_t id = first; id <= last; ++id) rows.push_back({id});
  return rows;
}

class PageTest : public ::testing::Test {
 protected:
  absl::StatusOr<Page> Open(const v1::ListGrantsRequest& request, std::int64_t holder = 1) {
    return Page::Of(key_, holder, request);
  }
  void ExpectRefused(const v1::ListGrantsRequest& request, std::int64_t holder = 1) {
    const auto page = Open(request, holder);
    ASSERT_FALSE(page.ok());
    EXPECT_EQ(page.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(page.status()), "page_token");
  }
  v1::ListGrantsRequest RequestWithToken(std::int64_t position) {
    v1::ListGrantsRequest request;
    request.set_account("accounts/a");
    request.set_page_token(Open(request)->TokenFor(position));
    return request;
  }

  const SecretBytes key_ = SecretBytes::CopyOf(Bytes(32, 3));
};

TEST_F(PageTest, BeginsAtTheStartWithFiftyRows) {
  const auto page = Open({});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->limit(), 50);
  EXPECT_EQ(page->after(), 0);
  EXPECT_FALSE(page->position().has_value());
}

TEST_F(PageTest, HasAtMostTwoHundredRows) {
  v1::ListGrantsRequest request;
  request.set_page_size(2'000'000'000);
  EXPECT_EQ(Open(request)->limit(), 200);
  request.set_page_size(7);
  EXPECT_EQ(Open(request)->limit(), 7);
  request.set_page_size(-1);
  EXPECT_EQ(FieldOf(Open(request).status()), "page_size");
}

TEST_F(PageTest, ContinuesWhereTheTokenSays) {
  EXPECT_EQ(Open(RequestWithToken(41))->after(), 41);
  EXPECT_EQ(Open(RequestWithToken(0))->position(), 0);
}

TEST_F(PageTest, KeepsItsTokensWhenOnlyThePageSizeChanges) {
  auto request = RequestWithToken(41);
  request.set_page_size(5);
  EXPECT_EQ(Open(request)->after(), 41);
}

TEST_F(PageTest, RefusesAnyChangedCharacterOfAToken) {
  const auto request = RequestWithToken(41);
  for (std::size_t i = 0; i < request.page_token().size(); ++i) {
    auto forged = request;
    char& c = (*forged.mutable_page_token())[i];
    c = c == 'A' ? 'B' : 'A';
    ExpectRefused(forged);
  }
}

TEST_F(PageTest, RefusesWhatIsNoTokenAtAll) {
  for (const std::string& token :
       {std::string("x"), std::string("41"), std::string(100'000, 'A'), std::string("%%")}) {
    v1::ListGrantsRequest request;
    request.set_page_token(token);
    ExpectRefused(request);
  }
}

TEST_F(PageTest, RefusesATokenOfAnotherQuery) {
  auto request = RequestWithToken(41);
  request.set_account("accounts/b");
  ExpectRefused(request);
}

TEST_F(PageTest, RefusesATokenOfAnotherHolder) { ExpectRefused(RequestWithToken(41), /*holder=*/2); }

TEST_F(PageTest, RefusesATokenOfAnotherMethodWhoseQueryHasTheSameBytes) {
  v1::ListGrantsRequest grants;
  v1::ListHoldersRequest holders;
  holders.set_page_token(Open(grants)->TokenFor(41));
  EXPECT_FALSE(Page::Of(key_, 1, holders).ok());
}

TEST_F(PageTest, GivesNoTokenWithTheLastRows) {
  v1::ListGrantsRequest request;
  request.set_page_size(3);
  auto rows = Rows(1, 3);
  EXPECT_EQ(Open(request)->CutAndToken(rows), "");
  EXPECT_EQ(rows.size(), 3u);
}

TEST_F(PageTest, VisitsEveryRowOnce) {
  v1::ListGrantsRequest request;
  request.set_page_size(3);
  std::vector<std::int64_t> seen;
  do {
    auto rows = Rows(1, 8);
    request.set_page_token(Open(request)->SelectAndToken(rows));
    for (const Row& row : rows) seen.push_back(row.id);
  } while (!request.page_token().empty() && seen.size() < 20);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

}  // namespace
}  // namespace holdfast::rpc
