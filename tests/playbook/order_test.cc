// Which steps come out for whom, and in which order.
#include "vault/playbook/order.h"

#include <map>

#include "gmock/gmock.h"
#include "tests/playbook/playbook_text.h"

namespace holdfast::playbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Given {
  std::string id;
  std::vector<std::string> after;
  std::vector<std::string> kinds;
  std::vector<std::string> relations;
};

Playbook Of(const std::vector<Given>& steps) {
  Playbook book;
  for (const Given& given : steps) {
    Step step;
    step.id = given.id;
    for (const std::string& id : given.after) step.after.push_back({id, {}});
    step.only_if = {given.kinds, given.relations};
    book.steps.push_back(std::move(step));
  }
  return book;
}

std::vector<std::string> Ids(const std::vector<const Step*>& steps) {
  std::vector<std::string> ids;
  for (const Step* const step : steps) ids.push_back(step->id);
  return ids;
}

std::vector<std::string> Ids(const std::vector<DueStep>& steps) {
  std::vector<std::string> ids;
  for (const DueStep& due : steps) ids.push_back(due.step->id);
  return ids;
}

TEST(StepOrder, IsThatOfTheFileWhereNothingElseIsSaid) {
  EXPECT_THAT(Ids(InOrder(Of({{"c"}, {"a"}, {"b"}}))), ElementsAre("c", "a", "b"));
}

TEST(StepOrder, PutsEachStepBehindThoseItComesAfterAndElseKeepsTheFile) {
  EXPECT_THAT(Ids(InOrder(Of({{"a", {"d"}}, {"b"}, {"c", {"a"}}, {"d"}, {"e"}}))),
              ElementsAre("b", "d", "a", "c", "e"));
}

TEST(StepOrder, IsTheSameEachTime) {
  const Playbook book = Of({{"a", {"e", "c"}}, {"b", {"e"}}, {"c"}, {"d", {"b", "a"}}, {"e"}});
  const auto first = Ids(InOrder(book));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Ids(InOrder(book)), first);
}

TEST(StepOrder, LeavesOutACircleAndWhatWaitsForIt) {
  const Playbook book = Of({{"a", {"b"}}, {"b", {"a"}}, {"c", {"b"}}, {"d"}});
  EXPECT_THAT(Ids(InOrder(book)), ElementsAre("d"));
  EXPECT_EQ(Circle(book), "a -> b -> a");
  EXPECT_EQ(Circle(Of({{"a"}, {"b", {"a"}}, {"c", {"a", "b"}}})), "");
}

TEST(StepOrder, FindsTheWayRoundALongCircleAndNotADeadEnd) {
  EXPECT_EQ(Circle(Of({{"a", {"x", "b"}}, {"x"}, {"b", {"x", "c"}}, {"c", {"a"}}})), "a -> b -> c -> a");
}

TEST(Steps, ApplyToWhoKnowsOneOfTheSecretsOrWasOneOfThose) {
  const Playbook book = Of({{"always"}, {"password", {}, {"password"}}, {"both", {}, {"totp"}, {"owner"}}});
  EXPECT_THAT(Ids(StepsFor(book, {})), ElementsAre("always"));
  EXPECT_THAT(Ids(StepsFor(book, {.secret_kinds = {"password"}, .relations = {}})),
              ElementsAre("always", "password"));
  EXPECT_THAT(Ids(StepsFor(book, {.secret_kinds = {"totp", "note"}, .relations = {}})),
              ElementsAre("always", "both"));
  EXPECT_THAT(Ids(StepsFor(book, {.secret_kinds = {}, .relations = {"owner"}})),
              ElementsAre("always", "both"));
  EXPECT_THAT(Ids(StepsFor(book, {.secret_kinds = {}, .relations = {"grantee"}})), ElementsAre("always"));
}

// Otherwise leaving a step out would also drop the order of those around it.
TEST(Steps, ThatAreLeftOutPassOnWhatTheyWaitFor) {
  const Playbook book =
      Of({{"first"}, {"second"}, {"skipped", {"second", "first"}, {"totp"}}, {"last", {"skipped"}}});
  const auto due = StepsFor(book, {});
  ASSERT_THAT(Ids(due), ElementsAre("first", "second", "last"));
  EXPECT_THAT(Ids(due[2].after), ElementsAre("first", "second"));
  EXPECT_THAT(due[0].after, IsEmpty());
  const auto all = StepsFor(book, {.secret_kinds = {"totp"}, .relations = {}});
  EXPECT_THAT(Ids(all.at(3).after), ElementsAre("skipped"));
}

}  // namespace
}  // namespace holdfast::playbook
