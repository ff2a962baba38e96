#include "vault/audit/anchor.h"

#include <sys/stat.h>

#include <fstream>

#include "tests/audit/fixture.h"

namespace holdfast::audit {
namespace {

class AnchorTest : public AuditTest {
 protected:
  std::string path() const { return File("anchor"); }
  static std::string Note(std::int64_t size, const crypto::Signer& signer = TestSigner()) {
    evidence::Checkpoint checkpoint{.origin = kOrigin, .size = size, .root = {}};
    checkpoint.root.fill(static_cast<std::uint8_t>(size));
    return evidence::SignNote(evidence::FormatCheckpoint(checkpoint), kOrigin, signer);
  }
  // An anchor with these checkpoints written one after the other.
  void Make(std::initializer_list<std::int64_t> sizes) {
    auto anchor = Anchor::Create(path());
    ASSERT_TRUE(anchor.ok()) << anchor.status();
    for (const std::int64_t size : sizes) ASSERT_TRUE(anchor->Write(Note(size)).ok());
  }
  absl::StatusOr<evidence::Checkpoint> Latest() {
    HF_ASSIGN_OR_RETURN(Anchor anchor, Anchor::Open(path()));
    return anchor.Latest(VerifierOf(TestSigner()));
  }
  std::string Read() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void Write(const std::string& bytes) const {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << bytes;
  }
};

TEST_F(AnchorTest, GivesTheLargestCheckpointOfBothSlots) {
  Make({3});
  EXPECT_EQ(Latest()->size, 3);
  Anchor again = Anchor::Open(path()).value();
  ASSERT_TRUE(again.Latest(VerifierOf(TestSigner())).ok());
  for (const std::int64_t size : {5, 8, 13}) {
    ASSERT_TRUE(again.Write(Note(size)).ok());
    EXPECT_EQ(Latest()->size, size);
  }
  EXPECT_EQ(Read().size(), 2 * Anchor::kSlotSize);
}

// Whatever byte a crash stopped at, the slot before it is whole.
TEST_F(AnchorTest, SurvivesATornWriteOfEitherSlot) {
  Make({3, 5});
  const std::string before = Read();
  Anchor anchor = Anchor::Open(path()).value();
  ASSERT_TRUE(anchor.Latest(VerifierOf(TestSigner())).ok());
  ASSERT_TRUE(anchor.Write(Note(8)).ok());
  const std::string after = Read();
  ASSERT_EQ(after.substr(Anchor::kSlotSize), before.substr(Anchor::kSlotSize))
      << "the newest slot was touched";
  for (std::size_t torn = 0; torn <= Anchor::kSlotSize; torn += 64) {
    Write(after.substr(0, torn) + before.substr(torn));
    const auto latest = Latest();
    ASSERT_TRUE(latest.ok()) << torn << ": " << latest.status();
    EXPECT_TRUE(latest->size == 5 || latest->size == 8) << torn;
  }
}

// After a torn write the next one must not touch the slot that is still whole.
TEST_F(AnchorTest, WritesOverTheTornSlotFirst) {
  Make({3, 5});
  std::string bytes = Read();
  bytes.replace(0, 40, 40, '?');
  Write(bytes);
  Anchor anchor = Anchor::Open(path()).value();
  ASSERT_EQ(anchor.Latest(VerifierOf(TestSigner()))->size, 5);
  ASSERT_TRUE(anchor.Write(Note(8)).ok());
  EXPECT_EQ(Read().substr(Anchor::kSlotSize), bytes.substr(Anchor::kSlotSize));
  EXPECT_EQ(Latest()->size, 8);
}

TEST_F(AnchorTest, RefusesWhatAnotherVaultSigned) {
  Make({});
  ASSERT_TRUE(Anchor::Open(path())->Write(Note(5, TestSigner(2))).ok());
  EXPECT_EQ(ReasonOf(Latest().status()), "ANCHOR_DAMAGED");
}

TEST_F(AnchorTest, RefusesBlankTruncatedAndChangedFiles) {
  Make({});
  EXPECT_EQ(ReasonOf(Latest().status()), "ANCHOR_DAMAGED");
  ASSERT_TRUE(Anchor::Open(path())->Write(Note(5)).ok());
  const std::string good = Read();
  ASSERT_TRUE(Latest().ok());
  Write(good.substr(0, good.size() - 1));
  EXPECT_EQ(ReasonOf(Latest().status()), "ANCHOR_DAMAGED");
  std::string changed = good;
  changed[changed.find("\n5\n") + 1] = '6';
  Write(changed);
  EXPECT_EQ(ReasonOf(Latest().status()), "ANCHOR_DAMAGED");
}

TEST_F(AnchorTest, SaysThatItIsMissingAndNeverOverwrites) {
  EXPECT_EQ(ReasonOf(Latest().status()), "ANCHOR_MISSING");
  Make({5});
  EXPECT_EQ(ReasonOf(Anchor::Create(path()).status()), "ANCHOR_EXISTS");
  EXPECT_EQ(Latest()->size, 5);
  struct stat info {};
  ASSERT_EQ(stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace holdfast::audit
