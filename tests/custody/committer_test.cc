#include "vault/custody/committer.h"

#include "tests/custody/fixture.h"

namespace holdfast::custody {
namespace {

class CommitterTest : public CustodyTest {
 protected:
  std::vector<absl::Status> Run(const std::vector<Work>& batch) {
    std::vector<const Work*> commands;
    for (const Work& work : batch) commands.push_back(&work);
    auto results = vault().committer().Run(commands);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? *results : std::vector<absl::Status>();
  }
  storage::EventRow LastEvent() {
    std::optional<storage::EventRow> row;
    EXPECT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                  HF_ASSIGN_OR_RETURN(row, storage::EventStore(tx.db()).At(LogSize() - 1));
                  return absl::OkStatus();
                }).ok());
    return row.value();
  }
};

TEST_F(CommitterTest, UndoesOnlyTheCommandOfABatchThatFails) {
  const std::int64_t before = LogSize();
  const auto results = Run({
      [&](WriteTx& tx) { return AddAccount(tx, "first"); },
      [&](WriteTx& tx) {
        EXPECT_TRUE(AddAccount(tx, "second").ok());
        EXPECT_TRUE(Has(tx, "first"));
        EXPECT_TRUE(Has(tx, "second"));
        return MakeError(absl::StatusCode::kFailedPrecondition, "TOO_BAD", "it went wrong at the end");
      },
      [&](WriteTx& tx) {
        EXPECT_FALSE(Has(tx, "second"));
        return AddAccount(tx, "third");
      },
  });
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(ReasonOf(results[1]), "TOO_BAD");
  EXPECT_TRUE(results[2].ok());
  EXPECT_TRUE(Has("first"));
  EXPECT_FALSE(Has("second"));
  EXPECT_TRUE(Has("third"));
  EXPECT_EQ(LogSize(), before + 2);
  Close();
  Open();  // the digest and the tree agree with what stayed
}

TEST_F(CommitterTest, RecordsARefusalInPlaceOfWhatItUndid) {
  const std::int64_t before = LogSize();
  const absl::Status denied = Do([&](WriteTx& tx) -> absl::Status {
    HF_RETURN_IF_ERROR(AddAccount(tx, "sneaky"));
    return CreateAccount(tx, As(tx, "bob"), Ask(), {.name = "other", .platform = "x", .owner = "carol"})
        .status();
  });
  EXPECT_EQ(ReasonOf(denied), "DENIED");
  EXPECT_FALSE(Has("sneaky"));
  EXPECT_EQ(LogSize(), before + 1);
  const storage::EventRow event = LastEvent();
  EXPECT_EQ(event.type, "account.create");
  EXPECT_EQ(event.outcome, storage::EventOutcome::kDenied);
  EXPECT_EQ(event.rule, "default.deny");
  Close();
  Open();
}

TEST_F(CommitterTest, UndoesAChangeThatWasNotRecorded) {
  const Work unrecorded = [](WriteTx& tx) { return tx.db().Exec("UPDATE holder SET roles = 1 WHERE name = 'bob'"); };
  EXPECT_EQ(ReasonOf(vault().committer().RunOne(unrecorded)), "UNRECORDED");
  EXPECT_TRUE(Do([&](WriteTx& tx) {
                EXPECT_EQ(As(tx, "bob").holder.roles, static_cast<std::int64_t>(Role::kMember));
                return absl::OkStatus();
              }).ok());
  Close();
  Open();
}

TEST_F(CommitterTest, LeavesNothingOfADryRun) {
  const std::int64_t before = LogSize();
  const std::string checkpoint = vault().committer().signed_checkpoint();
  EXPECT_TRUE(Do([&](WriteTx& tx) {
                tx.set_dry_run(true);
                return AddAccount(tx, "maybe");
              }).ok());
  EXPECT_FALSE(Has("maybe"));
  EXPECT_EQ(LogSize(), before);
  EXPECT_EQ(vault().committer().signed_checkpoint(), checkpoint);
}

TEST_F(CommitterTest, GivesARepeatTheFirstAnswerWithoutASecondEffect) {
  const Request request = Ask();
  const auto create = [&](WriteTx& tx) { return AddAccount(tx, "once", "bob", request); };
  EXPECT_TRUE(Do(create).ok());
  const std::int64_t after = LogSize();
  EXPECT_TRUE(Do(create).ok());
  EXPECT_EQ(LogSize(), after);
}

TEST_F(CommitterTest, RefusesARequestIdThatWasUsedForSomethingElse) {
  const Request request = Ask();
  EXPECT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "once", "bob", request); }).ok());
  Request other = request;
  other.body = Bytes(3, 2);
  const std::int64_t after = LogSize();
  EXPECT_EQ(ReasonOf(Do([&](WriteTx& tx) { return AddAccount(tx, "twice", "bob", other); })),
            "REQUEST_ID_REUSED");
  EXPECT_FALSE(Has("twice"));
  EXPECT_EQ(LogSize(), after);
  // Another holder's ids are their own.
  EXPECT_TRUE(Do([&](WriteTx& tx) {
                return CreateAccount(tx, As(tx, "bob"), other,
                                     {.name = "mine", .platform = "x", .owner = "bob"})
                    .status();
              }).ok());
}

// The sealed bytes differ each time; what they hold must not.
TEST_F(CommitterTest, TellsRepeatedValuesByWhatTheyHold) {
  ASSERT_TRUE(Do([&](WriteTx& tx) { return AddAccount(tx, "x-acme", "bob"); }).ok());
  const Request request = Ask();
  std::int64_t version = 0;
  const auto put = [&](const std::string& value) {
    return Do([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const SecretRow row, Put(tx, "bob", "x-acme", value, request));
      version = row.version.version;
      return absl::OkStatus();
    });
  };
  ASSERT_TRUE(put("correct horse").ok());
  ASSERT_TRUE(put("correct horse").ok());
  EXPECT_EQ(version, 1);
  EXPECT_EQ(ReasonOf(put("another horse")), "REQUEST_ID_REUSED");
}

TEST_F(CommitterTest, CountsARepeatedRevealAsOneExposure) {
  ASSERT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                HF_RETURN_IF_ERROR(AddAccount(tx, "x-acme", "bob"));
                return Put(tx, "bob", "x-acme", "correct horse", Ask()).status();
              }).ok());
  const Request request = Ask();
  const auto reveal = [&](WriteTx& tx) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const Revealed revealed,
                        Reveal(tx, As(tx, "bob"), request, {.account = "x-acme", .secret = "password"}));
    EXPECT_EQ(AsChars(revealed.release.value.ExposeSecret()), "correct horse");
    return absl::OkStatus();
  };
  ASSERT_TRUE(Do(reveal).ok());
  const std::int64_t after = LogSize();
  // A newer version must not slip into the answer to the same request.
  ASSERT_TRUE(Do([&](WriteTx& tx) { return Put(tx, "bob", "x-acme", "newer horse", Ask()).status(); }).ok());
  ASSERT_TRUE(Do(reveal).ok());
  EXPECT_EQ(LogSize(), after + 1);
  ASSERT_TRUE(Do([&](WriteTx& tx) {
                auto shown = tx.db().Query("SELECT sum(times) FROM exposure WHERE how = ?1",
                                           static_cast<int>(ExposureHow::kShown));
                EXPECT_TRUE(shown.Step());
                EXPECT_EQ(shown.Int(0), 1);
                return absl::OkStatus();
              }).ok());
}

// A repeat is decided anew: who may no longer see a value does not see it by asking again.
TEST_F(CommitterTest, DecidesRepeatsAgain) {
  ASSERT_TRUE(Do([&](WriteTx& tx) -> absl::Status {
                HF_RETURN_IF_ERROR(AddAccount(tx, "x-acme", "bob"));
                HF_RETURN_IF_ERROR(
                    CreateGrant(tx, As(tx, "bob"), Ask(), {.account = "x-acme", .holder = "carol"}).status());
                return Put(tx, "bob", "x-acme", "correct horse", Ask()).status();
              }).ok());
  const Request request = Ask();
  const auto reveal = [&](WriteTx& tx) {
    return Reveal(tx, As(tx, "carol"), request, {.account = "x-acme", .secret = "password"}).status();
  };
  ASSERT_TRUE(Do(reveal).ok());
  ASSERT_TRUE(Do([&](WriteTx& tx) {
                return RevokeGrant(tx, As(tx, "bob"), Ask(), "x-acme", "carol").status();
              }).ok());
  EXPECT_EQ(ReasonOf(Do(reveal)), "DENIED");
}

TEST_F(CommitterTest, SaysThatTheDiskIsFullAndChangesNothing) {
  ASSERT_TRUE(
      Do([](WriteTx& tx) { return tx.db().Exec("PRAGMA max_page_count = 1"); }).ok());  // no page more
  const std::int64_t before = LogSize();
  const Work small = [&](WriteTx& tx) { return AddAccount(tx, "small"); };
  const Work large = [&](WriteTx& tx) -> absl::Status {
    // Into a table without triggers: there the library rolls back the whole transaction, not the statement alone.
    for (int i = 0; i < 300; ++i) {
      HF_RETURN_IF_ERROR(
          tx.db().Exec("INSERT INTO tree_hash (id, hash) VALUES (?1, zeroblob(3000))", 1'000'000 + i));
    }
    return absl::OkStatus();
  };
  for (const absl::Status& result : Run({small, large, small})) {
    EXPECT_EQ(ReasonOf(result), "DISK_FULL");
    EXPECT_TRUE(absl::IsResourceExhausted(result));
  }
  EXPECT_EQ(LogSize(), before);
  EXPECT_FALSE(Has("small"));
  ASSERT_TRUE(Do([](WriteTx& tx) { return tx.db().Exec("PRAGMA max_page_count = 1000000"); }).ok());
  EXPECT_TRUE(Do(small).ok());
  EXPECT_EQ(LogSize(), before + 1);
  Close();
  Open();
}

}  // namespace
}  // namespace holdfast::custody
