#include "client/renewal.h"

#include <unistd.h>

#include "client/files.h"
#include "gtest/gtest.h"
#include "tests/client/temp_home.h"
#include "vault/base/files.h"
#include "vault/pki/ca.h"
#include "vault/pki/csr.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"

namespace holdfast::client {
namespace {

constexpr char kVault[] = "000102030405060708090a0b0c0d0e0f";
constexpr Micros kLife = 365 * kDay;

// An enrolled device, and the vault's side of its renewal.
class RenewalTest : public ::testing::Test {
 protected:
  RenewalTest() {
    identity_.holder = "alice";
    identity_.vault_id = kVault;
    identity_.ca_pem = ca_;
    identity_.private_key_pem = *pki::PrivateKeyToPem(*pki::GenerateP256Key());
    identity_.certificate_pem = Issue(*pki::MakeCsr(*pki::GenerateP256Key()), start_);
    identity_.box_secret = SecretBytes::CopyOf(Bytes(32, 7));
    identity_.checkpoint_verifier = "verifier";
    EXPECT_TRUE(SaveIdentity(home_.path(), identity_).ok());
  }

  std::string Issue(const std::string& csr, Micros now, const std::string& holder = "alice") {
    return pki::IssueHolderCertificate(*ca_key_, ca_, csr, kVault, holder, now, kLife)->pem;
  }
  absl::StatusOr<std::optional<Identity>> Try(Micros now, Renewing renewing = Renewing::kByItself) {
    return Renew(home_.path(), identity_, now, renewing, [this](const v1::RenewKeyRequest& request) {
      asked_.push_back(request.csr());
      return answer_(request.csr());
    });
  }
  std::string Stored() const { return LoadIdentity(home_.path())->certificate_pem; }

  static absl::StatusOr<v1::RenewKeyResponse> Lost(const std::string&) {
    return MakeError(absl::StatusCode::kUnavailable, "UNREACHABLE", "lost");
  }
  static v1::RenewKeyResponse With(const std::string& certificate) {
    v1::RenewKeyResponse response;
    response.set_certificate(certificate);
    return response;
  }

  TempHome home_;
  const Micros start_ = WallNow();
  const absl::StatusOr<SecretBytes> ca_key_ = pki::GenerateP256Key();
  const std::string ca_ = *pki::MakeCaCertificate(*ca_key_, kVault, start_);
  Identity identity_;
  std::vector<std::string> asked_;
  std::function<absl::StatusOr<v1::RenewKeyResponse>(const std::string&)> answer_ = Lost;
};

TEST_F(RenewalTest, IsDueInTheLastThird) {
  EXPECT_EQ(*RenewableFrom(identity_.certificate_pem) / kHour, (start_ + kLife - kLife / 3) / kHour);
  EXPECT_FALSE(RenewableFrom("no certificate").ok());
}

TEST_F(RenewalTest, AsksWithTheSameKeyUntilAnAnswerComesOnceADay) {
  const Micros now = start_ + 300 * kDay;
  EXPECT_EQ(ReasonOf(Try(now).status()), "UNREACHABLE");
  EXPECT_EQ(Stored(), identity_.certificate_pem);
  EXPECT_FALSE(Try(now + kHour)->has_value());
  EXPECT_EQ(asked_.size(), 1u);
  EXPECT_EQ(ReasonOf(Try(now + kHour, Renewing::kAsked).status()), "UNREACHABLE");
  EXPECT_EQ(ReasonOf(Try(now - kDay).status()), "UNREACHABLE") << "a clock that was set back";

  answer_ = [&](const std::string& csr) { return With(Issue(csr, now)); };
  const auto renewed = Try(now + 2 * kDay);
  ASSERT_TRUE(renewed.ok() && renewed->has_value()) << renewed.status();
  EXPECT_EQ(asked_.size(), 4u);
  for (const std::string& csr : asked_) EXPECT_EQ(csr, asked_.front());
  EXPECT_EQ(Stored(), (*renewed)->certificate_pem);
  EXPECT_NE(Stored(), identity_.certificate_pem);
  const auto key = pki::PrivateKeyFromPem(LoadIdentity(home_.path())->private_key_pem);
  EXPECT_EQ(*pki::CsrKeySha256(*pki::MakeCsr(*key)), pki::InspectCertificate(Stored())->key_sha256);
  EXPECT_EQ(access(RenewalPath(home_.path()).c_str(), F_OK), -1);
}

TEST_F(RenewalTest, TakesNoAnswerButTheOneAskedFor) {
  const Micros now = start_ + 300 * kDay;
  const std::string other = *pki::MakeCsr(*pki::GenerateP256Key());
  const std::vector<std::function<std::string(const std::string&)>> wrong = {
      [&](const std::string&) { return Issue(other, now); },
      [&](const std::string& csr) { return Issue(csr, now, "bob"); },
      [&](const std::string& csr) { return Issue(csr, start_ - kDay); },
      [&](const std::string&) { return identity_.certificate_pem; },
      [&](const std::string&) { return std::string("no certificate"); }};
  for (const auto& make : wrong) {
    answer_ = [&](const std::string& csr) { return With(make(csr)); };
    EXPECT_EQ(ReasonOf(Try(now, Renewing::kAsked).status()), "VERIFICATION_FAILED");
    EXPECT_EQ(Stored(), identity_.certificate_pem);
  }
}

TEST_F(RenewalTest, TakesWhatAnotherProcessOfTheDeviceRenewed) {
  Identity other = *LoadIdentity(home_.path());
  other.certificate_pem = Issue(*pki::MakeCsr(*pki::GenerateP256Key()), start_ + kDay);
  ASSERT_TRUE(SaveIdentity(home_.path(), other).ok());
  const auto renewed = Try(start_ + 300 * kDay);
  ASSERT_TRUE(renewed.ok() && renewed->has_value());
  EXPECT_EQ((*renewed)->certificate_pem, other.certificate_pem);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(RenewalTest, AnAttemptOverAnotherCertificateIsForgottenAndADamagedOneIsNot) {
  const Micros now = start_ + 300 * kDay;
  EXPECT_FALSE(Try(now).ok());
  const std::string path = RenewalPath(home_.path());
  const std::string content = *ReadTextFile(path);
  identity_.certificate_pem = Issue(*pki::MakeCsr(*pki::GenerateP256Key()), start_);
  ASSERT_TRUE(SaveIdentity(home_.path(), identity_).ok());
  EXPECT_FALSE(Try(now).ok());
  ASSERT_EQ(asked_.size(), 2u);
  EXPECT_NE(asked_[0], asked_[1]);
  for (const std::string& bad : {std::string(), std::string("{}"), content.substr(0, content.size() / 2)}) {
    ASSERT_TRUE(ReplaceFile(path, AsBytes(bad)).ok());
    EXPECT_EQ(ReasonOf(Try(now, Renewing::kAsked).status()), "RENEWAL_DAMAGED");
  }
  EXPECT_EQ(asked_.size(), 2u);
  EXPECT_EQ(Stored(), identity_.certificate_pem);
}

}  // namespace
}  // namespace holdfast::client
