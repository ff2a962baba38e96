#include "vault/pki/public_half.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "vault/pki/openssl.h"

namespace holdfast::pki {
namespace {

constexpr std::string_view kOpenSshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view kOpenSshMagic("openssh-key-v1\0", 15);

using BioPtr = Owned<BIO, BIO_free_all>;
using NumberPtr = Owned<BIGNUM, BN_free>;

Bytes Tagged(char tag, ByteView bytes) {
  Bytes out(1 + bytes.size(), static_cast<std::uint8_t>(tag));
  std::ranges::copy(bytes, out.begin() + 1);
  return out;
}

std::optional<Bytes> Modulus(const EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number) != 1) return std::nullopt;
  const NumberPtr owned(number);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  return Tagged('R', bytes);
}

std::optional<Bytes> Point(const EVP_PKEY* key) {
  std::array<std::uint8_t, 256> point{};
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) != 1)
    return std::nullopt;
  return Tagged('E', ByteView(point).first(size));
}

std::optional<Bytes> HalfOf(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) return Modulus(key);
  if (EVP_PKEY_is_a(key, "EC") == 1) return Point(key);
  std::array<std::uint8_t, 32> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_is_a(key, "ED25519") != 1 || EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1)
    return std::nullopt;
  return Tagged('D', ByteView(raw).first(size));
}

// The library's own would ask at the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

std::optional<Bytes> FromPem(std::string_view text) {
  const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (bio == nullptr) return std::nullopt;
  const PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr));
  return key == nullptr ? std::nullopt : HalfOf(key.get());
}

// RFC 4251 string: u32 length, bytes.
std::optional<ByteView> TakeString(ByteView& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | bytes[i];
  if (size > bytes.size() - 4) return std::nullopt;
  const ByteView string = bytes.subspan(4, size);
  bytes = bytes.subspan(4 + size);
  return string;
}

// RFC 4253, section 6.6: algorithm, then the numbers of the key.
std::optional<Bytes> FromSshKey(ByteView blob) {
  const auto algorithm = TakeString(blob);
  auto second = TakeString(blob);
  if (!algorithm.has_value() || !second.has_value()) return std::nullopt;
  const std::string_view name = AsChars(*algorithm);
  if (name == "ssh-ed25519") return Tagged('D', *second);
  const auto third = TakeString(blob);
  if (!third.has_value()) return std::nullopt;
  if (name.starts_with("ecdsa-sha2-")) return Tagged('E', *third);
  if (name != "ssh-rsa") return std::nullopt;
  ByteView modulus = *third;
  while (!modulus.empty() && modulus.front() == 0) modulus = modulus.subspan(1);
  return Tagged('R', modulus);
}

// PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, public key, private part.
std::optional<Bytes> FromOpenSsh(ByteView bytes) {
  if (!AsChars(bytes).starts_with(kOpenSshMagic)) return std::nullopt;
  bytes = bytes.subspan(kOpenSshMagic.size());
  for (int i = 0; i < 3; ++i) {
    if (!TakeString(bytes).has_value()) return std::nullopt;
  }
  if (bytes.size() < 4) return std::nullopt;
  bytes = bytes.subspan(4);
  const auto key = TakeString(bytes);
  return key.has_value() ? FromSshKey(*key) : std::nullopt;
}

std::optional<Bytes> FromOpenSshText(std::string_view text) {
  text = text.substr(0, text.find('-'));
  std::string body;
  body.reserve(text.size());  // grows never: the key leaves no copy behind
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') body.push_back(c);
  }
  std::optional<Bytes> bytes = Base64Decode(body);
  Wipe(body);
  if (!bytes.has_value()) return std::nullopt;
  std::optional<Bytes> half = FromOpenSsh(*bytes);
  Wipe(*bytes);
  return half;
}

}  // namespace

std::optional<Bytes> PublicHalf(const Plaintext& value) {
  const std::string_view text = AsChars(value.ExposeSecret());
  if (text.find("PRIVATE KEY-----") == text.npos) return std::nullopt;
  const ErrorQueue errors;
  const std::size_t begin = text.find(kOpenSshBegin);
  if (begin != text.npos) return FromOpenSshText(text.substr(begin + kOpenSshBegin.size()));
  return FromPem(text);
}

}  // namespace holdfast::pki
