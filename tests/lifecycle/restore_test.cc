// A restored vault goes on under a key of its own, says what it lost, and lets no value out before its officers looked.
#include "vault/lifecycle/restore.h"

#include "tests/lifecycle/fixture.h"
#include "vault/audit/anchor.h"
#include "vault/custody/place.h"
#include "vault/custody/recovery.h"
#include "vault/custody/strings.h"
#include "vault/evidence/restore.h"
#include "vault/pki/key.h"
#include "vault/storage/recovery_store.h"
#include "vault/storage/setting_store.h"

namespace holdfast::lifecycle {
namespace {

namespace fs = std::filesystem;
using custody::ReadTx;
using custody::WriteTx;

class RestoreTest : public LifecycleTest {
 protected:
  absl::StatusOr<Restored> Restore(const std::string& from = "backup", const std::string& last_checkpoint = "") {
    return RestoreVault({.from = File(from),
                         .data_dir = File("restored"),
                         .key_file = {},
                         .anchor = {},
                         .last_checkpoint = last_checkpoint.empty() ? "" : File(last_checkpoint)});
  }
  void BackUp() {
    const auto made = Backup();
    ASSERT_TRUE(made.ok()) << made.status();
  }
  // The restored vault, open; the old one is closed.
  std::unique_ptr<custody::Vault> OpenRestored() {
    Close();
    auto opened = custody::Vault::Open(File("restored"));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  // Backs up, restores the backup and opens what came of it: restored_, vault_.
  void Drill() {
    ASSERT_NO_FATAL_FAILURE(BackUp());
    auto restored = Restore();
    ASSERT_TRUE(restored.ok()) << restored.status();
    restored_ = *std::move(restored);
    vault_ = OpenRestored();
    ASSERT_NE(vault_, nullptr);
  }
  template <typename Look>
  static void In(custody::Vault& vault, Look look) {
    EXPECT_TRUE(vault.committer()
                    .RunOne([&](WriteTx& tx) {
                      look(tx);
                      return absl::OkStatus();
                    })
                    .ok());
  }
  static std::vector<std::string> Leaves(custody::Vault& vault) {
    std::vector<std::string> leaves;
    In(vault, [&](WriteTx& tx) {
      const auto rows = storage::EventStore(tx.db()).From(0, 1000);
      for (const auto& row : rows.value()) leaves.emplace_back(AsChars(row.leaf));
    });
    return leaves;
  }
  // The signed note of the vault that is open.
  std::string Note() {
    EXPECT_TRUE(vault().committer().AnchorNow().ok());
    return vault().committer().signed_checkpoint();
  }
  std::string Reveal() {
    const absl::Status status = vault_->committer().RunOne([&](WriteTx& tx) {
      return custody::Reveal(tx, As(tx, "alice"), Ask(), {.account = "x-acme", .secret = "password"}).status();
    });
    return status.ok() ? "ok" : DetailsOf(status)["rule"];
  }
  absl::Status Confirm(const std::string& name) {
    return vault_->committer().RunOne(
        [&](WriteTx& tx) { return custody::ConfirmRestore(tx, As(tx, name), Ask()); });
  }

  Restored restored_;
  std::unique_ptr<custody::Vault> vault_;
};

TEST_F(RestoreTest, TheLogGoesOnBehindWhatWasBackedUpUnderAnotherOrigin) {
  const std::vector<std::string> before = Leaves(vault());
  const std::string verifier = vault().keys().checkpoint_verifier.ToString();
  ASSERT_NO_FATAL_FAILURE(Drill());
  EXPECT_EQ(restored_.entries, static_cast<std::int64_t>(before.size()));
  EXPECT_EQ(restored_.last_known, restored_.entries);  // the backup's own checkpoint
  EXPECT_EQ(vault_->keys().checkpoint_verifier.ToString(), restored_.verifier);
  EXPECT_NE(restored_.verifier, verifier);
  EXPECT_NE(vault_->keys().checkpoint_verifier.name, evidence::NoteVerifier::Parse(verifier)->name);
  std::vector<std::string> after = Leaves(*vault_);
  ASSERT_EQ(after.size(), before.size() + 1);
  EXPECT_NE(after.back().find(R"("type":"vault.restore")"), std::string::npos);
  after.pop_back();
  EXPECT_EQ(after, before);
}

TEST_F(RestoreTest, TheStatementIsSignedByTheOldKeyWhichIsGone) {
  const evidence::NoteVerifier old = vault().keys().checkpoint_verifier;
  ASSERT_NO_FATAL_FAILURE(Drill());
  In(*vault_, [&](WriteTx& tx) {
    const auto restores = storage::RecoveryStore(tx.db()).Restores();
    EXPECT_EQ(restores->size(), 1u);
    EXPECT_TRUE(evidence::OpenRestore(restores->front().statement, old).ok());
    EXPECT_EQ(ReasonOf(storage::SettingStore(tx.db()).GetWrappedKey("checkpoint-signing", 1).status()), "KEY_MISSING");
  });
}

TEST_F(RestoreTest, WhatIsLostIsCountedByACheckpointThatSomebodyKept) {
  ASSERT_NO_FATAL_FAILURE(BackUp());
  AddEntry();
  AddEntry();
  Write(File("kept"), Note());
  const auto restored = Restore("backup", "kept");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->last_known, restored->entries + 2);
}

TEST_F(RestoreTest, ACheckpointOfAnotherVaultOrOfAnotherLogIsRefused) {
  Close();
  fs::copy(data_dir(), File("fork"), fs::copy_options::recursive);
  Open();
  ASSERT_NO_FATAL_FAILURE(BackUp());
  Write(File("forged"), "holdfast/aa\n3\nAAAA\n\n");
  EXPECT_EQ(FieldOf(Restore("backup", "forged").status()), "last-checkpoint");
  EXPECT_EQ(FieldOf(Restore("backup", "none").status()), "last-checkpoint");
  // A copy that went on by itself, by one entry: same key, another log.
  std::string forked;
  {
    const auto fork = custody::Vault::Open(File("fork"), {.adopt = true});
    ASSERT_TRUE(fork.ok()) << fork.status();
    forked = (*fork)->committer().signed_checkpoint();
  }
  AddEntry();
  AddEntry();
  ASSERT_TRUE(Backup("later").ok());
  Write(File("forked"), forked);
  EXPECT_EQ(ReasonOf(Restore("later", "forked").status()), "OTHER_LOG");
  EXPECT_FALSE(fs::exists(File("restored")));
}

TEST_F(RestoreTest, ALostAnchorIsRestoredFromTheDirectoryWhichStaysAsItIs) {
  Close();
  fs::remove(custody::AnchorPath(data_dir()));
  EXPECT_EQ(ReasonOf(custody::Vault::Open(data_dir()).status()), "ANCHOR_MISSING");
  const std::string before = Read(custody::DatabasePath(data_dir()));
  const auto restored = Restore("data");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_FALSE(restored->last_known.has_value());  // nobody knows
  EXPECT_EQ(Read(custody::DatabasePath(data_dir())), before);
  EXPECT_NE(OpenRestored(), nullptr);
}

TEST_F(RestoreTest, AnOlderDatabaseIsRestoredAndItsAnchorSaysWhatIsLost) {
  Close();
  const std::string older = Read(custody::DatabasePath(data_dir()));
  Open();
  AddEntry();
  AddEntry();
  AddEntry();
  Close();
  Write(custody::DatabasePath(data_dir()), older);
  EXPECT_EQ(ReasonOf(custody::Vault::Open(data_dir()).status()), "LOG_ROLLED_BACK");
  const auto restored = Restore("data");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->last_known, restored->entries + 3);
}

TEST_F(RestoreTest, ADirectoryInUseIsNotRestoredFrom) {
  EXPECT_EQ(ReasonOf(Restore("data").status()), "VAULT_IN_USE");
  EXPECT_FALSE(fs::exists(File("restored")));
}

TEST_F(RestoreTest, WhatWasOpenIsVoid) {
  const custody::Request once = Ask();
  Bytes key_sha256;
  ASSERT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                HF_RETURN_IF_ERROR(AddAccount(tx, "repeated", "alice", once));
                HF_ASSIGN_OR_RETURN(const auto bob, storage::HolderStore(tx.db()).ByName("bob"));
                HF_ASSIGN_OR_RETURN(const custody::NewString made, custody::MakeString(tx, *bob, std::nullopt));
                HF_ASSIGN_OR_RETURN(key_sha256, pki::PublicKeySha256(made.key));
                return absl::OkStatus();
              }).ok());
  ASSERT_NO_FATAL_FAILURE(Drill());
  In(*vault_, [&](WriteTx& tx) {
    const auto string = storage::KeyStore(tx.db()).EnrollmentByKey(key_sha256);
    EXPECT_TRUE(string->value().void_at.has_value());
    const auto repeat = custody::FindRepeat(tx, As(tx, "alice"), once);
    EXPECT_TRUE(repeat.ok() && !repeat->has_value());
  });
}

TEST_F(RestoreTest, NoValueLeavesItBeforeTwoOfSeveralOfficersConfirm) {
  AddOfficer("alice");
  AddOfficer("omar");
  AddOfficer("olga");
  ASSERT_NO_FATAL_FAILURE(Drill());
  EXPECT_EQ(restored_.needed, 2);
  EXPECT_EQ(Reveal(), "floor.restore-unconfirmed");
  EXPECT_TRUE(DetailsOf(Confirm("bob"))["rule"] == "floor.restore-by-security");
  EXPECT_TRUE(Confirm("omar").ok());
  EXPECT_EQ(Reveal(), "floor.restore-unconfirmed");
  const absl::Status again = Confirm("omar");
  EXPECT_EQ(ReasonOf(again), "CONFIRMED_ALREADY");
  EXPECT_NE(MessageOf(again).find("alice or olga"), std::string_view::npos) << again;
  EXPECT_TRUE(Confirm("olga").ok());
  EXPECT_EQ(Reveal(), "ok");
  EXPECT_EQ(ReasonOf(Confirm("alice")), "NOTHING_TO_CONFIRM");
}

TEST_F(RestoreTest, ALoneOfficerConfirmsAlone) {
  AddOfficer("alice");
  ASSERT_NO_FATAL_FAILURE(Drill());
  EXPECT_EQ(restored_.needed, 1);
  EXPECT_TRUE(Confirm("alice").ok());
  EXPECT_EQ(Reveal(), "ok");
}

TEST_F(RestoreTest, ARestoredVaultCanBeBackedUpAndRestoredAgain) {
  const evidence::NoteVerifier first = vault().keys().checkpoint_verifier;
  ASSERT_NO_FATAL_FAILURE(Drill());
  vault_.reset();
  const auto again = MakeBackup({.data_dir = File("restored"), .key_file = {}, .to = File("again")});
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_TRUE(Verify("again").ok()) << Verify("again").status();
  const auto restored = RestoreVault({.from = File("again"), .data_dir = File("third")});
  ASSERT_TRUE(restored.ok()) << restored.status();
  const auto third = custody::Vault::Open(File("third"));
  ASSERT_TRUE(third.ok()) << third.status();
  In(**third, [&](WriteTx& tx) {
    const auto restores = storage::RecoveryStore(tx.db()).Restores();
    std::vector<std::string> statements;
    for (const auto& restore : restores.value()) statements.push_back(restore.statement);
    const auto chain = evidence::FollowRestores(statements, first);
    EXPECT_TRUE(chain.ok() && chain->size() == 2);
  });
}

TEST_F(RestoreTest, OneBackupRestoredTwiceGivesTwoOrigins) {
  ASSERT_NO_FATAL_FAILURE(BackUp());
  const auto one = RestoreVault({.from = File("backup"), .data_dir = File("one")});
  const auto two = RestoreVault({.from = File("backup"), .data_dir = File("two")});
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(evidence::NoteVerifier::Parse(one->verifier)->name, evidence::NoteVerifier::Parse(two->verifier)->name);
}

TEST_F(RestoreTest, OverwritesNothingAndLeavesNothingHalfMade) {
  ASSERT_NO_FATAL_FAILURE(BackUp());
  fs::create_directory(File("restored"));
  fs::permissions(File("restored"), fs::perms::owner_all);
  Write(File("restored/something"), "of somebody");
  EXPECT_EQ(ReasonOf(Restore().status()), "VAULT_EXISTS");
  fs::remove_all(File("restored"));
  EXPECT_EQ(FieldOf(Restore("nothing").status()), "from");
  std::string bad = Read(File("backup"));
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
  Write(File("backup"), bad);
  EXPECT_FALSE(Restore().ok());
  EXPECT_FALSE(fs::exists(File("restored")));
}

}  // namespace
}  // namespace holdfast::lifecycle
