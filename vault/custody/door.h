// Decides who may speak to the vault at all, by the certificate of the TLS handshake, before a byte of HTTP/2.
//
// The table is a copy for that one purpose, replaced whole after each commit that changed a device or an
// enrollment string, before the answer of whoever changed it: a handshake takes no lock that a transaction holds.
// It decides nothing else: each call finds its device again in the transaction that it acts in, so a connection
// that outlives its device's end does nothing.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/status.h"
#include "vault/storage/key_store.h"

namespace holdfast::custody {

// A string that was used or has ended is let in for so long after its end: whoever shows it hears what became of
// it, and that is on record.
inline constexpr Micros kStringRemembered = 7 * kDay;

// Immutable; thread safe.
class DoorTable {
 public:
  static absl::StatusOr<std::shared_ptr<const DoorTable>> Load(storage::Connection& db, Micros now);

  // By SHA-256 of the certificate's DER: of a device that is not revoked and has not run out.
  bool KnowsDevice(ByteView certificate_sha256, Micros now) const;
  // The device of a certificate that is let in no more; none for one that never was.
  std::optional<std::int64_t> EndedDevice(ByteView certificate_sha256, Micros now) const;
  // By SHA-256 of the public key's DER.
  bool KnowsString(ByteView key_sha256, Micros now) const;

 private:
  std::vector<storage::Presentable> devices_;  // both in order of their hash
  std::vector<storage::Presentable> strings_;
};

// The table of now. Thread safe.
class Door {
 public:
  void Publish(std::shared_ptr<const DoorTable> table);
  std::shared_ptr<const DoorTable> table() const;  // never null

  // Handshakes that were refused, by device: noted here, recorded by the writer, who takes them.
  void NoteRefused(std::int64_t device);
  std::map<std::int64_t, std::int64_t> TakeRefused();

 private:
  mutable std::mutex mutex_;  // held for a pointer's copy
  std::shared_ptr<const DoorTable> table_ = std::make_shared<const DoorTable>();
  std::map<std::int64_t, std::int64_t> refused_;
};

}  // namespace holdfast::custody
