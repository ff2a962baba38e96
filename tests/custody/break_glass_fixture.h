// What tests of broken glass share: an account, people around it, and short words for each step.
#pragma once

#include <string>

#include "tests/custody/fixture.h"
#include "vault/crypto/init.h"
#include "vault/custody/break_glass.h"
#include "vault/storage/key_store.h"

namespace holdfast::custody {

// Account "press" of alice's, who has a device, with a password; bob has nothing to do with it.
class BreakGlassTest : public CustodyTest {
 protected:
  BreakGlassTest() {
    EXPECT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                  HF_RETURN_IF_ERROR(AddAccount(tx, "press"));
                  return Put(tx, "alice", "press", "value-1", Ask()).status();
                }).ok());
    Enroll("alice");
  }

  absl::Status RequestBy(const std::string& holder, const Request& request) {
    return Do([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const GlassBroken broken,
                          RequestBreakGlass(tx, As(tx, holder), request, "press", "password"));
      last_ = broken.view;
      new_ = broken.is_new;
      return absl::OkStatus();
    });
  }
  absl::Status RequestBy(const std::string& holder) { return RequestBy(holder, Ask()); }
  // As if the wait were over.
  void MakeReady() {
    EXPECT_TRUE(
        Do([](WriteTx& tx) { return tx.db().Exec("UPDATE break_glass SET ready_at_elapsed = 0"); }).ok());
  }
  absl::Status RevealBy(const std::string& holder, std::int64_t id, const Request& request) {
    return Do([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const Revealed shown, RevealBreakGlass(tx, As(tx, holder), request, id));
      value_ = AsChars(shown.release.value.ExposeSecret());
      valid_for_ = shown.release.valid_for;
      show_for_ = shown.show_for.value_or(0);
      return absl::OkStatus();
    });
  }
  absl::Status RevealBy(const std::string& holder, std::int64_t id) { return RevealBy(holder, id, Ask()); }
  absl::Status PutBy(const std::string& holder, const std::string& value) {
    return Do([&](WriteTx& tx) { return Put(tx, holder, "press", value, Ask()).status(); });
  }
  absl::Status AttestBy(const std::string& holder, std::int64_t version) {
    return Do([&](WriteTx& tx) {
      return Attest(tx, As(tx, holder), Ask(),
                    {.account = "press", .secret = "password", .version = version, .evidence = "changed"})
          .status();
    });
  }
  absl::Status ReviewBy(const std::string& holder, std::int64_t id) {
    return Do([&](WriteTx& tx) { return ReviewBreakGlass(tx, As(tx, holder), Ask(), id).status(); });
  }
  void AddHolder(const std::string& name, Role role, const std::string& person = "") {
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  return CreateHolder(
                             tx, As(tx, "alice"), Ask(),
                             {.name = name, .person = person, .roles = static_cast<std::int64_t>(role)})
                      .status();
                }).ok());
  }

  // A confirmed key for the holder, as of a device.
  void Enroll(const std::string& name) {
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  storage::DeviceKey key{.holder_id = As(tx, name).holder.id,
                                         .cert_sha256 = ToBytes(crypto::Sha256(AsBytes(name))),
                                         .box_public = Bytes(32, 1),
                                         .state = KeyState::kConfirmed,
                                         .created_at = tx.now(),
                                         .not_after = tx.now() + 90 * kDay,
                                         .confirmed_at = tx.now()};
                  return storage::KeyStore(tx.db()).Insert(key);
                }).ok());
  }
  // Past what keeps an office from suspending its last officer.
  void SetStatusOf(const std::string& name, HolderStatus status) {
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  storage::Holder holder = As(tx, name).holder;
                  return SetStatus(tx, holder, status);
                }).ok());
  }

  BreakGlassView last_;
  bool new_ = false;
  std::string value_;
  Micros valid_for_ = 0;
  Micros show_for_ = 0;
};

}  // namespace holdfast::custody
