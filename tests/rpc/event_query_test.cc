#include "vault/rpc/event_query.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

v1::ListEventsRequest WithType(const std::string& type) {
  v1::ListEventsRequest request;
  request.set_type(type);
  return request;
}

TEST(EventQuery, TakesOneTypeOrAGroupOfTypes) {
  for (const char* type : {"", "secret.reveal", "secret.*", "account.set-owners"})
    EXPECT_TRUE(CheckEventQuery(WithType(type)).ok()) << type;
  for (const std::string& type : {std::string("*"), std::string(".*"), std::string("secret.*.x"),
                                  std::string("s%"), std::string("Secret.reveal"), std::string(65, 'a')})
    EXPECT_EQ(FieldOf(CheckEventQuery(WithType(type))), "type") << type;
}

TEST(EventQuery, KnowsTheTypesOfActions) {
  for (const char* type : {"secret.reveal", "secret.*", "audit.read"}) EXPECT_TRUE(IsTypeOfAnAction(type)) << type;
  for (const char* type : {"secret", "secret.reveals", "secre.*", "nothing.*"})
    EXPECT_FALSE(IsTypeOfAnAction(type)) << type;
}

TEST(EventQuery, NamesTheFieldThatIsWrong) {
  v1::ListEventsRequest request;
  request.set_actor("alice");
  EXPECT_EQ(FieldOf(CheckEventQuery(request)), "actor");
  request.set_actor("holders/alice");
  request.set_secret("accounts/a");
  EXPECT_EQ(FieldOf(CheckEventQuery(request)), "secret");
  request.clear_secret();
  request.mutable_end_time()->set_seconds(-1);
  EXPECT_EQ(FieldOf(CheckEventQuery(request)), "end_time");
  request.clear_end_time();
  request.set_outcome(static_cast<v1::Outcome>(9));
  EXPECT_EQ(FieldOf(CheckEventQuery(request)), "outcome");
}

TEST(EventQuery, IsWrittenDownAsOneLine) {
  EXPECT_EQ(QueryText({}), "all");
  v1::ListEventsRequest request = WithType("secret.*");
  request.set_account("accounts/a");
  request.set_outcome(v1::OUTCOME_DENIED);
  request.mutable_start_time()->set_seconds(1);
  request.mutable_start_time()->set_nanos(2000);
  EXPECT_EQ(QueryText(request),
            "account=accounts/a type=secret.* outcome=denied start=1970-01-01T00:00:01.000002Z");
}

}  // namespace
}  // namespace holdfast::rpc
