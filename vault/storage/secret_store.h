// Secrets and their versions, sealed: this store sees ciphertext alone. Not thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

struct Secret {
  std::int64_t id = 0;
  std::int64_t account_id = 0;
  std::string name{};
  Bytes pseudonym{};
  std::string kind{};
  std::int64_t current_version = 0;
  Micros created_at = 0;
  Micros updated_at = 0;
  std::int64_t revision = 1;
  std::optional<Micros> removed_at{};  // out of the lists; a new version brings it back
  std::optional<std::int64_t> removed_by{};
};

struct SecretVersion {
  std::int64_t id = 0;
  std::int64_t secret_id = 0;
  std::int64_t version = 0;
  std::int64_t epoch = 0;
  std::optional<Bytes> sealed{};  // none once destroyed
  std::int64_t created_by = 0;
  Micros created_at = 0;
  std::optional<Micros> destroyed_at{};
  std::optional<std::int64_t> destroyed_by{};
  Micros in_use_since = 0;  // earlier than created_at when an import said so
};

class SecretStore {
 public:
  explicit SecretStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(Secret& secret);  // sets secret.id
  absl::StatusOr<std::optional<Secret>> ById(std::int64_t id);
  absl::StatusOr<std::optional<Secret>> ByName(std::int64_t account_id, std::string_view name);
  // Writes current_version, updated_at, revision and the removed columns.
  absl::Status Update(const Secret& secret);
  absl::StatusOr<std::vector<Secret>> ListByAccount(std::int64_t account_id);

  absl::Status InsertVersion(SecretVersion& version);  // sets version.id
  absl::StatusOr<std::optional<SecretVersion>> Version(std::int64_t secret_id, std::int64_t version);
  // Writes epoch, sealed, and the destroyed columns.
  absl::Status UpdateVersion(const SecretVersion& version);
  // When the holder put in those of the newest hundred versions that came after `since`.
  absl::StatusOr<std::vector<Micros>> PutTimes(std::int64_t secret_id, std::int64_t holder_id, Micros since);
  // When the holder put in versions of any secret after `since`; what was imported does not count.
  absl::StatusOr<std::vector<Micros>> PutTimesBy(std::int64_t holder_id, Micros since);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
