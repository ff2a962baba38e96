#include "vault/crypto/box.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "fmt/core.h"
#include "sodium.h"

namespace holdfast::crypto {
namespace {

constexpr std::string_view kBoxDomain = "holdfast-box-v1";
constexpr std::string_view kKeyDomain = "holdfast-box-key-v1";
constexpr std::size_t kNonceSize = crypto_box_NONCEBYTES;
constexpr std::size_t kOverhead = kNonceSize + crypto_box_MACBYTES;
constexpr std::size_t kMaxMessage = 128 * 1024;
static_assert(std::tuple_size_v<BoxPublicKey> == crypto_box_PUBLICKEYBYTES);

absl::Status Refused(std::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "BOX_REFUSED", message);
}

absl::Status Differs(std::string_view part) {
  return Refused(fmt::format("the box was made for another {}", part));
}

// FORMAT.md, "Box": everything before the value.
Bytes EncodeHeader(const BoxHeader& header, Micros expiry) {
  Bytes out;
  AppendField(out, AsBytes(kBoxDomain));
  AppendField(out, AsBytes(header.purpose));
  AppendField(out, AsBytes(header.request_id));
  AppendField(out, AsBytes(header.account));
  AppendField(out, AsBytes(header.secret));
  AppendU64(out, static_cast<std::uint64_t>(header.version));
  AppendField(out, AsBytes(header.recipient));
  AppendU64(out, static_cast<std::uint64_t>(expiry));
  return out;
}

// Takes the parts of an opened box from its front; a part that is cut short yields nothing.
class Reader {
 public:
  explicit Reader(ByteView rest) : rest_(rest) {}

  std::optional<std::uint64_t> TakeNumber(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : rest_.first(width)) value = value << 8 | byte;
    rest_ = rest_.subspan(width);
    return value;
  }

  std::optional<ByteView> TakeField() {
    const auto size = TakeNumber(4);
    if (!size.has_value() || *size > rest_.size()) return std::nullopt;
    const ByteView field = rest_.first(*size);
    rest_ = rest_.subspan(*size);
    return field;
  }

  bool TakeExactly(std::string_view expected) {
    const auto field = TakeField();
    return field.has_value() && AsChars(*field) == expected;
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

absl::Status CheckHeader(const BoxHeader& expected, Micros now, Reader& reader) {
  if (!reader.TakeExactly(kBoxDomain)) return Refused("not a box of this format");
  if (!reader.TakeExactly(expected.purpose)) return Differs("purpose");
  if (!reader.TakeExactly(expected.request_id)) return Differs("request");
  if (!reader.TakeExactly(expected.account)) return Differs("account");
  if (!reader.TakeExactly(expected.secret)) return Differs("secret");
  if (reader.TakeNumber(8) != static_cast<std::uint64_t>(expected.version)) return Differs("version");
  if (!reader.TakeExactly(expected.recipient)) return Differs("recipient");
  const auto expiry = reader.TakeNumber(8);
  if (!expiry.has_value()) return Refused("the box is cut short");
  if (now >= static_cast<Micros>(*expiry)) return Refused("the box has expired");
  return absl::OkStatus();
}

Bytes SignedKeyMessage(ByteView vault_id, const BoxPublicKey& key) {
  Bytes message;
  AppendField(message, AsBytes(kKeyDomain));
  AppendField(message, vault_id);
  AppendField(message, key);
  return message;
}

}  // namespace

BoxKeyPair BoxKeyPair::Generate() {
  auto pair = FromSecret(SecretBytes::Random(crypto_box_SECRETKEYBYTES));
  return std::move(pair).value();  // 32 random bytes are always a key
}

absl::StatusOr<BoxKeyPair> BoxKeyPair::FromSecret(SecretBytes secret) {
  if (secret.size() != crypto_box_SECRETKEYBYTES)
    return MakeError(absl::StatusCode::kInvalidArgument, "BOX_KEY_SIZE",
                     "an X25519 key does not have 32 bytes");
  BoxKeyPair pair;
  if (crypto_scalarmult_base(pair.public_key_.data(), secret.ExposeSecret().data()) != 0)
    return MakeError(absl::StatusCode::kInvalidArgument, "BOX_KEY_REFUSED", "an X25519 key was refused");
  pair.secret_ = std::move(secret);
  return pair;
}

absl::Status CheckBoxPublicKey(std::string_view field, ByteView key) {
  if (key.size() != crypto_box_PUBLICKEYBYTES) return InvalidField(field, "must be 32 bytes");
  // X25519 ignores the highest bit and reduces the rest: without this, one key could be enrolled under two names.
  const bool all_ones = key[31] == 0x7f && std::all_of(key.begin() + 1, key.end() - 1,
                                                       [](std::uint8_t byte) { return byte == 0xff; });
  if ((key[31] & 0x80) != 0 || (all_ones && key[0] >= 0xed))
    return InvalidField(field, "is not an X25519 public key in its one spelling");
  const SecretBytes any = SecretBytes::Random(crypto_scalarmult_SCALARBYTES);
  BoxPublicKey shared{};
  const bool usable = crypto_scalarmult(shared.data(), any.ExposeSecret().data(), key.data()) == 0;
  sodium_memzero(shared.data(), shared.size());
  return usable ? absl::OkStatus() : InvalidField(field, "is a key of low order, which hides nothing");
}

absl::StatusOr<Bytes> SealBox(const BoxHeader& header, Micros expiry, ByteView plaintext,
                              const BoxPublicKey& recipient, const BoxKeyPair& sender) {
  Bytes head = EncodeHeader(header, expiry);
  if (plaintext.size() > kMaxMessage || head.size() + 4 + plaintext.size() > kMaxMessage)
    return Refused("too large for a box");
  AppendU32(head, static_cast<std::uint32_t>(plaintext.size()));
  Plaintext message(head.size() + plaintext.size());
  const auto value = std::copy(head.begin(), head.end(), message.ExposeSecretMutable().begin());
  std::copy(plaintext.begin(), plaintext.end(), value);
  Bytes sealed(kOverhead + message.size());
  randombytes_buf(sealed.data(), kNonceSize);
  // Fails for a recipient's key of low order, under which the shared secret would be known to all.
  if (crypto_box_easy(sealed.data() + kNonceSize, message.ExposeSecret().data(), message.size(),
                      sealed.data(), recipient.data(), sender.secret().ExposeSecret().data()) != 0)
    return Refused("the recipient's key cannot be used");
  return sealed;
}

absl::StatusOr<Plaintext> OpenBox(const BoxHeader& expected, Micros now, ByteView sealed,
                                  const BoxPublicKey& sender, const BoxKeyPair& recipient) {
  if (sealed.size() < kOverhead || sealed.size() > kOverhead + kMaxMessage)
    return Refused("not of the size of a box");
  Plaintext message(sealed.size() - kOverhead);
  const ByteView box = sealed.subspan(kNonceSize);
  if (crypto_box_open_easy(message.ExposeSecretMutable().data(), box.data(), box.size(), sealed.data(),
                           sender.data(), recipient.secret().ExposeSecret().data()) != 0)
    return Refused("the box does not authenticate");
  Reader reader(message.ExposeSecret());
  HF_RETURN_IF_ERROR(CheckHeader(expected, now, reader));
  const auto value = reader.TakeField();
  if (!value.has_value() || !reader.AtEnd()) return Refused("the value in the box has another length");
  return Plaintext::CopyOf(*value);
}

Signature SignBoxKey(const Signer& vault, ByteView vault_id, const BoxPublicKey& key) {
  return vault.Sign(SignedKeyMessage(vault_id, key));
}

bool VerifyBoxKey(const PublicKey& vault, ByteView vault_id, const BoxPublicKey& key, ByteView signature) {
  return Verify(vault, SignedKeyMessage(vault_id, key), signature);
}

}  // namespace holdfast::crypto
