// Errors: an absl::Status that also carries a stable reason (UPPER_SNAKE_CASE, for programs), the field
// at fault, and details (string pairs). Messages hold static text plus ids: never plaintext, SQL, or
// a library's own text. Only rpc/ turns these into grpc::Status.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace holdfast {

// `reason` is what a program switches on, e.g. "ETAG_MISMATCH".
absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message);

// INVALID_ARGUMENT with reason INVALID_FIELD; `field` is the request's path to it, e.g. "account.tier".
absl::Status InvalidField(std::string_view field, std::string_view message);

// Adds one detail pair, visible to the caller of the RPC. Never put a secret here.
void AddDetail(absl::Status& status, std::string_view key, std::string_view value);

std::string ReasonOf(const absl::Status& status);  // "" when none was set
std::string FieldOf(const absl::Status& status);   // "" when none was set
std::map<std::string, std::string> DetailsOf(const absl::Status& status);

inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace holdfast

#define HF_CONCAT_INNER(a, b) a##b
#define HF_CONCAT(a, b) HF_CONCAT_INNER(a, b)

// Returns from the calling function when `expr` (absl::Status) is not OK.
#define HF_RETURN_IF_ERROR(expr)                                            \
  do {                                                                      \
    if (absl::Status hf_status = (expr); !hf_status.ok()) return hf_status; \
  } while (false)

// Assigns the value of `expr` (absl::StatusOr<T>) to `lhs`, or returns its status.
#define HF_ASSIGN_OR_RETURN(lhs, ...) HF_ASSIGN_OR_RETURN_IMPL(HF_CONCAT(hf_or_, __LINE__), lhs, __VA_ARGS__)
#define HF_ASSIGN_OR_RETURN_IMPL(tmp, lhs, ...) \
  auto tmp = (__VA_ARGS__);                     \
  if (!tmp.ok()) return tmp.status();           \
  lhs = std::move(tmp).value()
