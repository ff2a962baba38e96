#include "vault/crypto/keyring.h"

#include "vault/crypto/aead.h"
#include "vault/crypto/mac.h"

namespace holdfast::crypto {
namespace {

constexpr std::string_view kWrapDomain = "holdfast-key-v1";
constexpr std::string_view kRootIdDomain = "holdfast-root-id-v1";
constexpr std::size_t kRootIdSize = 16;

// FORMAT.md, "Wrapped key". Name and epoch stop one wrapped key from being put in another's place: an old
// epoch's key, or the token key where the signing seed belongs.
Bytes WrapAssociatedData(ByteView vault_id, std::string_view name, std::uint32_t epoch) {
  Bytes data;
  AppendField(data, AsBytes(kWrapDomain));
  AppendField(data, vault_id);
  AppendField(data, AsBytes(name));
  AppendU32(data, epoch);
  return data;
}

}  // namespace

Bytes RootKeyId(const SecretBytes& root) {
  const Digest digest = Mac(root, {AsBytes(kRootIdDomain)});
  return Bytes(digest.begin(), digest.begin() + kRootIdSize);
}

Bytes WrapKey(const SecretBytes& root, ByteView vault_id, std::string_view name, std::uint32_t epoch,
              const SecretBytes& key) {
  return AeadSeal(root, key.ExposeSecret(), WrapAssociatedData(vault_id, name, epoch));
}

absl::StatusOr<SecretBytes> UnwrapKey(const SecretBytes& root, ByteView vault_id, std::string_view name,
                                      std::uint32_t epoch, ByteView wrapped) {
  HF_ASSIGN_OR_RETURN(const Plaintext key,
                      AeadOpen(root, wrapped, WrapAssociatedData(vault_id, name, epoch)));
  return SecretBytes::CopyOf(key.ExposeSecret());
}

}  // namespace holdfast::crypto
