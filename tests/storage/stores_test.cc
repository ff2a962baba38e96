// The stores whose rows carry no rule beyond uniqueness: each gives back what it took, and finds it every
// way.
#include "tests/storage/fixture.h"
#include "vault/storage/certificate_store.h"
#include "vault/storage/key_store.h"
#include "vault/storage/request_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::storage {
namespace {

using StoresTest = StorageTest;

TEST_F(StoresTest, KeepsSettingsKeysAndCertificates) {
  SettingStore settings(db());
  EXPECT_EQ(*settings.Get("custodian"), std::nullopt);
  ASSERT_TRUE(settings.Set("custodian", "org").ok());
  ASSERT_TRUE(settings.Set("custodian", "desk").ok());
  EXPECT_EQ(*settings.Get("custodian"), "desk");

  EXPECT_EQ(ReasonOf(settings.GetWrappedKey("kek", 1).status()), "KEY_MISSING");
  ASSERT_TRUE(settings.PutWrappedKey("kek", 1, Bytes{1}).ok());
  ASSERT_TRUE(settings.PutWrappedKey("kek", 2, Bytes{2}).ok());
  EXPECT_EQ(*settings.GetWrappedKey("kek", 1), Bytes{1});

  EXPECT_EQ(ReasonOf(settings.GetCertificate("ca").status()), "CERTIFICATE_MISSING");
  ASSERT_TRUE(settings.PutCertificate("ca", "one").ok());
  ASSERT_TRUE(settings.PutCertificate("ca", "two").ok());
  EXPECT_EQ(*settings.GetCertificate("ca"), "two");
}

TEST_F(StoresTest, FindsHoldersByIdNameAndPerson) {
  HolderStore holders(db());
  Holder ana = AddHolder("ana", "p-1");
  const Holder bot = AddHolder("bot", "p-1");
  AddHolder("ben", "p-2");
  EXPECT_EQ((*holders.ById(ana.id))->name, "ana");
  EXPECT_EQ((*holders.ByName("bot"))->id, bot.id);
  EXPECT_FALSE(holders.ByName("Ana")->has_value());
  EXPECT_EQ(holders.ByPerson("p-1")->size(), 2u);
  EXPECT_EQ(holders.List(0, 2)->size(), 2u);
  EXPECT_EQ(holders.List(bot.id, 2)->front().name, "ben");
  Holder twin{.name = "ana", .pseudonym = Pseudonym(99)};
  EXPECT_EQ(holders.Insert(twin).code(), absl::StatusCode::kAlreadyExists);

  ana.status = HolderStatus::kLeaving;
  ana.display_name = "Ana";
  ana.roles = static_cast<std::int64_t>(Role::kSecurity) | static_cast<std::int64_t>(Role::kMember);
  ana.updated_at = 9;
  ana.revision = 2;
  ASSERT_TRUE(holders.Update(ana).ok());
  const auto read = holders.ById(ana.id);
  ASSERT_TRUE(read.ok() && read->has_value());
  EXPECT_EQ((*read)->status, HolderStatus::kLeaving);
  EXPECT_EQ((*read)->display_name, "Ana");
  EXPECT_EQ((*read)->roles, ana.roles);
  EXPECT_EQ((*read)->revision, 2);
  EXPECT_EQ((*read)->pseudonym, ana.pseudonym);
}

TEST_F(StoresTest, CountsOtherActivePeopleWithUsableKeys) {
  HolderStore holders(db());
  KeyStore keys(db());
  const auto security = static_cast<std::int64_t>(Role::kSecurity);
  Holder ana = AddHolder("ana", "ana");
  ana.roles = security;
  ASSERT_TRUE(holders.Update(ana).ok());
  AddHolder("ben", "ben");
  EXPECT_EQ(*keys.CountConfirmedOthers(security, "ben", 10), 0);
  DeviceKey key{
      .holder_id = ana.id, .cert_sha256 = Bytes(32, 1), .box_public = Bytes(32, 2), .not_after = 50};
  ASSERT_TRUE(keys.Insert(key).ok());
  EXPECT_EQ(*keys.CountConfirmedOthers(security, "ben", 10), 0);  // unconfirmed
  key.state = KeyState::kConfirmed;
  key.confirmed_by = ana.id;
  key.confirmed_at = 5;
  ASSERT_TRUE(keys.Update(key).ok());
  DeviceKey second{
      .holder_id = ana.id, .cert_sha256 = Bytes(32, 3), .state = KeyState::kConfirmed, .not_after = 50};
  ASSERT_TRUE(keys.Insert(second).ok());
  EXPECT_EQ(*keys.CountConfirmedOthers(security, "ben", 10), 1);  // one holder, two keys
  EXPECT_EQ(*keys.CountConfirmedOthers(security, "ana", 10), 0);  // of another person
  EXPECT_EQ(*keys.CountConfirmedOthers(security, "ben", 50), 0);  // run out
  ana.status = HolderStatus::kSuspended;
  ASSERT_TRUE(holders.Update(ana).ok());
  EXPECT_EQ(*keys.CountConfirmedOthers(security, "ben", 10), 0);
  EXPECT_EQ(*keys.CountEverConfirmedOthers(security, "ben"), 1);  // whatever became of her
  EXPECT_EQ(*keys.CountEverConfirmedOthers(security, "ana"), 0);
}

TEST_F(StoresTest, FindsKeysByIdAndHolder) {
  KeyStore keys(db());
  const Holder ana = AddHolder("ana", "ana");
  DeviceKey key{.holder_id = ana.id,
                .cert_sha256 = Bytes(32, 1),
                .box_public = Bytes(32, 2),
                .issuer_id = ana.id,
                .created_at = 3,
                .not_after = 50};
  ASSERT_TRUE(keys.Insert(key).ok());
  const auto found = keys.ById(key.id);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->id, key.id);
  EXPECT_EQ((*found)->box_public, Bytes(32, 2));
  EXPECT_EQ((*found)->issuer_id, ana.id);
  EXPECT_EQ((*found)->not_after, 50);
  EXPECT_EQ((*found)->revoked_at, std::nullopt);
  EXPECT_FALSE(keys.ById(key.id + 1)->has_value());
  key.state = KeyState::kRevoked;
  key.revoked_at = 7;
  ASSERT_TRUE(keys.Update(key).ok());
  EXPECT_EQ((*keys.ById(key.id))->revoked_at, 7);
  EXPECT_EQ(keys.ByHolder(ana.id)->size(), 1u);
}

TEST_F(StoresTest, KeepsTheCertificatesOfADeviceInOrder) {
  const Holder ana = AddHolder("ana", "ana");
  DeviceKey key{.holder_id = ana.id, .cert_sha256 = Bytes(32, 1)};
  ASSERT_TRUE(KeyStore(db()).Insert(key).ok());
  CertificateStore certificates(db());
  DeviceCertificate first{.device_id = key.id,
                          .cert_sha256 = Bytes(32, 1),
                          .key_sha256 = Bytes(32, 7),
                          .pem = "pem",
                          .created_at = 3,
                          .not_after = 50,
                          .used_at = 3};
  ASSERT_TRUE(certificates.Insert(first).ok());
  DeviceCertificate next{
      .device_id = key.id, .renews = first.id, .cert_sha256 = Bytes(32, 2), .key_sha256 = Bytes(32, 8)};
  ASSERT_TRUE(certificates.Insert(next).ok());
  DeviceCertificate same = next;
  EXPECT_EQ(ReasonOf(certificates.Insert(same)), "CONSTRAINT");
  next.used_at = first.ended_at = 9;
  ASSERT_TRUE(certificates.Update(first).ok() && certificates.Update(next).ok());
  const auto found = certificates.BySha256(Bytes(32, 1));
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->pem, "pem");
  EXPECT_EQ((*found)->ended_at, 9);
  EXPECT_FALSE(certificates.BySha256(Bytes(32, 9))->has_value());
  EXPECT_TRUE(*certificates.KnowsKey(Bytes(32, 8)));
  EXPECT_FALSE(*certificates.KnowsKey(Bytes(32, 1)));
  const auto line = certificates.ByDevice(key.id);
  ASSERT_EQ(line->size(), 2u);
  EXPECT_EQ(line->back().renews, first.id);
}

TEST_F(StoresTest, LetsAnEnrollmentBeUsedOnceAndVoided) {
  KeyStore keys(db());
  const Holder ana = AddHolder("ana", "ana");
  const Holder ben = AddHolder("ben", "ben");
  const auto add = [&](std::uint8_t code, std::int64_t holder, std::optional<std::int64_t> issuer) {
    Enrollment enrollment{
        .holder_id = holder, .key_sha256 = Bytes(32, code), .issuer_id = issuer, .expires_at = 9};
    EXPECT_TRUE(keys.InsertEnrollment(enrollment).ok());
    return enrollment.id;
  };
  const std::int64_t used = add(1, ana.id, ben.id);
  const std::int64_t open = add(2, ana.id, std::nullopt);
  const std::int64_t issued = add(3, ben.id, ana.id);
  DeviceKey device{.holder_id = ana.id, .cert_sha256 = Bytes(32, 7), .box_public = Bytes(32, 8)};
  ASSERT_TRUE(keys.Insert(device).ok());
  ASSERT_TRUE(keys.MarkUsed(used, device.id, "PEM", 4).ok());
  EXPECT_EQ(ReasonOf(keys.MarkUsed(used, device.id, "PEM", 5)), "ROW_MISSING");
  ASSERT_TRUE(keys.VoidOpenEnrollments(ana.id, 6).ok());
  EXPECT_EQ(ReasonOf(keys.MarkUsed(open, device.id, "PEM", 7)), "ROW_MISSING");
  EXPECT_EQ((*keys.EnrollmentByKey(Bytes(32, 1)))->used_at, 4);
  EXPECT_EQ((*keys.EnrollmentByKey(Bytes(32, 1)))->void_at, std::nullopt);
  EXPECT_EQ((*keys.EnrollmentByKey(Bytes(32, 2)))->void_at, 6);
  EXPECT_EQ((*keys.EnrollmentByKey(Bytes(32, 3)))->void_at, std::nullopt);
  ASSERT_TRUE(keys.VoidEnrollmentsIssuedBy(ana.id, 8).ok());
  EXPECT_EQ(ReasonOf(keys.MarkUsed(issued, device.id, "PEM", 9)), "ROW_MISSING");
  EXPECT_FALSE(keys.EnrollmentByKey(Bytes(32, 4))->has_value());
}

TEST_F(StoresTest, FindsAccountsByNameAndBySource) {
  AccountStore accounts(db());
  Account account{.name = "x-acme",
                  .pseudonym = Pseudonym(101),
                  .platform = "x",
                  .platform_id = "123",
                  .handle = "@acme",
                  .url = "https://x.example",
                  .purpose = "news",
                  .tier = 1,
                  .unit = "press",
                  .source = "bitwarden",
                  .source_id = "id-1",
                  .source_group = "g",
                  .source_title = "t",
                  .source_username = "u",
                  .source_url = "l",
                  .created_at = 1,
                  .updated_at = 2,
                  .revision = 3};
  ASSERT_TRUE(accounts.Insert(account).ok());
  AddAccount("by-hand");
  AddAccount("by-hand-too");  // two empty source ids do not collide
  const auto found = accounts.BySourceId("bitwarden", "id-1");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->platform_id, "123");
  EXPECT_EQ((*found)->handle, "@acme");
  EXPECT_EQ((*found)->url, "https://x.example");
  EXPECT_EQ((*found)->purpose, "news");
  EXPECT_EQ((*found)->tier, 1);
  EXPECT_EQ((*found)->unit, "press");
  EXPECT_EQ((*found)->source_url, "l");
  EXPECT_EQ((*found)->updated_at, 2);
  EXPECT_EQ((*found)->revision, 3);
  EXPECT_FALSE(accounts.BySourceId("", "")->has_value());
  EXPECT_EQ(accounts.BySourceKey("g", "t", "u", "l")->size(), 1u);
  EXPECT_EQ(accounts.BySourceKey("", "", "", "")->size(), 0u);
  Account copy = account;
  copy.name = "copy";
  copy.pseudonym = Pseudonym(102);
  EXPECT_EQ(accounts.Insert(copy).code(), absl::StatusCode::kAlreadyExists);

  account.tier = 2;
  account.state = AccountState::kArchived;
  account.platform_id = "changed";
  ASSERT_TRUE(accounts.Update(account).ok());
  EXPECT_EQ((*accounts.ById(account.id))->tier, 2);
  EXPECT_EQ((*accounts.ById(account.id))->state, AccountState::kArchived);
  EXPECT_EQ((*accounts.ByName("x-acme"))->platform_id, "123");  // immutable
}

TEST_F(StoresTest, KeepsVersionsUntilTheirValueIsDestroyed) {
  SecretStore secrets(db());
  const Holder ana = AddHolder("ana", "ana");
  Secret secret = AddSecret(AddAccount("acct").id, "password");
  AddVersion(secret.id, 2, ana.id);
  SecretVersion first = AddVersion(secret.id, 1, ana.id);
  secret.current_version = 2;
  secret.revision = 4;
  ASSERT_TRUE(secrets.Update(secret).ok());
  EXPECT_EQ((*secrets.ByName(secret.account_id, "password"))->current_version, 2);
  EXPECT_EQ((*secrets.ById(secret.id))->revision, 4);
  EXPECT_EQ(secrets.ListByAccount(secret.account_id)->size(), 1u);
  first.epoch = 2;
  first.sealed = std::nullopt;
  first.destroyed_at = 6;
  first.destroyed_by = ana.id;
  ASSERT_TRUE(secrets.UpdateVersion(first).ok());
  const auto changed = secrets.Version(secret.id, 1);
  ASSERT_TRUE(changed.ok() && changed->has_value());
  EXPECT_EQ((*changed)->epoch, 2);
  EXPECT_EQ((*changed)->sealed, std::nullopt);
  EXPECT_EQ((*changed)->destroyed_at, 6);
  EXPECT_EQ((*secrets.Version(secret.id, 2))->sealed, Bytes(24, 0x5e));
  EXPECT_FALSE(secrets.Version(secret.id, 3)->has_value());
  SecretVersion again{.secret_id = secret.id, .version = 2, .created_by = ana.id};
  EXPECT_EQ(secrets.InsertVersion(again).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(StoresTest, RemembersRequestsUntilTheyArePruned) {
  RequestStore requests(db());
  const std::int64_t ana = AddHolder("ana", "ana").id;
  const std::int64_t ben = AddHolder("ben", "ben").id;
  ASSERT_TRUE(requests.Put(ana, "Create", "r1", {.body_mac = Bytes(32, 1), .result = "accounts/a"}, 10).ok());
  ASSERT_TRUE(requests.Put(ben, "Create", "r1", {.body_mac = Bytes(32, 2), .result = "accounts/b"}, 20).ok());
  ASSERT_TRUE(requests.Put(ana, "Create", "r2", {.body_mac = Bytes(32, 3), .result = ""}, 30).ok());
  EXPECT_EQ(requests.Put(ana, "Create", "r1", {.body_mac = Bytes(32, 4), .result = ""}, 40).code(),
            absl::StatusCode::kAlreadyExists);
  const auto done = requests.Get(ana, "Create", "r1");
  ASSERT_TRUE(done.ok() && done->has_value());
  EXPECT_EQ((*done)->body_mac, Bytes(32, 1));
  EXPECT_EQ((*done)->result, "accounts/a");
  EXPECT_FALSE(requests.Get(ana, "Delete", "r1")->has_value());
  EXPECT_EQ(*requests.Prune(30, 1), 1);
  EXPECT_FALSE(requests.Get(ana, "Create", "r1")->has_value());
  EXPECT_EQ(*requests.Prune(30, 10), 1);
  EXPECT_EQ(*requests.Prune(30, 10), 0);
  EXPECT_TRUE(requests.Get(ana, "Create", "r2")->has_value());
}

}  // namespace
}  // namespace holdfast::storage
