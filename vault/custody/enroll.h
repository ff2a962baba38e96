// A device's way in, and its confirmation.
#pragma once

#include <string>

#include "vault/custody/tx.h"
#include "vault/storage/holder_store.h"
#include "vault/storage/key_store.h"

namespace holdfast::custody {

struct EnrollmentRequest {
  Bytes code;        // 16 bytes
  std::string csr;   // PEM
  Bytes box_public;  // 32 bytes
  std::string peer;
};

struct Enrolled {
  storage::Holder holder;
  storage::DeviceKey key;
  std::string certificate;  // PEM
};

// Uses the code up. UNAUTHENTICATED, reason CODE_REFUSED, when it is unknown, used, void or expired. The
// first officer's first key, enrolled from the host's string, is confirmed at once: there is nobody yet to do
// it.
absl::StatusOr<Enrolled> Enroll(WriteTx& tx, const EnrollmentRequest& request);

}  // namespace holdfast::custody
