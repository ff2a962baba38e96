// A device is a line of certificates: it renews itself, and whoever copied a key of it is found out.
#include "vault/custody/renew.h"

#include <gmock/gmock.h>

#include "tests/custody/fixture.h"
#include "tests/custody/policies.h"
#include "vault/crypto/fingerprint.h"
#include "vault/custody/findings.h"
#include "vault/pki/csr.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"

namespace holdfast::custody {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Micros kAge = 300 * kDay;
constexpr Micros kLeft = 65 * kDay;

class RenewTest : public CustodyTest {
 protected:
  void Must(const Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  // A device enrolled `age` ago whose certificate ends in `left`; returns that certificate's hash.
  Bytes AddDevice(const std::string& holder, KeyState state = KeyState::kConfirmed, Micros age = kAge,
                  Micros left = kLeft) {
    const Bytes certificate = crypto::RandomBytes(32);
    Must([&](WriteTx& tx) -> absl::Status {
      storage::DeviceKey key{.holder_id = As(tx, holder).holder.id,
                             .cert_sha256 = certificate,
                             .box_public = crypto::RandomBytes(32),
                             .state = state,
                             .created_at = tx.now() - age,
                             .not_after = tx.now() + left};
      HF_RETURN_IF_ERROR(storage::KeyStore(tx.db()).Insert(key));
      storage::DeviceCertificate first{.device_id = key.id,
                                       .cert_sha256 = certificate,
                                       .key_sha256 = crypto::RandomBytes(32),
                                       .created_at = key.created_at,
                                       .not_after = key.not_after,
                                       .used_at = key.created_at};
      return storage::CertificateStore(tx.db()).Insert(first);
    });
    return certificate;
  }
  static std::string NewCsr() { return *pki::MakeCsr(*pki::GenerateP256Key()); }

  absl::StatusOr<Renewed> Renew(const Bytes& certificate, const std::string& csr) {
    absl::StatusOr<Renewed> renewed;
    const absl::Status done = Do([&](WriteTx& tx) {
      renewed = RenewKey(tx, CallerOf(certificate), csr);
      return renewed.status();
    });
    return done.ok() ? renewed : absl::StatusOr<Renewed>(done);
  }
  Bytes MustRenew(const Bytes& certificate, const std::string& csr) {
    const auto renewed = Renew(certificate, csr);
    EXPECT_TRUE(renewed.ok()) << renewed.status();
    return renewed.ok() ? renewed->certificate.cert_sha256 : Bytes();
  }
  // "" when the call is let in, else the reason.
  std::string Call(const Bytes& certificate) {
    return ReasonOf(Do([&](WriteTx& tx) { return Authenticate(tx, CallerOf(certificate)).status(); }));
  }
  storage::DeviceKey DeviceOf(const Bytes& certificate) {
    storage::DeviceKey key;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const Actor actor, Identify(tx, CallerOf(certificate)));
      key = actor.key;
      return absl::OkStatus();
    });
    return key;
  }
  // Types of all events from `start` on.
  std::vector<std::string> EventsFrom(std::int64_t start) {
    std::vector<std::string> types;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto rows, storage::EventStore(tx.db()).From(start, 100));
      for (const auto& row : rows) types.push_back(row.type);
      return absl::OkStatus();
    });
    return types;
  }
  std::vector<std::string> StoppedFindings() {
    std::vector<std::string> found;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto all, AllFindings(tx));
      for (const Finding& finding : all)
        if (finding.rule == "key.stopped") found.push_back(finding.message);
      return absl::OkStatus();
    });
    return found;
  }
  absl::Status Revoke(const std::string& by, const std::string& holder, const Bytes& certificate) {
    const storage::DeviceKey key = DeviceOf(certificate);
    const std::string fingerprint = crypto::KeyFingerprint(key.cert_sha256, key.box_public);
    return Do([&](WriteTx& tx) { return RevokeKey(tx, As(tx, by), Ask(), holder, fingerprint).status(); });
  }

 private:
  Caller CallerOf(const Bytes& certificate) {
    return {.cert_sha256 = certificate, .peer = "test", .approval = {}, .request = Ask()};
  }
};

TEST_F(RenewTest, TheFirstUseOfTheNewCertificateEndsTheOldAndTheDeviceStaysWhatItWas) {
  const Bytes first = AddDevice("bob");
  const storage::DeviceKey before = DeviceOf(first);
  const std::int64_t start = LogSize();
  const auto renewed = Renew(first, NewCsr());
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  const Bytes second = renewed->certificate.cert_sha256;
  EXPECT_EQ(*pki::CertificateSha256(renewed->certificate.pem), second);
  EXPECT_EQ(pki::InspectCertificate(renewed->certificate.pem)->key_sha256, renewed->certificate.key_sha256);
  EXPECT_EQ(Call(first), "") << "the answer could have been lost";
  EXPECT_EQ(DeviceOf(first).not_after, before.not_after);

  EXPECT_EQ(Call(second), "");
  EXPECT_EQ(Call(first), "KEY_REPLACED");
  EXPECT_EQ(Call(second), "");
  const storage::DeviceKey after = DeviceOf(second);
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.state, KeyState::kConfirmed);
  EXPECT_EQ(crypto::KeyFingerprint(after.cert_sha256, after.box_public),
            crypto::KeyFingerprint(before.cert_sha256, before.box_public));
  EXPECT_GT(after.not_after, before.not_after + 200 * kDay);
  EXPECT_THAT(EventsFrom(start), ElementsAre("key.renew", "key.renewed", "call.refused"));
}

TEST_F(RenewTest, TheSameKeyGetsTheSameCertificateUntilThatIsRenewedInTurn) {
  const Bytes first = AddDevice("bob");
  const std::string csr = NewCsr();
  const Bytes second = MustRenew(first, csr);
  const std::int64_t size = LogSize();
  EXPECT_EQ(MustRenew(first, csr), second);
  EXPECT_EQ(LogSize(), size) << "nothing happened again";
  EXPECT_EQ(Call(second), "");
  EXPECT_EQ(MustRenew(first, csr), second) << "a device put back as it was before the answer came";
  EXPECT_EQ(Call(first), "KEY_REPLACED");
}

TEST_F(RenewTest, AnotherKeyAskingOverTheSameCertificateStopsTheDevice) {
  for (const bool used : {false, true}) {
    const Bytes first = AddDevice("bob");
    const Bytes second = MustRenew(first, NewCsr());
    if (used) {
      EXPECT_EQ(Call(second), "");
    }
    const std::int64_t start = LogSize();
    EXPECT_EQ(ReasonOf(Renew(first, NewCsr()).status()), "KEY_REVOKED");
    EXPECT_THAT(EventsFrom(start), ElementsAre("key.stop"));
    EXPECT_EQ(Call(first), "KEY_REVOKED") << used;
    EXPECT_EQ(Call(second), "KEY_REVOKED") << used;
    EXPECT_EQ(ReasonOf(Renew(second, NewCsr()).status()), "KEY_REVOKED");

    EXPECT_EQ(StoppedFindings().size(), 1u);
    EXPECT_EQ(ReasonOf(Revoke("bob", "bob", first)), "KEY_STATE") << "not by the holder";
    EXPECT_TRUE(Revoke("alice", "bob", first).ok());
    EXPECT_THAT(StoppedFindings(), IsEmpty());
    EXPECT_EQ(ReasonOf(Revoke("alice", "bob", first)), "KEY_STATE");
  }
}

TEST_F(RenewTest, AnOldCopyThatRenewsStopsTheDeviceHoweverOftenItWasRenewedSince) {
  const Bytes first = AddDevice("bob");
  const std::string csr = NewCsr();
  const Bytes second = MustRenew(first, csr);
  EXPECT_EQ(Call(second), "");
  Must([&](WriteTx& tx) {  // the second one gets old
    return tx.db().Exec(
        "UPDATE device_certificate SET created_at = ?2, not_after = ?3 WHERE cert_sha256 = ?1", second,
        tx.now() - kAge, tx.now() + kLeft);
  });
  const Bytes third = MustRenew(second, NewCsr());
  EXPECT_EQ(Call(third), "");
  EXPECT_EQ(ReasonOf(Renew(first, csr).status()), "KEY_REVOKED") << "even with the key of the second";
  EXPECT_EQ(Call(third), "KEY_REVOKED");
}

TEST_F(RenewTest, RevokingADeviceTakesTheWholeLine) {
  const Bytes first = AddDevice("bob");
  const std::string csr = NewCsr();
  const Bytes second = MustRenew(first, csr);
  EXPECT_TRUE(Revoke("alice", "bob", first).ok());
  for (const Bytes& certificate : {first, second}) {
    EXPECT_EQ(Call(certificate), "KEY_REVOKED");
    EXPECT_EQ(ReasonOf(Renew(certificate, csr).status()), "KEY_REVOKED");
  }
  EXPECT_THAT(StoppedFindings(), IsEmpty()) << "somebody ended it, not the vault";
}

TEST_F(RenewTest, WhoMayNotCallOrIsNotConfirmedIsNotRenewed) {
  EXPECT_EQ(ReasonOf(Renew(crypto::RandomBytes(32), NewCsr()).status()), "KEY_UNKNOWN");
  EXPECT_EQ(ReasonOf(Renew(AddDevice("bob", KeyState::kUnconfirmed), NewCsr()).status()), "DENIED");
  EXPECT_EQ(ReasonOf(Renew(AddDevice("bob", KeyState::kRevoked), NewCsr()).status()), "KEY_REVOKED");
  const Bytes ended = AddDevice("bob", KeyState::kConfirmed, kAge, -kSecond);
  EXPECT_EQ(ReasonOf(Renew(ended, NewCsr()).status()), "KEY_EXPIRED");
  const Bytes first = AddDevice("bob");
  const std::string csr = NewCsr();
  const Bytes second = MustRenew(first, csr);
  Must([&](WriteTx& tx) { return SuspendHolder(tx, As(tx, "alice"), Ask(), "bob", "").status(); });
  EXPECT_EQ(ReasonOf(Renew(first, csr).status()), "HOLDER_INACTIVE");
  EXPECT_EQ(ReasonOf(Renew(first, NewCsr()).status()), "HOLDER_INACTIVE");
  EXPECT_EQ(Call(second), "HOLDER_INACTIVE");
  Must([&](WriteTx& tx) { return ResumeHolder(tx, As(tx, "alice"), Ask(), "bob", "").status(); });
  EXPECT_EQ(Call(first), "") << "while suspended nothing was taken into use";
  EXPECT_EQ(Call(second), "");
}

TEST_F(RenewTest, OnlyInTheLastThirdAndOnlyForANewKey) {
  const Bytes young = AddDevice("bob", KeyState::kConfirmed, 200 * kDay, 165 * kDay);
  const auto early = Renew(young, NewCsr());
  EXPECT_EQ(ReasonOf(early.status()), "TOO_EARLY");
  EXPECT_EQ(
      ReasonOf(Renew(AddDevice("bob", KeyState::kConfirmed, 244 * kDay, 121 * kDay), NewCsr()).status()), "");
  const Bytes first = AddDevice("bob");
  const std::string csr = NewCsr();
  const std::int64_t start = LogSize();
  for (const std::string& bad : {std::string(), std::string("csr"), csr.substr(0, csr.size() / 2), csr + csr})
    EXPECT_EQ(FieldOf(Renew(first, bad).status()), "csr");
  EXPECT_EQ(LogSize(), start);
  const Bytes second = MustRenew(first, csr);
  EXPECT_EQ(FieldOf(Renew(AddDevice("carol"), csr).status()), "csr") << "another device's key";
  EXPECT_EQ(Call(second), "");
  EXPECT_EQ(ReasonOf(Renew(second, NewCsr()).status()), "TOO_EARLY");
}

TEST_F(RenewTest, APolicyMayForbidIt) {
  Must([](WriteTx& tx) {
    return PutInForce(tx, ShippedWith("name = \"org\"\n", "name = \"org\"\n") + R"(
[[rule]]
id = "key.no-renewal"
effect = "forbid"
actions = ["key.renew"]
why = "every device is confirmed anew each year"
)");
  });
  const Bytes first = AddDevice("bob");
  EXPECT_EQ(ReasonOf(Renew(first, NewCsr()).status()), "DENIED");
  EXPECT_EQ(Call(first), "");
}

}  // namespace
}  // namespace holdfast::custody
