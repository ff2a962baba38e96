// Which device may speak for whom, and what a holder is qualified for.
#include <gmock/gmock.h>

#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"
#include "vault/crypto/fingerprint.h"

namespace holdfast::custody {
namespace {

using policy::Action;

class DeviceKeysTest : public CustodyTest {
 protected:
  void Must(const Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  // Returns its fingerprint.
  std::string AddKey(const std::string& holder, KeyState state) {
    std::string fingerprint;
    Must([&](WriteTx& tx) {
      storage::DeviceKey key{.holder_id = As(tx, holder).holder.id,
                             .cert_sha256 = crypto::RandomBytes(32),
                             .box_public = crypto::RandomBytes(32),
                             .state = state,
                             .created_at = tx.now(),
                             .not_after = tx.now() + kDay};
      fingerprint = crypto::KeyFingerprint(key.cert_sha256, key.box_public);
      HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).Insert(key));
      storage::DeviceCertificate first{.device_id = key.id,
                                       .cert_sha256 = key.cert_sha256,
                                       .key_sha256 = crypto::RandomBytes(32),
                                       .created_at = tx.now(),
                                       .not_after = key.not_after,
                                       .used_at = tx.now()};
      return storage::CertificateStore(tx.db()).Insert(first);
    });
    return fingerprint;
  }
  absl::Status Revoke(const std::string& by, const std::string& holder, const std::string& fingerprint) {
    return Do([&](WriteTx& tx) { return RevokeKey(tx, As(tx, by), Ask(), holder, fingerprint).status(); });
  }
  absl::Status Update(const std::string& by, const std::string& holder, const HolderChange& change,
                      const std::string& etag = "") {
    return Do(
        [&](WriteTx& tx) { return UpdateHolder(tx, As(tx, by), Ask(), holder, change, etag).status(); });
  }
};

TEST_F(DeviceKeysTest, OneKeyIsRevokedForGoodAndTheOthersStay) {
  const std::string lost = AddKey("bob", KeyState::kConfirmed);
  const std::string kept = AddKey("bob", KeyState::kConfirmed);
  EXPECT_EQ(ReasonOf(Revoke("carol", "bob", lost)), "DENIED");
  EXPECT_EQ(FieldOf(Revoke("alice", "carol", lost)), "fingerprint");
  EXPECT_EQ(FieldOf(Revoke("alice", "bob", "12-34")), "fingerprint");
  ASSERT_TRUE(Revoke("bob", "bob", lost).ok()) << "everybody may end their own device";
  EXPECT_EQ(ReasonOf(Revoke("alice", "bob", lost)), "KEY_STATE");
  Must([&](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto keys, storage::KeyStore(tx.db()).ByHolder(As(tx, "bob").holder.id));
    for (const storage::DeviceKey& key : keys) {
      const bool revoked = crypto::KeyFingerprint(key.cert_sha256, key.box_public) == lost;
      EXPECT_EQ(key.state, revoked ? KeyState::kRevoked : KeyState::kConfirmed);
      EXPECT_EQ(key.revoked_at.has_value(), revoked);
      const auto actor = Authenticate(tx, {.cert_sha256 = key.cert_sha256});
      EXPECT_EQ(ReasonOf(actor.status()), revoked ? "KEY_REVOKED" : "");
    }
    return absl::OkStatus();
  });
}

TEST_F(DeviceKeysTest, TheLastConfirmedKeyOfTheLastOfficerStays) {
  const std::string only = AddKey("alice", KeyState::kConfirmed);
  const std::string fresh = AddKey("alice", KeyState::kUnconfirmed);
  EXPECT_EQ(ReasonOf(Revoke("alice", "alice", only)), "LAST_SECURITY_HOLDER");
  EXPECT_TRUE(Revoke("alice", "alice", fresh).ok()) << "it opened nothing";
  const std::string second = AddKey("alice", KeyState::kConfirmed);
  EXPECT_TRUE(Revoke("alice", "alice", only).ok());
  EXPECT_EQ(ReasonOf(Revoke("alice", "alice", second)), "LAST_SECURITY_HOLDER");
}

TEST_F(DeviceKeysTest, QualificationsAreIdsGivenBySecurity) {
  const auto field = [&](const std::vector<std::string>& names) {
    return FieldOf(CheckHolderChange({.qualifications = names}));
  };
  EXPECT_EQ(field({}), "");
  EXPECT_EQ(field({"privacy-training", "crisis-team"}), "");
  EXPECT_EQ(field({"Privacy"}), "holder.qualifications");
  EXPECT_EQ(field({"two words"}), "holder.qualifications");
  EXPECT_EQ(field({"same", "same"}), "holder.qualifications");
  EXPECT_EQ(field(std::vector<std::string>(17, "a")), "holder.qualifications");
  EXPECT_EQ(ReasonOf(Update("bob", "bob", {.qualifications = std::vector<std::string>{"crisis-team"}})),
            "DENIED");
  ASSERT_TRUE(Update("alice", "bob", {.qualifications = std::vector<std::string>{"b", "a"}}, "1").ok());
  EXPECT_EQ(ReasonOf(Update("alice", "bob", {.display_name = "Bob"}, "1")), "ETAG_MISMATCH");
  ASSERT_TRUE(Update("alice", "bob", {.display_name = "Bob"}).ok());
  Must([&](WriteTx& tx) {
    EXPECT_EQ(As(tx, "bob").holder.qualifications, "a b");
    EXPECT_EQ(As(tx, "bob").holder.display_name, "Bob");
    return absl::OkStatus();
  });
}

TEST_F(DeviceKeysTest, QualificationsCountFromTheNextDecisionOn) {
  Must([&](WriteTx& tx) { return AddAccount(tx, "shop", "bob"); });
  Must([](WriteTx& tx) {
    return PutInForce(
        tx, ShippedWith("name = \"org\"\n", "name = \"org\"\nqualifications = [\"trained\"]\n") + R"(
[[rule]]
id = "account.trained"
effect = "forbid"
actions = ["account.update"]
unless = { qualification = ["trained"] }
why = "only who was trained for it"
)");
  });
  const auto rule = [&] {
    std::string decided;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto account, LoadAccount(tx, 1));
      HF_ASSIGN_OR_RETURN(const auto decision,
                          Consider(tx, As(tx, "bob"), Action::kAccountUpdate, {.account = &account}));
      decided = decision.rule;
      return absl::OkStatus();
    });
    return decided;
  };
  EXPECT_EQ(rule(), "account.trained");
  ASSERT_TRUE(Update("alice", "bob", {.qualifications = std::vector<std::string>{"other", "trained"}}).ok());
  EXPECT_EQ(rule(), "account.owner");
  ASSERT_TRUE(Update("alice", "bob", {.qualifications = std::vector<std::string>{"other"}}).ok());
  EXPECT_EQ(rule(), "account.trained");
}

}  // namespace
}  // namespace holdfast::custody
