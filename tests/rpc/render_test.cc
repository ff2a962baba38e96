#include "vault/rpc/render.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

v1::HandoverTask Rendered(const handover::TaskView& task) {
  v1::HandoverTask message;
  Render(storage::Handover{.id = 3, .name = "7"}, task, message);
  return message;
}

storage::TaskState Task(std::vector<std::int64_t> open, bool replaced) {
  return {.in_force_known = !replaced, .open_versions = std::move(open), .concerns = true};
}

TEST(RenderedTask, SaysWhatIsStillToDo) {
  EXPECT_EQ(Todo(Task({1, 2}, false)), "put in a new value; attest that versions 1, 2 are dead");
  EXPECT_EQ(Todo(Task({4}, true)), "attest that version 4 is dead");
  EXPECT_EQ(Todo(Task({}, false)), "put in a new value");
  EXPECT_EQ(Todo(Task({}, true)), "");
  EXPECT_EQ(Todo({.in_force_dead = true}), "put in a new value");
  EXPECT_EQ(Todo({.in_force_known = true, .open_versions = {1}, .settled = storage::SettledAs::kClosed}), "");
}

TEST(RenderedTask, IsDoneOnlyWhenReplacedAndAttestedOrSettled) {
  EXPECT_EQ(Rendered({.secret = "password", .state = Task({}, true)}).state(), v1::TASK_STATE_DONE);
  EXPECT_EQ(Rendered({.secret = "password", .state = Task({}, false)}).state(), v1::TASK_STATE_OPEN);
  EXPECT_EQ(Rendered({.secret = "password", .state = Task({1}, true)}).state(), v1::TASK_STATE_OPEN);
  storage::TaskState settled = Task({1}, false);
  settled.settled = storage::SettledAs::kNoSecret;
  EXPECT_EQ(Rendered({.secret = "password", .state = settled}).state(), v1::TASK_STATE_DONE);
  EXPECT_EQ(Rendered({.secret = "password", .state = settled}).outcome(), v1::TASK_OUTCOME_NO_SECRET);
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
