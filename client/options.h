// What every command shares, and the reading of what people type. Everything typed is checked before it is
// sent: protobuf would drop text that is not UTF-8 without a word. Errors name the option.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/base/status.h"

namespace holdfast::client {

enum class OutputFormat { kTable, kJson, kJsonLines };

struct Globals {
  std::string output;  // as typed: "", "table", "json", "jsonl"
  bool quiet = false;
  bool yes = false;
  bool accept_restore = false;
  std::string reason;
  std::string approval;  // to use, as typed
  std::string wait;      // for an approval: a duration, as typed; "": not at all

  OutputFormat format() const;
};

// Each takes a bare id or a resource name and gives the resource name; `option` is named in errors.
absl::StatusOr<std::string> HolderArg(std::string_view option, std::string_view text);
absl::StatusOr<std::string> AccountArg(std::string_view option, std::string_view text);
absl::StatusOr<std::string> HandoverArg(std::string_view option, std::string_view text);
absl::StatusOr<std::string> ApprovalArg(std::string_view option, std::string_view text);
// Like the above; "" stays "".
absl::StatusOr<std::string> OptionalHolderArg(std::string_view option, std::string_view text);
absl::StatusOr<std::string> OptionalAccountArg(std::string_view option, std::string_view text);

// A new holder's or account's id, bare or as a resource name of `collection`: gives the id.
absl::StatusOr<std::string> NewIdArg(std::string_view collection, std::string_view option,
                                     std::string_view text);

// "holders/alice" -> "alice".
std::string LastId(const std::string& name);

inline constexpr std::size_t kMaxEtag = 128;  // more than any etag of the vault has

// "accounts/A/secrets/S" of an account and a secret, of which the secret may be a full name of its own.
absl::StatusOr<std::string> SecretArg(std::string_view account, std::string_view secret);
absl::StatusOr<std::string> VersionArg(std::string_view account, std::string_view secret,
                                       std::int64_t version);

// A duration such as "90s", "30m", "8h", "2d", "1w".
std::optional<Micros> ParseDuration(std::string_view text);

enum class Direction { kPast, kFuture };
// A duration counted from `now`, an RFC 3339 time, or a date (midnight UTC).
absl::StatusOr<Micros> TimeArg(std::string_view option, std::string_view text, Micros now,
                               Direction direction);

// A random UUID: the idempotency key of one call.
std::string NewRequestId();

}  // namespace holdfast::client
