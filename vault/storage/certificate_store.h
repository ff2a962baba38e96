// The certificates of devices. Each renews the one before; those of one device are a line with one end. Not
// thread safe, as its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

struct DeviceCertificate {
  std::int64_t id = 0;
  std::int64_t device_id = 0;
  std::optional<std::int64_t> renews{};  // none: the device enrolled with it
  Bytes cert_sha256{};                   // of the DER
  Bytes key_sha256{};                    // of the public key's SubjectPublicKeyInfo
  std::string pem{};                     // given again to who asks again with the same key
  Micros created_at = 0;
  Micros not_after = 0;
  std::optional<Micros> used_at{};   // none: made by a renewal, and no call came with it yet
  std::optional<Micros> ended_at{};  // when its successor was used first
};

class CertificateStore {
 public:
  explicit CertificateStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(DeviceCertificate& certificate);  // sets certificate.id
  // Writes used_at and ended_at.
  absl::Status Update(const DeviceCertificate& certificate);
  absl::StatusOr<std::optional<DeviceCertificate>> ById(std::int64_t id);
  absl::StatusOr<std::optional<DeviceCertificate>> BySha256(ByteView cert_sha256);
  // True when any certificate, of whatever device and time, is for this key.
  absl::StatusOr<bool> KnowsKey(ByteView key_sha256);
  // In order of issue.
  absl::StatusOr<std::vector<DeviceCertificate>> ByDevice(std::int64_t device_id);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
