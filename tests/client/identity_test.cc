#include "client/identity.h"

#include <sys/stat.h>

#include "client/errors.h"
#include "client/files.h"
#include "gtest/gtest.h"
#include "tests/client/temp_home.h"
#include "vault/base/files.h"
#include "vault/pki/ca.h"
#include "vault/pki/csr.h"
#include "vault/pki/key.h"

namespace holdfast::client {
namespace {

constexpr char kVault[] = "000102030405060708090a0b0c0d0e0f";

Identity Sample() {
  Identity identity;
  identity.holder = "alice";
  identity.vault_id = kVault;
  identity.api_address = "127.0.0.1:1";
  identity.ca_pem = "ca";
  identity.certificate_pem = "certificate";
  identity.private_key_pem = Plaintext::CopyOf(AsBytes("fixture-key"));
  identity.box_secret = SecretBytes::CopyOf(Bytes(32, 7));
  identity.checkpoint_verifier = "verifier";
  identity.box_signing_key.fill(9);
  return identity;
}

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0);
  return info.st_mode & 0777;
}

TEST(Identity, IsReadAsItWasWritten) {
  TempHome home;
  ASSERT_TRUE(SaveIdentity(home.path(), Sample()).ok());
  const auto identity = LoadIdentity(home.path());
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->holder, "alice");
  EXPECT_EQ(identity->vault_id_bytes().size(), 16u);
  EXPECT_TRUE(identity->private_key_pem.EqualsConstantTime(Sample().private_key_pem));
  EXPECT_TRUE(identity->box_secret.EqualsConstantTime(Sample().box_secret));
  EXPECT_EQ(identity->box_signing_key, Sample().box_signing_key);
}

TEST(Identity, IsForItsOwnerAlone) {
  TempHome home;
  const std::string nested = home.File("a/b");
  ASSERT_TRUE(SaveIdentity(nested, Sample()).ok());
  EXPECT_EQ(ModeOf(nested), 0700u);
  EXPECT_EQ(ModeOf(IdentityPath(nested)), 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(nested), {}), 1);
}

TEST(Identity, IsRefusedWhenOthersCanReadIt) {
  TempHome home;
  ASSERT_TRUE(SaveIdentity(home.path(), Sample()).ok());
  ASSERT_EQ(chmod(IdentityPath(home.path()).c_str(), 0640), 0);
  EXPECT_EQ(ReasonOf(LoadIdentity(home.path()).status()), "FILE_NOT_PRIVATE");
}

TEST(Identity, IsNotKeptWhereOthersCanChangeIt) {
  TempHome home;
  ASSERT_EQ(chmod(home.path().c_str(), 0777), 0);
  EXPECT_EQ(ReasonOf(SaveIdentity(home.path(), Sample())), "FILE_NOT_PRIVATE");
}

TEST(Identity, ThatIsMissingMeansNotEnrolled) {
  TempHome home;
  const auto identity = LoadIdentity(home.path());
  EXPECT_EQ(ReasonOf(identity.status()), "NOT_ENROLLED");
  EXPECT_EQ(ExitCodeOf(identity.status()), ExitCode::kUnauthenticated);
}

TEST(Identity, ThatIsDamagedIsRefusedAndNotGuessed) {
  TempHome home;
  ASSERT_TRUE(SaveIdentity(home.path(), Sample()).ok());
  const auto whole = ReadTextFile(IdentityPath(home.path()));
  const std::string& text = *whole;
  for (const std::string& bad : {std::string(), text.substr(0, text.size() / 2), std::string("[]"),
                                 std::string("{}"), std::string("{\"version\":1}")}) {
    ASSERT_TRUE(ReplaceFile(IdentityPath(home.path()), AsBytes(bad)).ok());
    EXPECT_EQ(ReasonOf(LoadIdentity(home.path()).status()), "IDENTITY_DAMAGED") << bad;
  }
}

TEST(Identity, SaysWhenItsCertificateHasExpiredOrIsForeign) {
  const Micros now = WallNow();
  const auto ca_key = pki::GenerateP256Key();
  const auto key = pki::GenerateP256Key();
  const auto ca = pki::MakeCaCertificate(*ca_key, kVault, now);
  const auto csr = pki::MakeCsr(*key);
  const auto issued = pki::IssueHolderCertificate(*ca_key, *ca, *csr, kVault, "alice", now, kDay);
  ASSERT_TRUE(issued.ok()) << issued.status();
  Identity identity = Sample();
  identity.certificate_pem = issued->pem;
  EXPECT_TRUE(CheckCertificate(identity, now).ok());
  const absl::Status expired = CheckCertificate(identity, issued->not_after);
  EXPECT_EQ(ReasonOf(expired), "CERTIFICATE_EXPIRED");
  EXPECT_EQ(ExitCodeOf(expired), ExitCode::kUnauthenticated);

  identity.holder = "bob";
  EXPECT_EQ(ReasonOf(CheckCertificate(identity, now)), "CERTIFICATE_FOREIGN");
  identity.holder = "alice";
  identity.vault_id[0] ^= 1;
  EXPECT_EQ(ReasonOf(CheckCertificate(identity, now)), "CERTIFICATE_FOREIGN");
}

}  // namespace
}  // namespace holdfast::client
