#include "client/options.h"

#include <charconv>

#include "fmt/format.h"
#include "vault/base/ids.h"
#include "vault/crypto/init.h"

namespace holdfast::client {
namespace {

absl::StatusOr<std::string> NameArg(std::string_view collection, std::string_view option,
                                    std::string_view text) {
  HF_ASSIGN_OR_RETURN(const std::string id, NewIdArg(collection, option, text));
  return fmt::format("{}/{}", collection, id);
}

std::optional<Micros> UnitOf(std::string_view unit) {
  if (unit == "s") return kSecond;
  if (unit == "m" || unit == "min") return kMinute;
  if (unit == "h") return kHour;
  if (unit == "d") return kDay;
  if (unit == "w") return 7 * kDay;
  return std::nullopt;
}

}  // namespace

OutputFormat Globals::format() const {
  if (output == "json") return OutputFormat::kJson;
  if (output == "jsonl") return OutputFormat::kJsonLines;
  return OutputFormat::kTable;
}

absl::StatusOr<std::string> NewIdArg(std::string_view collection, std::string_view option,
                                     std::string_view text) {
  if (text.find('/') != text.npos) return ParseName(collection, text, option);
  HF_RETURN_IF_ERROR(CheckId(option, text));
  return std::string(text);
}

absl::StatusOr<std::string> HolderArg(std::string_view option, std::string_view text) {
  return NameArg("holders", option, text);
}

absl::StatusOr<std::string> AccountArg(std::string_view option, std::string_view text) {
  return NameArg("accounts", option, text);
}

absl::StatusOr<std::string> HandoverArg(std::string_view option, std::string_view text) {
  return NameArg("handovers", option, text);
}

absl::StatusOr<std::string> ApprovalArg(std::string_view option, std::string_view text) {
  return NameArg("approvals", option, text);
}

absl::StatusOr<std::string> OptionalHolderArg(std::string_view option, std::string_view text) {
  if (text.empty()) return std::string();
  return HolderArg(option, text);
}

absl::StatusOr<std::string> OptionalAccountArg(std::string_view option, std::string_view text) {
  if (text.empty()) return std::string();
  return AccountArg(option, text);
}

std::string LastId(const std::string& name) { return name.substr(name.rfind('/') + 1); }

absl::StatusOr<std::string> SecretArg(std::string_view account, std::string_view secret) {
  HF_ASSIGN_OR_RETURN(const std::string account_name, AccountArg("ACCOUNT", account));
  if (secret.find('/') != secret.npos) {
    HF_ASSIGN_OR_RETURN(const SecretName name, ParseSecretName(secret, "SECRET"));
    if (AccountName(name.account) != account_name)
      return InvalidField("SECRET", "belongs to another account");
    return std::string(secret);
  }
  if (!IsValidId(secret)) return InvalidField("SECRET", "must be an id, for example \"password\"");
  return fmt::format("{}/secrets/{}", account_name, secret);
}

absl::StatusOr<std::string> VersionArg(std::string_view account, std::string_view secret,
                                       std::int64_t version) {
  HF_ASSIGN_OR_RETURN(const std::string name, SecretArg(account, secret));
  if (version < 1) return InvalidField("VERSION", "must be 1 or more");
  return fmt::format("{}/versions/{}", name, version);
}

std::optional<Micros> ParseDuration(std::string_view text) {
  constexpr Micros kLongest = 3650 * kDay;
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || count < 1) return std::nullopt;
  const auto unit = UnitOf({stop, static_cast<std::size_t>(end - stop)});
  if (!unit.has_value() || count > kLongest / *unit) return std::nullopt;
  return count * *unit;
}

absl::StatusOr<Micros> TimeArg(std::string_view option, std::string_view text, Micros now,
                               Direction direction) {
  if (const auto duration = ParseDuration(text); duration.has_value())
    return direction == Direction::kPast ? now - *duration : now + *duration;
  constexpr std::size_t kDateSize = 10;
  const auto time =
      ParseTime(text.size() == kDateSize ? fmt::format("{}T00:00:00Z", text) : std::string(text));
  if (!time.has_value())
    return InvalidField(
        option, "must be a duration (30m, 8h, 2d, 1w), a date or a time such as 2026-11-22T08:00:00Z");
  return *time;
}

std::string NewRequestId() {
  Bytes random = crypto::RandomBytes(16);
  random[6] = static_cast<std::uint8_t>((random[6] & 0x0f) | 0x40);  // version 4
  random[8] = static_cast<std::uint8_t>((random[8] & 0x3f) | 0x80);  // variant of RFC 4122
  const std::string hex = HexEncode(random);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

}  // namespace holdfast::client
