// A vault with something in it, and what tests of backups do with files.
#pragma once

#include <fstream>
#include <set>
#include <string>

#include "tests/custody/fixture.h"
#include "vault/custody/paths.h"
#include "vault/lifecycle/backup.h"
#include "vault/lifecycle/record.h"
#include "vault/storage/key_store.h"

namespace holdfast::lifecycle {

class LifecycleTest : public custody::CustodyTest {
 protected:
  LifecycleTest() {
    EXPECT_TRUE(Do([&](custody::WriteTx& tx) -> absl::Status {
                  HF_RETURN_IF_ERROR(AddAccount(tx, "x-acme"));
                  return Put(tx, "alice", "x-acme", "a fixture value", Ask()).status();
                }).ok());
  }

  std::string File(const std::string& name) const { return directory() + "/" + name; }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) names.insert(entry.path().filename());
    return names;
  }

  absl::StatusOr<Contents> Backup(const std::string& name = "backup") const {
    return MakeBackup({.data_dir = data_dir(), .key_file = {}, .to = File(name)});
  }
  absl::StatusOr<Contents> Verify(const std::string& name = "backup") const { return VerifyBackup(File(name), ""); }

  // A holder of security with a confirmed device.
  void AddOfficer(const std::string& name) {
    ASSERT_TRUE(Do([&](custody::WriteTx& tx) -> absl::Status {
                  storage::HolderStore holders(tx.db());
                  HF_ASSIGN_OR_RETURN(const auto known, holders.ByName(name));
                  if (!known.has_value())
                    HF_RETURN_IF_ERROR(custody::CreateHolder(tx, As(tx, "alice"), Ask(),
                                                             {.name = name,
                                                              .roles = static_cast<std::int64_t>(Role::kSecurity)})
                                           .status());
                  HF_ASSIGN_OR_RETURN(const auto holder, custody::FindHolder(tx, name));
                  storage::DeviceKey key{.holder_id = holder.id,
                                         .cert_sha256 = crypto::RandomBytes(32),
                                         .box_public = crypto::RandomBytes(32),
                                         .state = KeyState::kConfirmed,
                                         .created_at = tx.now(),
                                         .not_after = tx.now() + kDay,
                                         .confirmed_at = tx.now()};
                  return storage::KeyStore(tx.db()).Insert(key);
                }).ok());
  }
  // One more entry in the log.
  void AddEntry() {
    ASSERT_TRUE(Do([&](custody::WriteTx& tx) { return AddAccount(tx, "more-" + std::to_string(++added_)); }).ok());
  }

 private:
  int added_ = 0;
};

}  // namespace holdfast::lifecycle
