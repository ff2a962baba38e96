// What the tests of custody share: a new vault on disk, opened, and people who act in it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "vault/base/ids.h"
#include "vault/crypto/init.h"
#include "vault/custody/access.h"
#include "vault/custody/accounts.h"
#include "vault/custody/attest.h"
#include "vault/custody/holders.h"
#include "vault/custody/secrets.h"
#include "vault/custody/vault.h"
#include "vault/storage/event_store.h"
#include "vault/storage/exposure_store.h"

namespace holdfast::custody {

class CustodyTest : public ::testing::Test {
 protected:
  // The officer is "alice"; "bob" and "carol" are members.
  CustodyTest() {
    EXPECT_TRUE(crypto::Init().ok());
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-custody-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    const auto made = InitVault({.data_dir = data_dir(),
                                 .officer = "alice",
                                 .key_file = key_file(),
                                 .anchor = {},
                                 .address = {}});
    EXPECT_TRUE(made.ok()) << made.status();
    Open();
    for (const char* name : {"bob", "carol"}) {
      EXPECT_TRUE(Do([&](WriteTx& tx) {
                    return CreateHolder(tx, As(tx, "alice"), Ask(),
                                        {.name = name, .roles = static_cast<std::int64_t>(Role::kMember)})
                        .status();
                  }).ok());
    }
  }
  ~CustodyTest() override {
    vault_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string directory() const { return directory_; }
  std::string data_dir() const { return directory_ + "/data"; }
  std::string key_file() const { return directory_ + "/key"; }
  Vault& vault() { return *vault_; }
  void Open() {
    auto opened = Vault::Open(data_dir());
    ASSERT_TRUE(opened.ok()) << opened.status();
    vault_ = *std::move(opened);
  }
  void Close() { vault_.reset(); }

  // A change that a test makes past the operations is recorded as one.
  absl::Status Do(const Work& work) {
    return vault_->committer().RunOne([&](WriteTx& tx) {
      const storage::StateSum before = tx.db().state_sum();
      const absl::Status status = work(tx);
      if (status.ok() && !tx.dry_run() && tx.events().empty() && tx.db().state_sum() != before) {
        audit::Event event;
        event.type = "test.change";
        tx.Record(std::move(event));
      }
      return status;
    });
  }

  // The holder at a device with a confirmed key, as a call would find them.
  Actor As(const Tx& tx, const std::string& name) const {
    Actor actor;
    actor.holder = storage::HolderStore(tx.db()).ByName(name).value().value();
    actor.key.state = KeyState::kConfirmed;
    actor.key.box_public = ToBytes(device_.public_key());
    actor.peer = "test";
    actor.request.method = "test";
    actor.request.reason = "because";
    return actor;
  }
  // A request with an id of its own.
  Request Ask() {
    return {.method = "test",
            .id = fmt::format("request-{}", ++requests_),
            .body = Bytes(3, 1),
            .reason = "because",
            .ticket = {}};
  }

  absl::Status AddAccount(WriteTx& tx, const std::string& name, const std::string& owner,
                          const Request& request) {
    return CreateAccount(tx, As(tx, "alice"), request, {.name = name, .platform = "x", .owner = owner})
        .status();
  }
  absl::Status AddAccount(WriteTx& tx, const std::string& name, const std::string& owner = "alice") {
    return AddAccount(tx, name, owner, Ask());
  }
  absl::StatusOr<SecretRow> Put(WriteTx& tx, const std::string& by, const std::string& account,
                                const std::string& value, const Request& request,
                                const std::string& secret = "password", const std::string& kind = "") {
    const crypto::BoxHeader header{.purpose = "put",
                                   .request_id = request.id,
                                   .account = account,
                                   .secret = secret,
                                   .recipient = tx.keys().vault_id_hex()};
    HF_ASSIGN_OR_RETURN(Bytes box, crypto::SealBox(header, tx.now() + kMinute, AsBytes(value),
                                                   tx.keys().box.public_key(), device_));
    return AddVersion(tx, As(tx, by), request,
                      {.account = account,
                       .secret = secret,
                       .kind = kind,
                       .value = {.box = std::move(box), .server_key = ToBytes(tx.keys().box.public_key())}});
  }

  static bool Has(const Tx& tx, const std::string& account) {
    return storage::AccountStore(tx.db()).ByName(account).value().has_value();
  }
  bool Has(const std::string& account) {
    bool has = false;
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  has = Has(tx, account);
                  return absl::OkStatus();
                }).ok());
    return has;
  }
  std::int64_t LogSize() const { return vault_->committer().log_size(); }

 private:
  std::string directory_;
  std::unique_ptr<Vault> vault_;
  const crypto::BoxKeyPair device_ = crypto::BoxKeyPair::Generate();
  std::atomic<int> requests_ = 0;
};

}  // namespace holdfast::custody
