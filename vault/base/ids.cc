#include "vault/base/ids.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "fmt/core.h"
#include "vault/base/ascii.h"

namespace holdfast {
namespace {

constexpr std::size_t kMaxIdSize = 63;

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsIdCharacter(char c) { return IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-'; }

// Splits at '/' into exactly `count` parts; empty when there are more or fewer.
std::vector<std::string_view> Split(std::string_view name, std::size_t count) {
  if (static_cast<std::size_t>(std::count(name.begin(), name.end(), '/')) + 1 != count) return {};
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const std::size_t slash = name.find('/');
    parts.push_back(name.substr(0, slash));
    name.remove_prefix(slash + 1);
  }
  parts.push_back(name);
  return parts;
}

// 1 or more, no sign, no leading zero: one spelling a number.
std::optional<std::int64_t> ParseVersion(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  return ParseNumber(text);
}

}  // namespace

bool IsValidId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdSize && IsLetterOrDigit(id.front()) &&
         IsLetterOrDigit(id.back()) && std::all_of(id.begin(), id.end(), IsIdCharacter);
}

absl::Status CheckId(std::string_view field, std::string_view id) {
  if (IsValidId(id)) return absl::OkStatus();
  return InvalidField(
      field, "must be 1 to 63 of a-z, 0-9, '.', '_' and '-', starting and ending with a letter or digit");
}

absl::StatusOr<std::string> ParseName(std::string_view collection, std::string_view name,
                                      std::string_view field) {
  const auto parts = Split(name, 2);
  if (parts.empty() || parts[0] != collection || !IsValidId(parts[1]))
    return InvalidField(field, fmt::format("must be {}/<id>", collection));
  return std::string(parts[1]);
}

absl::StatusOr<SecretName> ParseSecretName(std::string_view name, std::string_view field) {
  const auto parts = Split(name, 4);
  if (parts.empty() || parts[0] != "accounts" || parts[2] != "secrets" || !IsValidId(parts[1]) ||
      !IsValidId(parts[3]))
    return InvalidField(field, "must be accounts/<id>/secrets/<id>");
  return SecretName{.account = std::string(parts[1]), .secret = std::string(parts[3])};
}

absl::StatusOr<VersionName> ParseVersionName(std::string_view name, std::string_view field) {
  const auto parts = Split(name, 6);
  const auto version = parts.empty() ? std::nullopt : ParseVersion(parts[5]);
  if (!version.has_value() || parts[0] != "accounts" || parts[2] != "secrets" || parts[4] != "versions" ||
      !IsValidId(parts[1]) || !IsValidId(parts[3]))
    return InvalidField(field, "must be accounts/<id>/secrets/<id>/versions/<number>");
  return VersionName{.account = std::string(parts[1]), .secret = std::string(parts[3]), .version = *version};
}

std::string AccountName(std::string_view account) { return fmt::format("accounts/{}", account); }

std::string HolderName(std::string_view holder) { return fmt::format("holders/{}", holder); }

std::string SecretResource(std::string_view account, std::string_view secret) {
  return fmt::format("accounts/{}/secrets/{}", account, secret);
}

std::string VersionResource(std::string_view account, std::string_view secret, std::int64_t version) {
  return fmt::format("accounts/{}/secrets/{}/versions/{}", account, secret, version);
}

}  // namespace holdfast
