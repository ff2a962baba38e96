#include "vault/rpc/update_mask.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

v1::UpdateAccountRequest Request(std::initializer_list<const char*> paths) {
  v1::UpdateAccountRequest request;
  v1::Account& account = *request.mutable_account();
  account.set_handle("@acme");
  account.set_url("https://example.org");
  account.set_purpose("news");
  account.set_tier(1);
  account.set_unit("press");
  account.set_owner("holders/alice");
  account.add_backups("holders/bob");
  for (const char* path : paths) request.mutable_update_mask()->add_paths(path);
  return request;
}

TEST(UpdateMask, ChangesWhatItNamesAndNothingElse) {
  const auto change = ChangeOf(Request({"handle"}));
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->handle, "@acme");
  EXPECT_FALSE(change->url.has_value());
  EXPECT_FALSE(change->purpose.has_value());
  EXPECT_FALSE(change->tier.has_value());
  EXPECT_FALSE(change->unit.has_value());
  EXPECT_FALSE(change->owner.has_value());
  EXPECT_FALSE(change->backups.has_value());
}

TEST(UpdateMask, MayNameEverythingThatCanChange) {
  const auto change = ChangeOf(Request({"handle", "url", "purpose", "tier", "unit", "owner", "backups"}));
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->url, "https://example.org");
  EXPECT_EQ(change->purpose, "news");
  EXPECT_EQ(change->tier, 1);
  EXPECT_EQ(change->unit, "press");
  EXPECT_EQ(change->owner, "alice");
  EXPECT_EQ(change->backups, std::vector<std::string>{"bob"});
}

TEST(UpdateMask, TakesAPlatformByItsPlaybookOrAsItIs) {
  auto request = Request({"platform"});
  request.mutable_account()->set_platform("https://www.instagram.com/acme/");
  EXPECT_EQ(ChangeOf(request)->platform, "instagram");
  request.mutable_account()->set_platform("the fax in the basement");
  EXPECT_EQ(ChangeOf(request)->platform, "the fax in the basement");
  request.mutable_account()->clear_platform();
  EXPECT_EQ(FieldOf(ChangeOf(request).status()), "account.platform");
  request.mutable_account()->set_platform("https://nowhere.example/" + std::string(60, 'a'));
  EXPECT_EQ(FieldOf(ChangeOf(request).status()), "account.platform");
}

TEST(UpdateMask, EmptiesAFieldThatItNames) {
  auto request = Request({"unit", "backups"});
  request.mutable_account()->clear_unit();
  request.mutable_account()->clear_backups();
  const auto change = ChangeOf(request);
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->unit, "");
  EXPECT_EQ(change->backups, std::vector<std::string>());
}

TEST(UpdateMask, MustNameSomething) { EXPECT_EQ(FieldOf(ChangeOf(Request({})).status()), "update_mask"); }

TEST(UpdateMask, RefusesWhatNeverChangesAndWhatIsUnknown) {
  for (const char* path :
       {"name", "platform_id", "state", "etag", "create_time", "*", "", "Handle", "account.handle"})
    EXPECT_EQ(FieldOf(ChangeOf(Request({"handle", path})).status()), "update_mask") << path;
}

TEST(UpdateMask, ChecksTheValuesThatItNames) {
  auto request = Request({"tier"});
  request.mutable_account()->set_tier(4);
  EXPECT_EQ(FieldOf(ChangeOf(request).status()), "account.tier");
  request = Request({"owner"});
  request.mutable_account()->clear_owner();
  EXPECT_EQ(FieldOf(ChangeOf(request).status()), "account.owner");
  request = Request({"backups"});
  request.mutable_account()->add_backups("bob");
  EXPECT_EQ(FieldOf(ChangeOf(request).status()), "account.backups");
}

TEST(UpdateMask, OfAHolderNamesWhatMayChange) {
  v1::UpdateHolderRequest request;
  request.mutable_holder()->set_display_name("Bob");
  request.mutable_update_mask()->add_paths("qualifications");
  auto change = ChangeOf(request);
  ASSERT_TRUE(change.ok());
  EXPECT_FALSE(change->display_name.has_value());
  EXPECT_TRUE(change->qualifications.has_value() && change->qualifications->empty());
  request.mutable_holder()->add_qualifications("Not An Id");
  EXPECT_EQ(FieldOf(ChangeOf(request).status()), "holder.qualifications");
  for (const char* path : {"status", "kind", "name", ""}) {
    request.mutable_update_mask()->set_paths(0, path);
    EXPECT_EQ(FieldOf(ChangeOf(request).status()), "update_mask") << path;
  }
}

}  // namespace
}  // namespace holdfast::rpc
