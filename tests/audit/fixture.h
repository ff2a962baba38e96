// What the tests of the log share: a directory of their own with a new database, keys, and events to append.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "vault/audit/log.h"
#include "vault/crypto/init.h"
#include "vault/crypto/mac.h"
#include "vault/storage/holder_store.h"

namespace holdfast::audit {

inline constexpr char kOrigin[] = "holdfast/test";

inline crypto::Signer TestSigner(std::uint8_t fill = 1) {
  return crypto::Signer::FromSeed(SecretBytes::CopyOf(Bytes(32, fill))).value();
}
inline evidence::NoteVerifier VerifierOf(const crypto::Signer& signer) {
  return evidence::NoteVerifier::Of(kOrigin, signer.public_key());
}

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    EXPECT_TRUE(crypto::Init().ok());
    std::string pattern = (std::filesystem::temp_directory_path() / "hf-audit-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    db_ = storage::Connection::OpenWriter(File("vault.db"), database_key_, storage::Create::kMustNotExist,
                                          RowHash())
              .value();
  }
  ~AuditTest() override {
    db_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string File(const std::string& name) const { return directory_ + "/" + name; }
  storage::Connection& db() { return *db_; }
  storage::RowHash RowHash() const {
    return [this](ByteView row) { return crypto::Mac(state_key_, {row}); };
  }

  absl::StatusOr<Log> Load() { return Log::Load(db(), state_key_); }
  static Event SomeEvent(const std::string& reason = "") {
    Event event{.type = "account.read", .rule = "metadata.by-role", .texts = {}};
    if (!reason.empty()) event.texts["reason"] = reason;
    return event;
  }
  // Appends durably, as a batch does.
  void Append(Log& log, int count, Micros first_time = 1'000) {
    Tip tip = log.tip();
    ASSERT_TRUE(db().Begin().ok());
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(log.Append(db(), tip, first_time + i, /*uptime=*/0, Bytes(16, 7), crypto::Digest{},
                             SomeEvent("because"))
                      .ok());
    ASSERT_TRUE(db().Commit().ok());
    log.Advance(tip);
  }
  evidence::Checkpoint CheckpointOf(const Log& log) const {
    return {.origin = kOrigin, .size = log.tip().edge.size(), .root = log.tip().edge.Root()};
  }

  const SecretBytes state_key_ = SecretBytes::CopyOf(Bytes(32, 9));

 private:
  const SecretBytes database_key_ = SecretBytes::CopyOf(Bytes(32, 7));
  std::string directory_;
  std::unique_ptr<storage::Connection> db_;
};

}  // namespace holdfast::audit
