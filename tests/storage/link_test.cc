#include "tests/storage/fixture.h"
#include "vault/storage/link_store.h"

namespace holdfast::storage {
namespace {

using LinkStoreTest = StorageTest;

TEST_F(LinkStoreTest, GivesBackWhatItTookFromBothEnds) {
  const Holder ana = AddHolder("ana", "p-1");
  const Account mail = AddAccount("mail");
  const Account news = AddAccount("news");
  LinkStore links(db());
  AccountLink through{.account_id = news.id,
                      .kind = LinkKind::kRecoversThrough,
                      .to_account = mail.id,
                      .linked_by = ana.id,
                      .linked_at = 7};
  AccountLink phone{
      .account_id = news.id, .kind = LinkKind::kRecoveryPhone, .to_holder = ana.id, .linked_by = ana.id};
  AccountLink app{
      .account_id = mail.id, .kind = LinkKind::kConnectedApp, .outside = "Zapier", .linked_by = ana.id};
  for (AccountLink* link : {&through, &phone, &app}) ASSERT_TRUE(links.Insert(*link).ok());

  const auto of_news = links.Of(news.id);
  ASSERT_TRUE(of_news.ok());
  ASSERT_EQ(of_news->size(), 2u);
  EXPECT_TRUE(of_news->at(0).SameEnd(through));
  EXPECT_EQ(of_news->at(0).linked_at, 7);
  EXPECT_TRUE(of_news->at(1).SameEnd(phone));
  EXPECT_FALSE(of_news->at(1).SameEnd(through));
  const auto to_mail = links.ToAccount(mail.id);
  ASSERT_TRUE(to_mail.ok());
  ASSERT_EQ(to_mail->size(), 1u);
  EXPECT_EQ(to_mail->at(0).account_id, news.id);
  ASSERT_EQ(links.ToHolder(ana.id)->size(), 1u);
  EXPECT_EQ(links.ToHolder(ana.id)->front().kind, LinkKind::kRecoveryPhone);
  EXPECT_EQ(links.Of(mail.id)->front().outside, "Zapier");

  ASSERT_TRUE(links.Erase(through.id).ok());
  EXPECT_FALSE(links.Erase(through.id).ok());
  EXPECT_TRUE(links.ToAccount(mail.id)->empty());
  Close();
  Reopen();
  EXPECT_EQ(LinkStore(db()).Of(news.id)->size(), 1u);
  EXPECT_EQ(LinkStore(db()).Of(mail.id)->size(), 1u);
}

}  // namespace
}  // namespace holdfast::storage
