#include "vault/rpc/status.h"

#include <gtest/gtest.h>

#include <string>

#include "holdfast/v1/errors.pb.h"
#include "vault/base/retry.h"

namespace holdfast::rpc {
namespace {

v1::ErrorStatus DetailsIn(const grpc::Status& status) {
  v1::ErrorStatus details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

// The detail of this type, or an empty one.
template <class Detail>
Detail Find(const grpc::Status& status, const std::string& type) {
  Detail detail;
  const v1::ErrorStatus details = DetailsIn(status);
  for (const google::protobuf::Any& any : details.details()) {
    if (any.type_url() != "type.googleapis.com/google.rpc." + type) continue;
    EXPECT_TRUE(detail.ParseFromString(any.value()));
  }
  return detail;
}

TEST(Status, KeepsTheCodeAndTheMessageOfWhatTheCallerDidWrong) {
  const absl::Status denied = MakeError(absl::StatusCode::kPermissionDenied, "DENIED", "denied by rule x");
  const grpc::Status status = ToGrpc(denied);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(status.error_message(), "denied by rule x");
  EXPECT_EQ(DetailsIn(status).code(), 7);
  EXPECT_EQ(DetailsIn(status).message(), "denied by rule x");
}

TEST(Status, IsOkForOk) { EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok()); }

TEST(Status, CarriesReasonAndDetailsAsErrorInfo) {
  absl::Status denied = MakeError(absl::StatusCode::kPermissionDenied, "DENIED", "no");
  AddDetail(denied, "rule", "reveal.relation");
  const auto info = Find<v1::ErrorInfo>(ToGrpc(denied), "ErrorInfo");
  EXPECT_EQ(info.reason(), "DENIED");
  EXPECT_EQ(info.domain(), "holdfast");
  EXPECT_EQ(info.metadata().at("rule"), "reveal.relation");
}

TEST(Status, NamesTheFieldAsBadRequest) {
  const auto request = Find<v1::BadRequest>(ToGrpc(InvalidField("account.tier", "must be 1")), "BadRequest");
  ASSERT_EQ(request.field_violations_size(), 1);
  EXPECT_EQ(request.field_violations(0).field(), "account.tier");
  EXPECT_EQ(request.field_violations(0).description(), "account.tier: must be 1");
}

TEST(Status, SaysWhenToTryAgainOnlyWhenThatHelps) {
  const auto full = MakeError(absl::StatusCode::kResourceExhausted, "DISK_FULL", "no room");
  EXPECT_FALSE(Find<v1::RetryInfo>(ToGrpc(full), "RetryInfo").has_retry_delay());
  auto later = MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_TODAY", "later");
  SetRetryAfter(later, 86'399'500);
  EXPECT_EQ(Find<v1::RetryInfo>(ToGrpc(later), "RetryInfo").retry_delay().seconds(), 86'399);
  EXPECT_EQ(Find<v1::RetryInfo>(ToGrpc(later), "RetryInfo").retry_delay().nanos(), 500'000'000);
  EXPECT_FALSE(Find<v1::RetryInfo>(ToGrpc(InvalidField("a", "b")), "RetryInfo").has_retry_delay());
}

TEST(Status, TellsNothingOfWhatWentWrongInside) {
  for (const auto code :
       {absl::StatusCode::kInternal, absl::StatusCode::kDataLoss, absl::StatusCode::kUnknown}) {
    const grpc::Status status = ToGrpc(MakeError(code, "DATABASE_DAMAGED", "page 7 of table holder"));
    EXPECT_EQ(status.error_code(), static_cast<grpc::StatusCode>(code));
    EXPECT_EQ(status.error_message(), "internal error; see the server's log");
    EXPECT_EQ(status.error_details().find("page 7"), std::string::npos);
    EXPECT_EQ(Find<v1::ErrorInfo>(status, "ErrorInfo").reason(), "DATABASE_DAMAGED");
  }
}

// Written out by hand from google/rpc/status.proto, error_details.proto and the wire format.
TEST(Status, HasTheBytesOfGoogleRpcStatus) {
  absl::Status wrong = InvalidField("tier", "bad");
  AddDetail(wrong, "k", "v");
  const std::string error_info =
      std::string("\x0a\x0dINVALID_FIELD\x12\x08holdfast\x1a\x06\x0a\x01k\x12\x01v", 33);
  const std::string violation = std::string("\x0a\x04tier\x12\x09tier: bad", 17);
  const std::string bad_request = std::string("\x0a\x11", 2) + violation;
  const auto any = [](const std::string& type, const std::string& value) {
    const std::string url = "type.googleapis.com/google.rpc." + type;
    const std::string body = std::string("\x0a") + static_cast<char>(url.size()) + url + "\x12" +
                             static_cast<char>(value.size()) + value;
    return std::string("\x1a") + static_cast<char>(body.size()) + body;
  };
  EXPECT_EQ(ToGrpc(wrong).error_details(), std::string("\x08\x03\x12\x09tier: bad") +
                                               any("ErrorInfo", error_info) + any("BadRequest", bad_request));
}

}  // namespace
}  // namespace holdfast::rpc
