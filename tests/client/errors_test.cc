#include "client/errors.h"

#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "holdfast/v1/errors.pb.h"
#include "nlohmann/json.hpp"

namespace holdfast::client {
namespace {

constexpr char kAddress[] = "127.0.0.1:8443";

void Pack(v1::ErrorStatus& status, const std::string& name, const google::protobuf::Message& message) {
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url("type.googleapis.com/google.rpc." + name);
  any.set_value(message.SerializeAsString());
}

grpc::Status Answer(grpc::StatusCode code, const std::string& reason, const std::string& field,
                    const std::string& message) {
  v1::ErrorStatus status;
  status.set_code(code);
  status.set_message(message);
  v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("holdfast");
  (*info.mutable_metadata())["rule"] = "r1";
  Pack(status, "ErrorInfo", info);
  if (!field.empty()) {
    v1::BadRequest bad;
    bad.add_field_violations()->set_field(field);
    Pack(status, "BadRequest", bad);
  }
  v1::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(250'000'000);
  Pack(status, "RetryInfo", retry);
  return grpc::Status(code, message, status.SerializeAsString());
}

TEST(Errors, KeepReasonFieldAndDetailsOfTheVault) {
  const absl::Status status = FromGrpc(Answer(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD",
                                              "account.tier", "account.tier: must be 1 to 3"),
                                       kAddress);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(status), "account.tier");
  EXPECT_EQ(MessageOf(status), "account.tier: must be 1 to 3");
  EXPECT_EQ(DetailsOf(status).at("rule"), "r1");
  EXPECT_EQ(DetailsOf(status).at("retry_millis"), "250");
}

TEST(Errors, NameTheOptionInsteadOfTheField) {
  const auto line = [](const char* field) {
    return ErrorLine(FromGrpc(
        Answer(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", field, std::string(field) + ": is wrong"),
        kAddress));
  };
  EXPECT_EQ(line("account.tier"), "holdfast: --tier: is wrong\n");
  EXPECT_EQ(line("account.backups[1]"), "holdfast: --backup: is wrong\n");
  EXPECT_EQ(line("grant.expire_time"), "holdfast: --expires: is wrong\n");
  EXPECT_EQ(line("holder.display_name"), "holdfast: --display-name: is wrong\n");
  EXPECT_EQ(line("something.else"), "holdfast: something.else: is wrong\n");
}

TEST(Errors, CarryNoEscapeSequenceToTheTerminal) {
  EXPECT_EQ(ErrorLine(FromGrpc(Answer(grpc::StatusCode::NOT_FOUND, "X", "", "a\x1b[2Jb"), kAddress)),
            "holdfast: a\ufffd[2Jb\n");
}

TEST(Errors, AsJsonHaveTheShapeOfGoogleRpcStatus) {
  const std::string json = ErrorJson(FromGrpc(
      Answer(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "account.tier", "must be 1"), kAddress));
  const auto error = nlohmann::json::parse(json)["error"];
  EXPECT_EQ(error["code"], 3);
  EXPECT_EQ(error["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["message"], "account.tier: must be 1");
  EXPECT_EQ(error["details"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(error["details"][0]["reason"], "INVALID_FIELD");
  EXPECT_EQ(error["details"][0]["metadata"]["rule"], "r1");
  EXPECT_EQ(error["details"][1]["fieldViolations"][0]["field"], "account.tier");
}

TEST(Errors, BelowTheApiSayWhatItMeans) {
  const auto transport = [](grpc::StatusCode code, const char* text) {
    return FromGrpc(grpc::Status(code, text), kAddress);
  };
  const absl::Status gone = transport(grpc::StatusCode::UNAVAILABLE, "failed to connect to all addresses");
  EXPECT_NE(gone.message().find("cannot reach the vault at 127.0.0.1:8443"), absl::string_view::npos);
  EXPECT_EQ(ExitCodeOf(gone), ExitCode::kUnavailable);
  EXPECT_EQ(ExitCodeOf(transport(grpc::StatusCode::DEADLINE_EXCEEDED, "x")), ExitCode::kUnavailable);
  const absl::Status older = transport(grpc::StatusCode::UNIMPLEMENTED, "");
  EXPECT_EQ(ExitCodeOf(older), ExitCode::kUnavailable);
  EXPECT_NE(older.message().find("its version is another"), absl::string_view::npos);
}

TEST(ExitCodes, AreThoseOfTheManual) {
  const auto exit = [](absl::StatusCode code, const char* reason = "X") {
    return static_cast<int>(ExitCodeOf(MakeError(code, reason, "m")));
  };
  EXPECT_EQ(static_cast<int>(ExitCodeOf(absl::OkStatus())), 0);
  EXPECT_EQ(exit(absl::StatusCode::kInternal), 1);
  EXPECT_EQ(exit(absl::StatusCode::kUnimplemented), 1);
  EXPECT_EQ(exit(absl::StatusCode::kInvalidArgument), 2);
  EXPECT_EQ(exit(absl::StatusCode::kUnauthenticated), 3);
  EXPECT_EQ(exit(absl::StatusCode::kPermissionDenied), 4);
  EXPECT_EQ(exit(absl::StatusCode::kPermissionDenied, "APPROVAL_REQUIRED"), 5);
  EXPECT_EQ(exit(absl::StatusCode::kFailedPrecondition, "APPROVAL_REQUIRED"), 5);
  EXPECT_EQ(exit(absl::StatusCode::kNotFound), 6);
  EXPECT_EQ(exit(absl::StatusCode::kAlreadyExists), 7);
  EXPECT_EQ(exit(absl::StatusCode::kFailedPrecondition), 7);
  EXPECT_EQ(exit(absl::StatusCode::kAborted), 7);
  EXPECT_EQ(exit(absl::StatusCode::kUnavailable), 8);
  EXPECT_EQ(exit(absl::StatusCode::kResourceExhausted), 8);
  EXPECT_EQ(exit(absl::StatusCode::kDataLoss, "VERIFICATION_FAILED"), 9);
  EXPECT_EQ(exit(absl::StatusCode::kDataLoss, "LOG_DAMAGED"), 1);
}

TEST(Errors, AHintFollowsWhatTheServerSays) {
  absl::Status denied = MakeError(absl::StatusCode::kPermissionDenied, "DENIED", "nothing permits you audit.read");
  AddDetail(denied, "rule", "default.deny");
  const absl::Status hinted = WithHint(denied, "your own: holdfast access list --holder mia");
  EXPECT_EQ(ErrorLine(hinted),
            "holdfast: nothing permits you audit.read; your own: holdfast access list --holder mia\n");
  EXPECT_EQ(ExitCodeOf(hinted), ExitCode::kDenied);
  EXPECT_EQ(DetailsOf(hinted).at("rule"), "default.deny");
}

}  // namespace
}  // namespace holdfast::client
