// A device renews itself: over its own certificate, for a new key that never leaves it. All certificates of a
// device are one line: they share its fingerprint, its confirmation, its box key and its end.
//
// The box key stays. The fingerprint that somebody confirmed is made of the first certificate and the box
// key, so it goes on naming the device; and a box key opens nothing without a certificate in use.
#pragma once

#include <string>
#include <string_view>

#include "vault/custody/authorize.h"

namespace holdfast::custody {

// The last third of its life.
Micros RenewableFrom(const storage::DeviceCertificate& certificate);

struct Renewed {
  storage::DeviceKey key;
  storage::DeviceCertificate certificate;
};

// The certificate that follows the one that the call came with; that one works on until the new one is used.
// `csr` is a PKCS#10 request in PEM. Asked again with the same key, it gives the same certificate: an answer
// can be lost. Asked with another key, or once the new one was renewed in turn, it stops the whole device
// (UNAUTHENTICATED, KEY_REVOKED): only a copied key asks twice. Errors: those of Authenticate and Authorize;
// FAILED_PRECONDITION, TOO_EARLY or CA_ENDS; INVALID_ARGUMENT naming "csr".
absl::StatusOr<Renewed> RenewKey(WriteTx& tx, const Caller& caller, std::string_view csr);

// The first use of a renewed certificate: the one before ends. For Authenticate alone; without effect when
// the certificate cannot be used.
absl::Status TakeIntoUse(WriteTx& tx, std::int64_t certificate_id, const std::string& peer);

}  // namespace holdfast::custody
