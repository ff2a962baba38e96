#include "vault/rpc/names.h"

#include <fmt/format.h>

#include "vault/base/ascii.h"
#include "vault/storage/account_store.h"
#include "vault/storage/handover_store.h"
#include "vault/storage/holder_store.h"
#include "vault/storage/secret_store.h"

namespace holdfast::rpc {
namespace {

constexpr std::string_view kGrants = "/grants/";
constexpr std::string_view kTasks = "/tasks/";
constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // the end of the year 9999
constexpr std::int32_t kNanosPerMicro = 1000;
constexpr std::int32_t kMaxNanos = 999'999'999;

// From `cache`, or else made by `describe` from the row that `find` gives.
template <class Known, class Find, class Describe>
absl::StatusOr<Known> Lookup(std::map<std::int64_t, Known>& cache, std::int64_t id, Find find, Describe describe) {
  if (const auto known = cache.find(id); known != cache.end()) return known->second;
  HF_ASSIGN_OR_RETURN(const auto row, find(id));
  if (!row.has_value())
    return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED", "a row that is named is gone");
  HF_ASSIGN_OR_RETURN(std::string name, describe(*row));
  return cache.emplace(id, Known{.name = std::move(name), .pseudonym = row->pseudonym}).first->second;
}

}  // namespace

absl::StatusOr<std::string> ParseOptionalName(std::string_view collection, std::string_view name,
                                              std::string_view field) {
  if (name.empty()) return std::string();
  return ParseName(collection, name, field);
}

absl::StatusOr<GrantName> ParseGrantName(std::string_view name, std::string_view field) {
  const std::size_t at = name.find(kGrants);
  if (at != name.npos) {
    auto account = ParseName("accounts", name.substr(0, at), field);
    const std::string_view holder = name.substr(at + kGrants.size());
    if (account.ok() && IsValidId(holder))
      return GrantName{.account = *std::move(account), .holder = std::string(holder)};
  }
  return InvalidField(field, "must be accounts/<id>/grants/<holder id>");
}

absl::StatusOr<VersionName> ParseSecretOrVersion(std::string_view name, std::string_view field) {
  if (name.find("/versions/") != name.npos) return ParseVersionName(name, field);
  HF_ASSIGN_OR_RETURN(SecretName secret, ParseSecretName(name, field));
  return VersionName{.account = std::move(secret.account), .secret = std::move(secret.secret), .version = 0};
}

absl::StatusOr<TaskName> ParseTaskName(std::string_view name, std::string_view field) {
  const std::size_t at = name.find(kTasks);
  if (at != name.npos) {
    auto handover = ParseName("handovers", name.substr(0, at), field);
    const std::int64_t task = ParseNumber(name.substr(at + kTasks.size())).value_or(0);
    if (handover.ok() && task > 0)
      return TaskName{.handover = *std::move(handover), .task = task};
  }
  return InvalidField(field, "must be handovers/<id>/tasks/<number>");
}

std::string GrantResource(std::string_view account, std::string_view holder) {
  return fmt::format("{}{}{}", account, kGrants, holder.substr(holder.find('/') + 1));
}

std::string HandoverName(std::string_view handover) { return fmt::format("handovers/{}", handover); }

void SetTime(Micros time, google::protobuf::Timestamp* out) {
  out->set_seconds(time / kSecond);
  out->set_nanos(static_cast<std::int32_t>(time % kSecond) * kNanosPerMicro);
}

void SetDuration(Micros duration, google::protobuf::Duration* out) {
  out->set_seconds(duration / kSecond);
  out->set_nanos(static_cast<std::int32_t>(duration % kSecond) * kNanosPerMicro);
}

absl::StatusOr<Micros> ParseTimestamp(const google::protobuf::Timestamp& time, std::string_view field) {
  if (time.seconds() < 0 || time.seconds() > kMaxSeconds || time.nanos() < 0 || time.nanos() > kMaxNanos)
    return InvalidField(field, "must be a time from 1970 to 9999");
  return time.seconds() * kSecond + time.nanos() / kNanosPerMicro;
}

absl::StatusOr<std::string> Names::Holder(std::optional<std::int64_t> id) {
  if (!id.has_value()) return std::string();
  HF_ASSIGN_OR_RETURN(Known known, HolderRow(*id));
  return std::move(known.name);
}

absl::StatusOr<std::string> Names::Account(std::int64_t id) {
  HF_ASSIGN_OR_RETURN(Known known, AccountRow(id));
  return std::move(known.name);
}

absl::StatusOr<std::string> Names::Secret(std::int64_t id) {
  HF_ASSIGN_OR_RETURN(Known known, SecretRow(id));
  return std::move(known.name);
}

absl::StatusOr<std::string> Names::Handover(std::int64_t id) {
  HF_ASSIGN_OR_RETURN(Known known, HandoverRow(id));
  return std::move(known.name);
}

absl::StatusOr<std::string> Names::Logged(NameOf kind, std::optional<std::int64_t> id,
                                          const std::optional<Bytes>& pseudonym) {
  if (!id.has_value() && !pseudonym.has_value()) return std::string();
  if (id.has_value() && pseudonym.has_value()) {
    HF_ASSIGN_OR_RETURN(Known known, Row(kind, *id));
    if (known.pseudonym == *pseudonym) return std::move(known.name);
  }
  return MakeError(absl::StatusCode::kDataLoss, "LOG_DAMAGED",
                   "an entry of the log is stored beside another row than its leaf names");
}

absl::StatusOr<Names::Known> Names::Row(NameOf kind, std::int64_t id) {
  switch (kind) {
    case NameOf::kHolder:
      return HolderRow(id);
    case NameOf::kAccount:
      return AccountRow(id);
    case NameOf::kSecret:
      return SecretRow(id);
    case NameOf::kHandover:
      return HandoverRow(id);
  }
  return absl::InternalError("unknown kind of row");
}

absl::StatusOr<Names::Known> Names::HolderRow(std::int64_t id) {
  return Lookup(
      holders_, id, [this](std::int64_t number) { return storage::HolderStore(tx_.db()).ById(number); },
      [](const storage::Holder& row) -> absl::StatusOr<std::string> { return HolderName(row.name); });
}

absl::StatusOr<Names::Known> Names::AccountRow(std::int64_t id) {
  return Lookup(
      accounts_, id, [this](std::int64_t number) { return storage::AccountStore(tx_.db()).ById(number); },
      [](const storage::Account& row) -> absl::StatusOr<std::string> { return AccountName(row.name); });
}

absl::StatusOr<Names::Known> Names::SecretRow(std::int64_t id) {
  return Lookup(
      secrets_, id, [this](std::int64_t number) { return storage::SecretStore(tx_.db()).ById(number); },
      [this](const storage::Secret& row) -> absl::StatusOr<std::string> {
        HF_ASSIGN_OR_RETURN(const std::string account, Account(row.account_id));
        return fmt::format("{}/secrets/{}", account, row.name);
      });
}

absl::StatusOr<Names::Known> Names::HandoverRow(std::int64_t id) {
  return Lookup(
      handovers_, id, [this](std::int64_t number) { return storage::HandoverStore(tx_.db()).ById(number); },
      [](const storage::Handover& row) -> absl::StatusOr<std::string> { return HandoverName(row.name); });
}

}  // namespace holdfast::rpc
