#include "vault/rpc/render.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

v1::HandoverTask Rendered(const handover::TaskView& task) {
  v1::HandoverTask message;
  Render(storage::Handover{.id = 3, .name = "7"}, task, message);
  return message;
}

TEST(RenderedTask, SaysWhatIsStillToDo) {
  const auto todo = [](std::vector<std::int64_t> unretired, bool replaced) {
    return Rendered({.account = "a", .secret = "s", .unretired = std::move(unretired), .replaced = replaced})
        .todo();
  };
  EXPECT_EQ(todo({1, 2}, false), "put in a new version; retire versions 1, 2");
  EXPECT_EQ(todo({4}, true), "retire version 4");
  EXPECT_EQ(todo({}, false), "put in a new version");
  EXPECT_EQ(todo({}, true), "");
}

TEST(RenderedTask, IsDoneOnlyWhenReplacedAndRetired) {
  EXPECT_EQ(Rendered({.unretired = {}, .replaced = true}).state(), v1::TASK_STATE_DONE);
  EXPECT_EQ(Rendered({.unretired = {}, .replaced = false}).state(), v1::TASK_STATE_OPEN);
  EXPECT_EQ(Rendered({.unretired = {1}, .replaced = true}).state(), v1::TASK_STATE_OPEN);
}

TEST(RenderedTask, HasANameInACaseAndNoneInAPlan) {
  EXPECT_EQ(Rendered({.id = 5}).name(), "handovers/7/tasks/5");
  EXPECT_EQ(Rendered({.id = 0}).name(), "");
}

TEST(RenderedHandover, ShowsAPlanWithoutNameStateAndEtag) {
  v1::Handover message;
  Render({.row = {.id = 0, .needs_approval = true}, .leaver = "mallory"}, message);
  EXPECT_EQ(message.name(), "");
  EXPECT_EQ(message.state(), v1::HANDOVER_STATE_UNSPECIFIED);
  EXPECT_EQ(message.etag(), "");
  EXPECT_FALSE(message.has_start_time());
  EXPECT_EQ(message.leaver(), "holders/mallory");
  EXPECT_TRUE(message.approval_required());
}

TEST(RenderedHandover, LeavesOutPeopleWhoAreNotThere) {
  v1::Handover message;
  Render(
      {.row = {.id = 3, .name = "7", .state = storage::HandoverState::kCut, .started_at = 5, .revision = 2},
       .leaver = "mallory",
       .starter = "hr",
       .accounts = {{.account = "a", .relation = Relation::kGrantee},
                    {.account = "b", .successor = "bob", .chosen_by = storage::ChosenBy::kBackup}}},
      message);
  EXPECT_EQ(message.name(), "handovers/7");
  EXPECT_EQ(message.state(), v1::HANDOVER_STATE_CUT);
  EXPECT_EQ(message.etag(), "\"2\"");
  EXPECT_EQ(message.starter(), "holders/hr");
  EXPECT_EQ(message.approver(), "");
  EXPECT_EQ(message.named_successor(), "");
  ASSERT_EQ(message.accounts_size(), 2);
  EXPECT_EQ(message.accounts(0).relation(), "grantee");
  EXPECT_EQ(message.accounts(0).successor(), "");
  EXPECT_EQ(message.accounts(1).successor(), "holders/bob");
  EXPECT_EQ(message.accounts(1).choice(), v1::SUCCESSOR_CHOICE_BACKUP);
}

TEST(RenderedHolder, HasNoKeysAndNoEnrollment) {
  v1::Holder message;
  Render(storage::Holder{.name = "alice", .person = "p1", .roles = 8 | 1, .created_at = 1, .revision = 4},
         message);
  EXPECT_EQ(message.name(), "holders/alice");
  ASSERT_EQ(message.roles_size(), 2);
  EXPECT_EQ(message.roles(0), v1::ROLE_MEMBER);
  EXPECT_EQ(message.roles(1), v1::ROLE_SECURITY);
  EXPECT_EQ(message.etag(), "\"4\"");
  EXPECT_EQ(message.keys_size(), 0);
  EXPECT_EQ(message.enrollment(), "");
}

}  // namespace
}  // namespace holdfast::rpc
