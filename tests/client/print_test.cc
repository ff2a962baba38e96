#include "client/print.h"

#include "gtest/gtest.h"
#include "holdfast/v1/account_service.pb.h"
#include "holdfast/v1/audit_service.pb.h"
#include "holdfast/v1/handover_service.pb.h"
#include "holdfast/v1/holder_service.pb.h"

namespace holdfast::client {
namespace {

TEST(Tables, ShortenNamesEnumsAndTimes) {
  v1::ListAccountsResponse list;
  v1::Account& account = *list.add_accounts();
  account.set_name("accounts/x-acme");
  account.set_platform("x");
  account.set_tier(1);
  account.set_owner("holders/alice");
  account.add_backups("holders/bob");
  account.add_backups("holders/carol");
  account.set_state(v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_EQ(ToTable(list),
            "ID      PLATFORM  HANDLE  TIER  OWNER  BACKUPS     REVIEWED (UTC)  STATE\n"
            "x-acme  x         -       1     alice  bob, carol  -               active\n");
}

TEST(Tables, OfAnEmptyListAreTheirHeader) {
  EXPECT_EQ(ToTable(v1::ListHoldersResponse()), "ID  DISPLAY NAME  KIND  ROLES  STATUS  CREATED (UTC)\n");
}

TEST(Tables, ShowTheReasonOfAnEvent) {
  v1::ListEventsResponse list;
  v1::Event& event = *list.add_events();
  event.set_index(4);
  event.mutable_time()->set_seconds(1795316400);
  event.set_type("secret.reveal");
  event.set_secret("accounts/x/secrets/password");
  event.set_outcome(v1::OUTCOME_DENIED);
  auto* text = event.add_texts();
  text->set_field("reason");
  text->set_text("night shift\x1b[2J");
  const std::string table = ToTable(list);
  EXPECT_NE(table.find("2026-11-22 03:00"), table.npos) << table;
  EXPECT_NE(table.find("denied"), table.npos);
  EXPECT_NE(table.find("x/password"), table.npos);
  EXPECT_NE(table.find("night shift\ufffd[2J"), table.npos);
}

TEST(Tables, ShowWhichAccountARefusedCallAskedFor) {
  v1::ListEventsResponse list;
  v1::Event& event = *list.add_events();
  auto* text = event.add_texts();
  text->set_field("asked-for");
  text->set_text("accounts/not-theirs");
  EXPECT_NE(ToTable(list).find(" not-theirs "), std::string::npos) << ToTable(list);
  event.set_account("accounts/theirs");
  EXPECT_NE(ToTable(list).find(" theirs "), std::string::npos) << ToTable(list);
}

TEST(Details, ShowWhatIsSetAndNestedRowsBelow) {
  v1::Handover handover;
  handover.set_name("handovers/7");
  handover.set_state(v1::HANDOVER_STATE_CUT);
  auto* task = handover.add_tasks();
  task->set_name("handovers/7/tasks/1");
  task->set_secret("accounts/x/secrets/password");
  task->add_unattested_versions(1);
  task->add_unattested_versions(2);
  EXPECT_EQ(ToTable(handover),
            "name:   handovers/7\n"
            "state:  cut\n"
            "\ntasks:\n"
            "TASK  SECRET      STATE  OF  DUE (UTC)  MAY STILL WORK  NEW VALUE  TO DO\n"
            "7/1   x/password  -      -   -          1, 2            no         -\n");
}

TEST(Json, HasDefaultValuesToo) {
  v1::Account account;
  account.set_name("accounts/x");
  const auto json = ToJson(account);
  ASSERT_TRUE(json.ok());
  EXPECT_NE(json->find("\"name\":\"accounts/x\""), json->npos) << *json;
  EXPECT_NE(json->find("\"handle\":\"\""), json->npos);
  EXPECT_NE(json->find("\"backups\":[]"), json->npos);
}

}  // namespace
}  // namespace holdfast::client
