// The vault's keys in clear, for as long as it is unsealed. Immutable after loading, but for the server's
// certificate: shared by all threads.
#pragma once

#include <memory>
#include <string>

#include "vault/base/bytes.h"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"
#include "vault/crypto/box.h"
#include "vault/crypto/init.h"
#include "vault/crypto/signing.h"
#include "vault/custody/server_certificate.h"
#include "vault/evidence/note.h"
#include "vault/storage/connection.h"

namespace holdfast::custody {

struct Keys {
  Bytes vault_id;  // 16 bytes
  SecretBytes kek;
  std::uint32_t epoch = 1;
  crypto::Signer checkpoint;
  evidence::NoteVerifier checkpoint_verifier;
  crypto::Signer box_signing;
  SecretBytes request_mac;
  SecretBytes state_mac;
  SecretBytes token;
  SecretBytes knowledge;  // under the hashes by which equal values are found
  SecretBytes ca_key;  // PKCS#8
  std::string ca_certificate;
  SecretBytes tls_key;  // PKCS#8
  std::shared_ptr<ServerCertificate> server_certificate = std::make_shared<ServerCertificate>();  // issued

  // Of this boot.
  crypto::BoxKeyPair box;
  crypto::Signature box_signature{};

  std::string vault_id_hex() const { return HexEncode(vault_id); }
};

// The origin of a new vault's checkpoints and the name in its verifier key: "holdfast/<vault id>". After a restore the
// log goes on under another (lifecycle/restore.h).
std::string CheckpointOrigin(ByteView vault_id);
// The epoch of the checkpoint seed after so many restores.
std::uint32_t CheckpointEpoch(std::size_t restores);

// Makes all keys of a new vault, wrapped by `root`, and its CA certificate. `db` counts state under the new key from
// here on.
absl::Status CreateKeys(storage::Connection& db, const SecretBytes& root, ByteView vault_id, Micros now);
// The server's certificate is issued anew each time.
absl::StatusOr<Keys> LoadKeys(storage::Connection& db, const SecretBytes& root, ByteView vault_id,
                              Micros now);

// The keyed hash under the digest of the state.
storage::RowHash StateRowHash(const SecretBytes& state_mac);

}  // namespace holdfast::custody
