// The one grammar of ids and resource names. Ids: 1 to 63 of [a-z0-9._-], starting and ending with a
// letter or digit: lower-case ASCII, so no case or homoglyph variant of a name can exist.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vault/base/status.h"

namespace holdfast {

bool IsValidId(std::string_view id);
// INVALID_ARGUMENT naming `field`, with the grammar, unless it is one.
absl::Status CheckId(std::string_view field, std::string_view id);

// "accounts/x-acme-news" -> "x-acme-news"; errors name `field`. Each collection has one pattern.
absl::StatusOr<std::string> ParseName(std::string_view collection, std::string_view name,
                                      std::string_view field);

struct SecretName {
  std::string account;
  std::string secret;
};
// "accounts/A/secrets/S".
absl::StatusOr<SecretName> ParseSecretName(std::string_view name, std::string_view field);

struct VersionName {
  std::string account;
  std::string secret;
  std::int64_t version = 0;  // 1, 2, ...
};
// "accounts/A/secrets/S/versions/N".
absl::StatusOr<VersionName> ParseVersionName(std::string_view name, std::string_view field);

std::string AccountName(std::string_view account);
std::string HolderName(std::string_view holder);
std::string SecretResource(std::string_view account, std::string_view secret);
std::string VersionResource(std::string_view account, std::string_view secret, std::int64_t version);

}  // namespace holdfast
