#include "vault/rpc/event_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "vault/base/limits.h"
#include "vault/handover/view.h"
#include "vault/policy/action.h"
#include "vault/rpc/enums.h"
#include "vault/rpc/names.h"

namespace holdfast::rpc {
namespace {

constexpr std::string_view kGroup = ".*";

bool IsTypeChar(char c) { return (c >= 'a' && c <= 'z') || c == '.' || c == '-'; }

// "secret.reveal" or "secret.*".
absl::Status CheckType(std::string_view type) {
  std::string_view words = type;
  if (words.ends_with(kGroup)) words.remove_suffix(kGroup.size());
  if (type.size() <= kMaxEventType && !words.empty() && std::ranges::all_of(words, IsTypeChar))
    return absl::OkStatus();
  return InvalidField("type", "must be like secret.reveal or secret.*");
}

absl::StatusOr<std::optional<Micros>> ParseOptionalTime(bool is_set, const google::protobuf::Timestamp& time,
                                                        std::string_view field) {
  if (!is_set) return std::optional<Micros>();
  HF_ASSIGN_OR_RETURN(const Micros micros, ParseTimestamp(time, field));
  return std::optional(micros);
}

absl::Status FillPlain(const v1::ListEventsRequest& message, storage::EventFilter& filter) {
  if (message.type().ends_with(kGroup)) {
    filter.type_prefix = message.type().substr(0, message.type().size() - 1);
  } else if (!message.type().empty()) {
    filter.type = message.type();
  }
  if (message.outcome() != v1::OUTCOME_UNSPECIFIED) {
    HF_ASSIGN_OR_RETURN(filter.outcome, FromProto(message.outcome(), "outcome"));
  }
  HF_ASSIGN_OR_RETURN(filter.time_from,
                      ParseOptionalTime(message.has_start_time(), message.start_time(), "start_time"));
  HF_ASSIGN_OR_RETURN(filter.time_to,
                      ParseOptionalTime(message.has_end_time(), message.end_time(), "end_time"));
  return absl::OkStatus();
}

// By its id now or a former one. For auditors, who may know of every account there is: an unknown one is not found.
absl::StatusOr<storage::Account> AccountByName(custody::Tx& tx, std::string_view name) {
  HF_ASSIGN_OR_RETURN(auto account, storage::AccountStore(tx.db()).ByName(name));
  if (account.has_value()) return *std::move(account);
  HF_ASSIGN_OR_RETURN(account, storage::AccountStore(tx.db()).ByFormerName(name));
  if (account.has_value()) return *std::move(account);
  return MakeError(absl::StatusCode::kNotFound, "NOT_FOUND", "there is no account " + std::string(name));
}

absl::Status FillIds(custody::Tx& tx, const v1::ListEventsRequest& message, storage::EventFilter& filter) {
  if (!message.actor().empty()) {
    HF_ASSIGN_OR_RETURN(const std::string name, ParseName("holders", message.actor(), "actor"));
    HF_ASSIGN_OR_RETURN(const auto row, custody::FindHolder(tx, name));
    filter.actor_id = row.id;
  }
  if (!message.subject().empty()) {
    HF_ASSIGN_OR_RETURN(const std::string name, ParseName("holders", message.subject(), "subject"));
    HF_ASSIGN_OR_RETURN(const auto row, custody::FindHolder(tx, name));
    filter.subject_id = row.id;
  }
  if (!message.account().empty()) {
    HF_ASSIGN_OR_RETURN(const std::string name, ParseName("accounts", message.account(), "account"));
    HF_ASSIGN_OR_RETURN(const auto row, AccountByName(tx, name));
    filter.account_id = row.id;
  }
  if (!message.secret().empty()) {
    HF_ASSIGN_OR_RETURN(const SecretName name, ParseSecretName(message.secret(), "secret"));
    HF_ASSIGN_OR_RETURN(const auto account, AccountByName(tx, name.account));
    HF_ASSIGN_OR_RETURN(const auto row, custody::FindSecret(tx, account, name.secret));
    filter.secret_id = row.id;
  }
  if (!message.handover().empty()) {
    HF_ASSIGN_OR_RETURN(const std::string name, ParseName("handovers", message.handover(), "handover"));
    HF_ASSIGN_OR_RETURN(const auto row, handover::FindCase(tx, name));
    filter.handover_id = row.id;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckEventQuery(const v1::ListEventsRequest& message) {
  HF_RETURN_IF_ERROR(ParseOptionalName("holders", message.actor(), "actor").status());
  HF_RETURN_IF_ERROR(ParseOptionalName("holders", message.subject(), "subject").status());
  HF_RETURN_IF_ERROR(ParseOptionalName("accounts", message.account(), "account").status());
  HF_RETURN_IF_ERROR(ParseOptionalName("handovers", message.handover(), "handover").status());
  if (!message.secret().empty()) HF_RETURN_IF_ERROR(ParseSecretName(message.secret(), "secret").status());
  if (!message.type().empty()) HF_RETURN_IF_ERROR(CheckType(message.type()));
  storage::EventFilter filter;
  return FillPlain(message, filter);
}

absl::StatusOr<storage::EventFilter> FilterOf(custody::Tx& tx, const v1::ListEventsRequest& message) {
  storage::EventFilter filter;
  HF_RETURN_IF_ERROR(FillPlain(message, filter));
  HF_RETURN_IF_ERROR(FillIds(tx, message, filter));
  return filter;
}

bool IsTypeOfAnAction(const std::string& type) {
  const bool group = type.ends_with(kGroup);
  const std::string_view wanted = std::string_view(type).substr(0, group ? type.size() - 1 : type.size());
  return std::ranges::any_of(policy::AllActions(), [&](policy::Action action) {
    const std::string_view name = policy::ActionName(action);
    return group ? name.starts_with(wanted) : name == wanted;
  });
}

std::string QueryText(const v1::ListEventsRequest& message) {
  std::string text;
  const auto add = [&text](std::string_view key, std::string_view value) {
    if (!value.empty()) text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, value);
  };
  const auto time = [](const google::protobuf::Timestamp& stamp) {
    return FormatTime(stamp.seconds() * kSecond + stamp.nanos() / 1000);
  };
  add("actor", message.actor());
  add("account", message.account());
  add("secret", message.secret());
  add("subject", message.subject());
  add("handover", message.handover());
  add("type", message.type());
  if (message.outcome() != v1::OUTCOME_UNSPECIFIED)
    add("outcome", message.outcome() == v1::OUTCOME_DENIED ? "denied" : "allowed");
  if (message.has_start_time()) add("start", time(message.start_time()));
  if (message.has_end_time()) add("end", time(message.end_time()));
  return text.empty() ? "all" : text;
}

}  // namespace holdfast::rpc
