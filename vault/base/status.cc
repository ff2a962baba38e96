#include "vault/base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace holdfast {
namespace {

constexpr absl::string_view kReason = "holdfast/reason";
constexpr absl::string_view kField = "holdfast/field";
constexpr absl::string_view kDetail = "holdfast/detail/";

absl::string_view Abseil(std::string_view s) { return {s.data(), s.size()}; }

std::string Payload(const absl::Status& status, absl::string_view key) {
  const auto payload = status.GetPayload(key);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message) {
  absl::Status status(code, Abseil(message));
  status.SetPayload(kReason, absl::Cord(Abseil(reason)));
  return status;
}

absl::Status InvalidField(std::string_view field, std::string_view message) {
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                                  std::string(field) + ": " + std::string(message));
  status.SetPayload(kField, absl::Cord(Abseil(field)));
  return status;
}

void AddDetail(absl::Status& status, std::string_view key, std::string_view value) {
  status.SetPayload(Abseil(std::string(kDetail) + std::string(key)), absl::Cord(Abseil(value)));
}

std::string ReasonOf(const absl::Status& status) { return Payload(status, kReason); }

std::string FieldOf(const absl::Status& status) { return Payload(status, kField); }

std::map<std::string, std::string> DetailsOf(const absl::Status& status) {
  std::map<std::string, std::string> details;
  status.ForEachPayload([&](absl::string_view key, const absl::Cord& value) {
    if (key.substr(0, kDetail.size()) == kDetail)
      details.emplace(std::string(key.substr(kDetail.size())), std::string(value));
  });
  return details;
}

}  // namespace holdfast
