#include "client/errors.h"

#include <array>
#include <optional>
#include <string_view>

#include "client/approval_wait.h"
#include "client/options.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "grpcpp/grpcpp.h"
#include "holdfast/v1/errors.pb.h"
#include "nlohmann/json.hpp"

namespace holdfast::client {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kTypes = "type.googleapis.com/google.rpc.";

// Fields of the API whose name is not that of the option, with '_' for '-'.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kOptions = {
    {{"backups", "--backup"},
     {"qualifications", "--qualification"},
     {"roles", "--role"},
     {"expire_time", "--expires"},
     {"ttl", "--expires"},
     {"enrollment_ttl", "--valid"},
     {"start_time", "--since"},
     {"end_time", "--until"},
     {"holder_id", "ID"},
     {"account_id", "ID"},
     {"known_by", "--known-by"},
     {"to", "--to"}}};
constexpr std::array<std::string_view, 21> kSameName = {
    "display_name", "person", "kind",   "handle",  "url",       "platform", "platform_id", "purpose",
    "tier",         "unit",   "owner",  "reason",  "ticket",    "evidence", "etag",        "fingerprint",
    "leaver",       "actor",  "holder", "account", "type"};

template <typename M>
std::optional<M> Unpack(const google::protobuf::Any& any, std::string_view name) {
  M message;
  if (any.type_url() != fmt::format("{}{}", kTypes, name) || !message.ParseFromString(any.value()))
    return std::nullopt;
  return message;
}

void TakeDetails(const v1::ErrorStatus& from, std::string& reason, std::string& field,
                 std::map<std::string, std::string>& pairs) {
  for (const auto& any : from.details()) {
    if (const auto info = Unpack<v1::ErrorInfo>(any, "ErrorInfo"); info.has_value()) {
      reason = info->reason();
      for (const auto& [key, value] : info->metadata()) pairs[key] = value;
    } else if (const auto bad = Unpack<v1::BadRequest>(any, "BadRequest"); bad.has_value()) {
      if (bad->field_violations_size() > 0) field = bad->field_violations(0).field();
    } else if (const auto retry = Unpack<v1::RetryInfo>(any, "RetryInfo"); retry.has_value()) {
      pairs["retry_millis"] =
          fmt::format("{}", retry->retry_delay().seconds() * 1000 + retry->retry_delay().nanos() / 1'000'000);
    }
  }
}

// A failure below the API: no answer of the vault. gRPC's own text is for its developers.
absl::Status TransportError(const grpc::Status& status, const std::string& address) {
  const std::string& text = status.error_message();
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return MakeError(absl::StatusCode::kUnavailable, "UNREACHABLE",
                       fmt::format("cannot reach the vault at {} (is holdfastd running?)", address));
    case grpc::StatusCode::UNIMPLEMENTED:
      return MakeError(
          absl::StatusCode::kUnavailable, "NOT_OFFERED",
          fmt::format("the vault at {} does not know this call: its version is another than this command's",
                      address));
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return MakeError(absl::StatusCode::kDeadlineExceeded, "LATE",
                       fmt::format("the vault at {} did not answer in time", address));
    default:
      return MakeError(
          static_cast<absl::StatusCode>(status.error_code()), "",
          text.empty() ? fmt::format("the vault at {} refused without saying why", address) : text);
  }
}

std::optional<std::string> OptionOf(std::string_view path) {
  const std::string_view field = path.substr(path.rfind('.') == path.npos ? 0 : path.rfind('.') + 1);
  const std::string_view name = field.substr(0, field.find('['));
  for (const auto& [known, option] : kOptions)
    if (name == known) return std::string(option);
  for (const std::string_view known : kSameName) {
    if (name != known) continue;
    std::string option = fmt::format("--{}", known);
    for (char& c : option)
      if (c == '_') c = '-';
    return option;
  }
  return std::nullopt;
}

const char* CodeName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "OK";
    case absl::StatusCode::kCancelled:
      return "CANCELLED";
    case absl::StatusCode::kUnknown:
      return "UNKNOWN";
    case absl::StatusCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case absl::StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case absl::StatusCode::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case absl::StatusCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case absl::StatusCode::kAborted:
      return "ABORTED";
    case absl::StatusCode::kOutOfRange:
      return "OUT_OF_RANGE";
    case absl::StatusCode::kUnimplemented:
      return "UNIMPLEMENTED";
    case absl::StatusCode::kInternal:
      return "INTERNAL";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDataLoss:
      return "DATA_LOSS";
    case absl::StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    default:
      return "UNKNOWN";  // abseil reserves values of its own
  }
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  if (reason == "APPROVAL_REQUIRED" || reason == "CUT_WAITS") return ExitCode::kApproval;
  if (reason == "VERIFICATION_FAILED" || reason == "RESTORE_NOT_ACCEPTED") return ExitCode::kVerification;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kUsage;
    case absl::StatusCode::kUnauthenticated:
      return ExitCode::kUnauthenticated;
    case absl::StatusCode::kPermissionDenied:
      return ExitCode::kDenied;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return ExitCode::kConflict;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kUnavailable;
    default:
      return ExitCode::kInternal;
  }
}

absl::Status FromGrpc(const grpc::Status& status, const std::string& address) {
  if (status.ok()) return absl::OkStatus();
  v1::ErrorStatus detail;
  if (status.error_details().empty() || !detail.ParseFromString(status.error_details()))
    return TransportError(status, address);
  std::string reason;
  std::string field;
  std::map<std::string, std::string> pairs;
  TakeDetails(detail, reason, field, pairs);
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  std::string message = detail.message().empty() ? status.error_message() : detail.message();
  const std::string prefix = field + ": ";
  const bool invalid_field = !field.empty() && code == absl::StatusCode::kInvalidArgument;
  if (invalid_field && message.compare(0, prefix.size(), prefix) == 0) message.erase(0, prefix.size());
  absl::Status result = invalid_field ? InvalidField(field, message) : MakeError(code, reason, message);
  for (const auto& [key, value] : pairs) AddDetail(result, key, value);
  return result;
}

absl::Status WithHint(const absl::Status& failed, std::string_view hint) {
  absl::Status hinted =
      MakeError(failed.code(), ReasonOf(failed), fmt::format("{}; {}", MessageOf(failed), hint));
  for (const auto& [key, value] : DetailsOf(failed)) AddDetail(hinted, key, value);
  return hinted;
}

std::string ErrorLine(const absl::Status& status) {
  std::string message(MessageOf(status));
  const std::string field = FieldOf(status);
  const auto option = OptionOf(field);
  if (option.has_value() && message.compare(0, field.size(), field) == 0)
    message.replace(0, field.size(), *option);
  if (const std::string approval = MissingApproval(status); !approval.empty())
    message += fmt::format(
        "; they run: holdfast approval approve {}; then repeat exactly this command, or add --wait",
        LastId(approval));
  return fmt::format("holdfast: {}\n", Printable(message));
}

std::string ErrorJson(const absl::Status& status) {
  Json details = Json::array();
  Json metadata = Json::object();
  for (const auto& [key, value] : DetailsOf(status)) metadata[key] = value;
  if (const std::string reason = ReasonOf(status); !reason.empty())
    details.push_back({{"@type", fmt::format("{}ErrorInfo", kTypes)},
                       {"reason", reason},
                       {"domain", "holdfast"},
                       {"metadata", metadata}});
  if (const std::string field = FieldOf(status); !field.empty())
    details.push_back(
        {{"@type", fmt::format("{}BadRequest", kTypes)},
         {"fieldViolations", Json::array({Json({{"field", field}, {"description", MessageOf(status)}})})}});
  const Json error = {{"error",
                       {{"code", static_cast<int>(status.code())},
                        {"status", CodeName(status.code())},
                        {"message", MessageOf(status)},
                        {"details", details}}}};
  return error.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::client
