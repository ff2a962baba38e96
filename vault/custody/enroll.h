// A device's way in by an enrollment string.
#pragma once

#include <string>

#include "vault/custody/tx.h"
#include "vault/storage/holder_store.h"
#include "vault/storage/key_store.h"

namespace holdfast::custody {

struct EnrollmentRequest {
  Bytes string_key;    // SHA-256 of the public key that the connection proved to have the private half of
  Bytes cert_sha256;   // of the certificate that it showed
  std::string csr;     // PEM
  Bytes box_public;    // 32 bytes
  std::string peer;
};

struct Enrolled {
  storage::Holder holder;
  storage::DeviceKey key;
  std::string certificate;  // PEM
};

// Uses the string up. The first officer's first key, enrolled from the host's string, is confirmed at once: there
// is nobody yet to do it. The same device keys with the same string get the same certificate until the string's
// end: an answer can be lost.
//
// UNAUTHENTICATED, reason STRING_USED, STRING_VOID or STRING_EXPIRED, which say when and by which device: somebody
// else may hold the string, so it is recorded and becomes a finding. STRING_UNKNOWN for what is no string;
// FAILED_PRECONDITION, reason ENROLLED_ALREADY, for a device's own certificate; PERMISSION_DENIED, reason
// HOLDER_INACTIVE. Errors of fields name "csr" or "box_key".
absl::StatusOr<Enrolled> Enroll(WriteTx& tx, const EnrollmentRequest& request);

}  // namespace holdfast::custody
