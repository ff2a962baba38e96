#include "vault/custody/keys.h"

#include <memory>
#include <utility>

#include "vault/crypto/aead.h"
#include "vault/crypto/keyring.h"
#include "vault/crypto/mac.h"
#include "vault/pki/ca.h"
#include "vault/pki/key.h"
#include "vault/storage/recovery_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::custody {
namespace {

constexpr std::uint32_t kFirstEpoch = 1;
constexpr std::string_view kCaCertificate = "ca";

class KeyLoader {
 public:
  KeyLoader(storage::Connection& db, const SecretBytes& root, ByteView vault_id)
      : settings_(db), root_(root), vault_id_(vault_id) {}

  absl::StatusOr<SecretBytes> Load(std::string_view name, std::uint32_t epoch = kFirstEpoch) {
    HF_ASSIGN_OR_RETURN(const Bytes wrapped, settings_.GetWrappedKey(name, epoch));
    return crypto::UnwrapKey(root_, vault_id_, name, epoch, wrapped);
  }
  absl::StatusOr<crypto::Signer> LoadSigner(std::string_view name, std::uint32_t epoch = kFirstEpoch) {
    HF_ASSIGN_OR_RETURN(const SecretBytes seed, Load(name, epoch));
    return crypto::Signer::FromSeed(seed);
  }
  absl::Status Store(std::string_view name, const SecretBytes& key) {
    return settings_.PutWrappedKey(name, kFirstEpoch,
                                   crypto::WrapKey(root_, vault_id_, name, kFirstEpoch, key));
  }

 private:
  storage::SettingStore settings_;
  const SecretBytes& root_;
  ByteView vault_id_;
};

// The key that signs checkpoints now, and its verifier: each restore began another.
struct CheckpointKey {
  crypto::Signer signer;
  evidence::NoteVerifier verifier;
};

absl::StatusOr<CheckpointKey> LoadCheckpointKey(storage::Connection& db, KeyLoader& loader, ByteView vault_id) {
  HF_ASSIGN_OR_RETURN(const auto restores, storage::RecoveryStore(db).Restores());
  HF_ASSIGN_OR_RETURN(crypto::Signer signer,
                      loader.LoadSigner(crypto::kCheckpointSeed, CheckpointEpoch(restores.size())));
  if (restores.empty()) {
    auto verifier = evidence::NoteVerifier::Of(CheckpointOrigin(vault_id), signer.public_key());
    return CheckpointKey{.signer = std::move(signer), .verifier = std::move(verifier)};
  }
  HF_ASSIGN_OR_RETURN(auto verifier, evidence::NoteVerifier::Parse(restores.back().verifier));
  if (verifier.key == signer.public_key())
    return CheckpointKey{.signer = std::move(signer), .verifier = std::move(verifier)};
  return MakeError(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
                   "the key that signs checkpoints is not the one that the last restore began");
}

}  // namespace

std::uint32_t CheckpointEpoch(std::size_t restores) {
  return kFirstEpoch + static_cast<std::uint32_t>(restores);
}

std::string CheckpointOrigin(ByteView vault_id) { return "holdfast/" + HexEncode(vault_id); }

storage::RowHash StateRowHash(const SecretBytes& state_mac) {
  return [key = std::make_shared<const SecretBytes>(state_mac.Clone())](ByteView row) {
    return crypto::Mac(*key, {AsBytes("holdfast-row-v1"), row});
  };
}

absl::Status CreateKeys(storage::Connection& db, const SecretBytes& root, ByteView vault_id, Micros now) {
  KeyLoader keys(db, root, vault_id);
  const SecretBytes state_mac = SecretBytes::Random(crypto::kKeySize);
  db.set_row_hash(StateRowHash(state_mac));
  HF_RETURN_IF_ERROR(keys.Store(crypto::kStateMac, state_mac));
  for (const std::string_view name : {crypto::kValueKek, crypto::kCheckpointSeed, crypto::kBoxSeed,
                                      crypto::kRequestMac, crypto::kToken, crypto::kKnowledge})
    HF_RETURN_IF_ERROR(keys.Store(name, SecretBytes::Random(crypto::kKeySize)));
  HF_ASSIGN_OR_RETURN(const SecretBytes ca_key, pki::GenerateP256Key());
  HF_ASSIGN_OR_RETURN(const SecretBytes tls_key, pki::GenerateP256Key());
  HF_RETURN_IF_ERROR(keys.Store(crypto::kCaKey, ca_key));
  HF_RETURN_IF_ERROR(keys.Store(crypto::kTlsKey, tls_key));
  HF_ASSIGN_OR_RETURN(const std::string ca, pki::MakeCaCertificate(ca_key, HexEncode(vault_id), now));
  return storage::SettingStore(db).PutCertificate(kCaCertificate, ca);
}

absl::StatusOr<Keys> LoadKeys(storage::Connection& db, const SecretBytes& root, ByteView vault_id,
                              Micros now) {
  KeyLoader loader(db, root, vault_id);
  HF_ASSIGN_OR_RETURN(CheckpointKey checkpoint, LoadCheckpointKey(db, loader, vault_id));
  HF_ASSIGN_OR_RETURN(crypto::Signer box_signing, loader.LoadSigner(crypto::kBoxSeed));
  HF_ASSIGN_OR_RETURN(SecretBytes kek, loader.Load(crypto::kValueKek));
  HF_ASSIGN_OR_RETURN(SecretBytes request_mac, loader.Load(crypto::kRequestMac));
  HF_ASSIGN_OR_RETURN(SecretBytes state_mac, loader.Load(crypto::kStateMac));
  HF_ASSIGN_OR_RETURN(SecretBytes token, loader.Load(crypto::kToken));
  HF_ASSIGN_OR_RETURN(SecretBytes knowledge, loader.Load(crypto::kKnowledge));
  HF_ASSIGN_OR_RETURN(SecretBytes ca_key, loader.Load(crypto::kCaKey));
  HF_ASSIGN_OR_RETURN(SecretBytes tls_key, loader.Load(crypto::kTlsKey));
  HF_ASSIGN_OR_RETURN(std::string ca_certificate, storage::SettingStore(db).GetCertificate(kCaCertificate));
  crypto::BoxKeyPair box = crypto::BoxKeyPair::Generate();
  const crypto::Signature box_signature = crypto::SignBoxKey(box_signing, vault_id, box.public_key());
  Keys keys{.vault_id = ToBytes(vault_id),
              .kek = std::move(kek),
              .epoch = kFirstEpoch,
              .checkpoint = std::move(checkpoint.signer),
              .checkpoint_verifier = std::move(checkpoint.verifier),
              .box_signing = std::move(box_signing),
              .request_mac = std::move(request_mac),
              .state_mac = std::move(state_mac),
              .token = std::move(token),
              .knowledge = std::move(knowledge),
              .ca_key = std::move(ca_key),
              .ca_certificate = std::move(ca_certificate),
              .tls_key = std::move(tls_key),
              .box = std::move(box),
              .box_signature = box_signature};
  HF_RETURN_IF_ERROR(keys.server_certificate->IssueIfDue(keys, now).status());
  return keys;
}

}  // namespace holdfast::custody
