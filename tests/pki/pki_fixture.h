// A vault with its CA, for the tests of pki/; and what a stranger with OpenSSL could send it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "vault/pki/ca.h"
#include "vault/pki/csr.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"
#include "vault/pki/openssl.h"
#include "vault/pki/pem.h"

namespace holdfast::pki {

inline constexpr std::string_view kVault = "00112233445566778899aabbccddeeff";
inline constexpr Micros kNow = 1'795'000'000 * kSecond;  // November 2026

struct TestVault {
  explicit TestVault(std::string_view vault_id = kVault, Micros now = kNow)
      : id(vault_id),
        ca_key(GenerateP256Key().value()),
        ca(MakeCaCertificate(ca_key, id, now).value()),
        server_key(GenerateP256Key().value()),
        server(IssueServerCertificate(ca_key, ca, server_key, id, now).value()),
        ca_sha256(CertificateSha256(ca).value()) {}

  absl::StatusOr<IssuedCertificate> Issue(std::string_view csr, std::string_view holder = "ana",
                                          Micros lifetime = 90 * kDay) const {
    return IssueHolderCertificate(ca_key, ca, csr, id, holder, kNow, lifetime);
  }

  std::string id;
  SecretBytes ca_key;
  std::string ca;
  SecretBytes server_key;
  std::string server;
  Bytes ca_sha256;
};

inline std::string FreshCsr() { return MakeCsr(GenerateP256Key().value()).value(); }

// A request for any kind of key, with the subject and alternative name the sender would like to have.
inline std::string StrangersCsr(EVP_PKEY* key, const EVP_MD* digest, const char* name) {
  const RequestPtr request(X509_REQ_new());
  X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  EXPECT_EQ(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>(name), -1, -1, 0),
            1);
  STACK_OF(X509_EXTENSION)* extensions = sk_X509_EXTENSION_new_null();
  const std::string wanted = std::string("URI:") + name;
  sk_X509_EXTENSION_push(extensions,
                         X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, wanted.c_str()));
  sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "CA:TRUE"));
  EXPECT_EQ(X509_REQ_add_extensions(request.get(), extensions), 1);
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  EXPECT_EQ(X509_REQ_set_pubkey(request.get(), key), 1);
  EXPECT_GT(X509_REQ_sign(request.get(), key, digest), 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509_REQ(request.get(), &der);
  EXPECT_GT(size, 0);
  std::string pem = EncodePem({der, static_cast<std::size_t>(size)}, kRequestLabel);
  OPENSSL_free(der);
  return pem;
}

}  // namespace holdfast::pki
