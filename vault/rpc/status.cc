#include "vault/rpc/status.h"

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/message.h>
#include <spdlog/spdlog.h>

#include <string>

#include "holdfast/v1/errors.pb.h"
#include "vault/base/retry.h"

namespace holdfast::rpc {
namespace {

bool IsOurFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kDataLoss ||
         code == absl::StatusCode::kUnknown;
}

void Add(v1::ErrorStatus& status, std::string_view type, const google::protobuf::Message& detail) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url(fmt::format("type.googleapis.com/google.rpc.{}", type));
  any->set_value(detail.SerializeAsString());
}

void AddErrorInfo(v1::ErrorStatus& out, const absl::Status& status) {
  v1::ErrorInfo info;
  info.set_reason(ReasonOf(status));
  info.set_domain("holdfast");
  for (const auto& [key, value] : DetailsOf(status)) (*info.mutable_metadata())[key] = value;
  Add(out, "ErrorInfo", info);
}

void AddBadRequest(v1::ErrorStatus& out, const absl::Status& status) {
  v1::BadRequest request;
  auto* violation = request.add_field_violations();
  violation->set_field(FieldOf(status));
  violation->set_description(std::string(MessageOf(status)));
  Add(out, "BadRequest", request);
}

// Where the delay is known. A limit that waiting does not lift has none: nobody is sent into a loop.
void AddRetryInfo(v1::ErrorStatus& out, std::int64_t millis) {
  v1::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(millis / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(millis % 1000) * 1'000'000);
  Add(out, "RetryInfo", retry);
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string message(MessageOf(status));
  if (IsOurFault(status.code())) {
    spdlog::error("call failed: {}: {}", ReasonOf(status), message);
    // Auditors must read which entry of the log is damaged; its index is all that such a message holds.
    if (ReasonOf(status) != "LOG_DAMAGED") message = "internal error; see the server's log";
  }
  v1::ErrorStatus details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  if (!ReasonOf(status).empty()) AddErrorInfo(details, status);
  if (!FieldOf(status).empty()) AddBadRequest(details, status);
  if (const auto delay = RetryAfterMillis(status); delay.has_value()) AddRetryInfo(details, *delay);
  return {static_cast<grpc::StatusCode>(status.code()), message, details.SerializeAsString()};
}

}  // namespace holdfast::rpc
