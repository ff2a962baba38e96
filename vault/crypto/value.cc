#include "vault/crypto/value.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "sodium.h"
#include "vault/crypto/aead.h"

namespace holdfast::crypto {
namespace {

constexpr std::string_view kDomain = "holdfast-value-v1";
constexpr std::size_t kLargeBlock = 4096;

// Padding always adds at least one byte, so a block holds values of up to one byte less than its size.
std::size_t BlockFor(std::size_t size) {
  if (size < 128) return 128;
  if (size < 512) return 512;
  return kLargeBlock;
}

// The block that gave a padded size; 0 when none does.
std::size_t BlockOf(std::size_t padded_size) {
  if (padded_size == 128 || padded_size == 512) return padded_size;
  return padded_size != 0 && padded_size % kLargeBlock == 0 ? kLargeBlock : 0;
}

absl::Status Refused() {
  return MakeError(absl::StatusCode::kDataLoss, "CIPHERTEXT_REFUSED", "a stored value is malformed");
}

// FORMAT.md, "Value". Every field is there to stop a move: between vaults, accounts, components of one
// account, versions, and epochs of the key.
Bytes AssociatedData(const ValuePlace& place) {
  Bytes data;
  AppendField(data, AsBytes(kDomain));
  AppendField(data, place.vault_id);
  AppendField(data, place.account_pseudonym);
  AppendField(data, place.secret_pseudonym);
  AppendField(data, AsBytes(place.kind));
  AppendU32(data, place.version);
  AppendU32(data, place.epoch);
  return data;
}

}  // namespace

Bytes SealValue(const SecretBytes& kek, const ValuePlace& place, ByteView plaintext) {
  if (plaintext.size() > kMaxValueSize) std::abort();  // the caller's check; see the header
  const std::size_t block = BlockFor(plaintext.size());
  Plaintext padded(plaintext.size() / block * block + block);
  std::copy(plaintext.begin(), plaintext.end(), padded.ExposeSecretMutable().begin());
  std::size_t padded_size = 0;
  std::uint8_t* const bytes = padded.ExposeSecretMutable().data();
  if (sodium_pad(&padded_size, bytes, plaintext.size(), block, padded.size()) != 0 ||
      padded_size != padded.size())
    std::abort();
  return AeadSeal(kek, padded.ExposeSecret(), AssociatedData(place));
}

absl::StatusOr<Plaintext> OpenValue(const SecretBytes& kek, const ValuePlace& place, ByteView sealed) {
  if (sealed.size() < kAeadOverhead || sealed.size() > kAeadOverhead + kMaxValueSize + kLargeBlock)
    return Refused();
  HF_ASSIGN_OR_RETURN(Plaintext padded, AeadOpen(kek, sealed, AssociatedData(place)));
  const std::size_t block = BlockOf(padded.size());
  std::size_t size = 0;
  if (block == 0 || sodium_unpad(&size, padded.ExposeSecret().data(), padded.size(), block) != 0)
    return Refused();
  padded.Resize(size);
  return padded;
}

}  // namespace holdfast::crypto
