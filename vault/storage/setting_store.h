// Settings of the vault, its wrapped keys and its certificates. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

class SettingStore {
 public:
  explicit SettingStore(Connection& connection) : connection_(connection) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view name);
  absl::Status Set(std::string_view name, std::string_view value);  // replaces

  // How long the vault was open in its life, in microseconds; 0 in a new one. It stands outside the state's
  // digest, as it moves without an event; whoever puts an old page back sets it back, which only makes waits
  // longer.
  absl::StatusOr<std::int64_t> Elapsed();
  absl::Status SetElapsed(std::int64_t micros);

  // ALREADY_EXISTS (reason CONSTRAINT) when this epoch has a key; NOT_FOUND (reason KEY_MISSING) when it has
  // none.
  absl::Status PutWrappedKey(std::string_view name, std::int64_t epoch, ByteView wrapped);
  absl::StatusOr<Bytes> GetWrappedKey(std::string_view name, std::int64_t epoch);
  absl::Status DeleteWrappedKey(std::string_view name, std::int64_t epoch);  // NOT_FOUND (reason ROW_MISSING)

  absl::Status PutCertificate(std::string_view name, std::string_view pem);  // replaces
  absl::StatusOr<std::string> GetCertificate(
      std::string_view name);  // NOT_FOUND (reason CERTIFICATE_MISSING)

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
