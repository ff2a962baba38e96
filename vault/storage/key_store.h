// Enrollment strings (known by the public half of their key) and the devices they led to. Not thread safe, as its
// connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/base/vocabulary.h"
#include "vault/storage/connection.h"

namespace holdfast::storage {

using holdfast::KeyState;

// One device: a line of certificates (certificate_store.h) that share its state and its box key.
struct DeviceKey {
  std::int64_t id = 0;
  std::int64_t holder_id = 0;
  Bytes cert_sha256{};  // of its first certificate: with the box key, what its fingerprint is made of
  Bytes box_public{};
  KeyState state = KeyState::kUnconfirmed;
  std::optional<std::int64_t> issuer_id{};  // none: enrolled from the host
  std::optional<std::int64_t> confirmed_by{};
  Micros created_at = 0;
  Micros not_after = 0;  // of the certificate in use
  std::optional<Micros> confirmed_at{};
  std::optional<Micros> revoked_at{};
  std::optional<Micros> stopped_at{};          // the vault itself ended it: its key seems to exist twice
  std::optional<std::int64_t> stop_seen_by{};  // who looked into that
};

struct Enrollment {
  std::int64_t id = 0;
  std::int64_t holder_id = 0;
  Bytes key_sha256{};                       // of the string's public key, SubjectPublicKeyInfo
  std::optional<std::int64_t> issuer_id{};  // none: made offline at the host
  Micros created_at = 0;
  Micros expires_at = 0;
  std::optional<Micros> used_at{};
  std::optional<Micros> void_at{};
  std::optional<std::int64_t> device_id{};  // set with used_at: what it enrolled
  std::string certificate{};                // PEM, that device's: for an answer that was lost
  std::optional<Micros> misused_at{};       // when somebody else presented it last, as far as it is on record
};

// A certificate or key that a TLS handshake may show, and until when.
struct Presentable {
  Bytes sha256{};
  Micros until = 0;  // 0: never again
  std::int64_t id = 0;
};

class KeyStore {
 public:
  explicit KeyStore(Connection& connection) : connection_(connection) {}

  absl::Status Insert(DeviceKey& key);  // sets key.id
  absl::StatusOr<std::optional<DeviceKey>> ById(std::int64_t id);
  absl::StatusOr<std::vector<DeviceKey>> ByHolder(std::int64_t holder_id);
  absl::StatusOr<bool> HasBoxKey(ByteView box_public);  // any device, revoked ones too
  // Keys that nobody has confirmed, enrolled with strings that the issuer handed out.
  absl::StatusOr<std::vector<DeviceKey>> UnconfirmedIssuedBy(std::int64_t issuer_id);
  // Writes state, confirmed_by, confirmed_at, revoked_at, not_after, stopped_at and stop_seen_by.
  absl::Status Update(const DeviceKey& key);
  // People other than `person` (no workflows; two holders of one person count once) who are active, have any
  // role of the mask, and a confirmed key that has not run out.
  absl::StatusOr<std::int64_t> CountConfirmedOthers(std::int64_t role_mask, std::string_view person,
                                                    Micros now);
  // Active holders of other people (no workflows) with a confirmed key that has not run out, and the first of
  // those keys; who has any role of the mask comes first.
  absl::StatusOr<std::vector<DeviceKey>> ConfirmedOfOthers(std::int64_t role_mask, std::string_view person,
                                                           Micros now);
  // People other than `person` with any role of the mask who ever had a confirmed key, whatever became of
  // them.
  absl::StatusOr<std::int64_t> CountEverConfirmedOthers(std::int64_t role_mask, std::string_view person);

  absl::Status InsertEnrollment(Enrollment& enrollment);  // sets enrollment.id
  absl::StatusOr<std::optional<Enrollment>> EnrollmentByKey(ByteView key_sha256);
  // By `device`, whose certificate is kept for its repeat. NOT_FOUND (reason ROW_MISSING) when it was used or
  // voided before: a string works once.
  absl::Status MarkUsed(std::int64_t enrollment_id, std::int64_t device, std::string_view certificate,
                        Micros now);
  absl::Status MarkMisused(std::int64_t enrollment_id, Micros now);
  // Whether somebody presented the string that the device was enrolled with, later than `since`.
  absl::StatusOr<bool> StringMisusedSince(std::int64_t device, Micros since);
  // Voids what is neither used nor void: strings for the holder; strings that the issuer handed out.
  absl::Status VoidOpenEnrollments(std::int64_t holder_id, Micros now);
  absl::Status VoidEnrollmentsIssuedBy(std::int64_t issuer_id, Micros now);

  // The certificates of all devices, until 0 for revoked ones; replaced ones too, as who still comes with one is to
  // be found out. Strings, used and void ones too, whose end is later than `ended_after`.
  absl::StatusOr<std::vector<Presentable>> PresentableDevices();
  absl::StatusOr<std::vector<Presentable>> PresentableStrings(Micros ended_after);

 private:
  Connection& connection_;
};

}  // namespace holdfast::storage
