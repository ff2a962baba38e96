#include "vault/base/status.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Status, CarriesReasonFieldAndDetails) {
  absl::Status error = InvalidField("account.tier", "must be 1 to 4");
  AddDetail(error, "tier", "9");
  AddDetail(error, "account", "x-acme");
  EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MessageOf(error), "account.tier: must be 1 to 4");
  EXPECT_EQ(ReasonOf(error), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(error), "account.tier");
  EXPECT_EQ(DetailsOf(error), (std::map<std::string, std::string>{{"account", "x-acme"}, {"tier", "9"}}));
}

TEST(Status, WithoutThemHasNone) {
  const absl::Status error = MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH", "changed meanwhile");
  EXPECT_EQ(ReasonOf(error), "ETAG_MISMATCH");
  EXPECT_EQ(FieldOf(error), "");
  EXPECT_TRUE(DetailsOf(error).empty());
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return InvalidField("value", "is odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  HF_ASSIGN_OR_RETURN(const int half, Half(value));
  HF_RETURN_IF_ERROR(Half(half).status());
  return half / 2;
}

TEST(Status, MacrosReturnTheFirstError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(FieldOf(Quarter(6).status()), "value");
  EXPECT_EQ(FieldOf(Quarter(5).status()), "value");
}

}  // namespace
}  // namespace holdfast
