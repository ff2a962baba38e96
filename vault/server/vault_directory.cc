#include "vault/server/vault_directory.h"

#include <filesystem>
#include <system_error>

#include "vault/custody/seal.h"
#include "vault/server/hardening.h"

namespace holdfast::server {

absl::Status CheckVaultDirectory(const std::string& path, std::string_view field) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored) && !custody::HoldsVault(path))
    return InvalidField(field, custody::NoVaultWords(path));
  return CheckPrivateDirectory(path, field);
}

}  // namespace holdfast::server
