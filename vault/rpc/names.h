// Resource names and times as the API writes them.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/ids.h"
#include "vault/custody/tx.h"

namespace holdfast::rpc {

// ParseName, or "" for "".
absl::StatusOr<std::string> ParseOptionalName(std::string_view collection, std::string_view name,
                                              std::string_view field);

struct GrantName {
  std::string account;
  std::string holder;
};
// "accounts/A/grants/H".
absl::StatusOr<GrantName> ParseGrantName(std::string_view name, std::string_view field);
// "accounts/A/secrets/S", which gives version 0, or "accounts/A/secrets/S/versions/N".
absl::StatusOr<VersionName> ParseSecretOrVersion(std::string_view name, std::string_view field);

struct TaskName {
  std::string handover;
  std::int64_t task = 0;
};
// "handovers/7/tasks/12".
absl::StatusOr<TaskName> ParseTaskName(std::string_view name, std::string_view field);

// From "accounts/A" and "holders/H".
std::string GrantResource(std::string_view account, std::string_view holder);
std::string HandoverName(std::string_view handover);

void SetTime(Micros time, google::protobuf::Timestamp* out);
void SetDuration(Micros duration, google::protobuf::Duration* out);
// Years 1970 to 9999.
absl::StatusOr<Micros> ParseTimestamp(const google::protobuf::Timestamp& time, std::string_view field);

// The kinds of rows that numbers in the log stand for.
enum class NameOf : int { kHolder, kAccount, kSecret, kHandover };

// The names of rows by their numbers, each looked up once. For one transaction; not thread safe.
class Names {
 public:
  explicit Names(const custody::Tx& tx) : tx_(tx) {}

  const custody::Tx& tx() const { return tx_; }
  // "holders/alice"; "" for none.
  absl::StatusOr<std::string> Holder(std::optional<std::int64_t> id);
  // "accounts/x-acme-news".
  absl::StatusOr<std::string> Account(std::int64_t id);
  // "accounts/x-acme-news/secrets/password".
  absl::StatusOr<std::string> Secret(std::int64_t id);
  // "handovers/7".
  absl::StatusOr<std::string> Handover(std::int64_t id);
  // Of an entry of the log: DATA_LOSS, reason LOG_DAMAGED, unless the row's pseudonym is the one in the leaf. "" when
  // there is neither.
  absl::StatusOr<std::string> Logged(NameOf kind, std::optional<std::int64_t> id,
                                     const std::optional<Bytes>& pseudonym);

 private:
  struct Known {
    std::string name;
    Bytes pseudonym;
  };
  using Cache = std::map<std::int64_t, Known>;

  absl::StatusOr<Known> HolderRow(std::int64_t id);
  absl::StatusOr<Known> AccountRow(std::int64_t id);
  absl::StatusOr<Known> SecretRow(std::int64_t id);
  absl::StatusOr<Known> HandoverRow(std::int64_t id);
  absl::StatusOr<Known> Row(NameOf kind, std::int64_t id);

  const custody::Tx& tx_;
  Cache holders_;
  Cache accounts_;
  Cache secrets_;
  Cache handovers_;
};

}  // namespace holdfast::rpc
