#include "client/witness.h"

#include <fstream>

#include "client/errors.h"
#include "gtest/gtest.h"
#include "tests/client/fake_log.h"
#include "tests/client/temp_home.h"

namespace holdfast::client {
namespace {

Witness Loaded(const TempHome& home, const FakeLog& log) {
  auto witness = Witness::Load(home.path(), log.VerifierKey());
  EXPECT_TRUE(witness.ok()) << witness.status();
  return std::move(witness).value();
}

void ExpectRefused(const absl::Status& status, const std::string& words) {
  EXPECT_EQ(ReasonOf(status), "VERIFICATION_FAILED");
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kVerification);
  EXPECT_NE(status.message().find(words), absl::string_view::npos) << status;
}

std::string Stored(const TempHome& home) {
  std::ifstream file(home.File("checkpoint"));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(Witness, TakesTheFirstCheckpointOnItsSignature) {
  TempHome home;
  FakeLog log;
  log.Grow(3);
  Witness witness = Loaded(home, log);
  EXPECT_EQ(witness.known_size(), 0);
  ASSERT_TRUE(witness.Advance(log.Note(), {}).ok());
  EXPECT_EQ(witness.known_size(), 3);
  EXPECT_EQ(Loaded(home, log).known_size(), 3);
}

TEST(Witness, FollowsAGrowingLogByItsProofs) {
  TempHome home;
  FakeLog log;
  log.Grow(1);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  for (std::int64_t size = 1; size < 20; ++size) {
    log.Grow(1);
    Witness witness = Loaded(home, log);
    ASSERT_EQ(witness.known_size(), size);
    ASSERT_TRUE(witness.Advance(log.Note(), log.ProofFrom(size)).ok()) << size;
  }
  EXPECT_EQ(Stored(home), log.Note());
}

TEST(Witness, AcceptsTheSameCheckpointAgain) {
  TempHome home;
  FakeLog log;
  log.Grow(4);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  EXPECT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
}

TEST(Witness, RefusesARolledBackLogAndKeepsWhatItKnows) {
  TempHome home;
  FakeLog log;
  log.Grow(5);
  const std::string old = log.Note();
  log.Grow(2);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  ExpectRefused(Loaded(home, log).Advance(old, {}), "rolled back");
  EXPECT_EQ(Stored(home), log.Note());
}

TEST(Witness, RefusesAnotherLogOfTheSameSize) {
  TempHome home;
  FakeLog log;
  log.Grow(5);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  evidence::Checkpoint forged = log.Head();
  forged.root[0] ^= 1;
  const auto signer = crypto::Signer::FromSeed(SecretBytes::CopyOf(Bytes(32, 1)));
  const std::string note = evidence::SignNote(evidence::FormatCheckpoint(forged), forged.origin, *signer);
  ExpectRefused(Loaded(home, log).Advance(note, {}), "entries were changed");
}

TEST(Witness, RefusesALongerLogThatDoesNotContainWhatWasSeen) {
  TempHome home;
  FakeLog log;
  log.Grow(5);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  log.Grow(3);
  auto proof = log.ProofFrom(5);
  ASSERT_FALSE(proof.empty());
  proof[0][0] ^= 1;
  ExpectRefused(Loaded(home, log).Advance(log.Note(), proof), "does not contain");
  ExpectRefused(Loaded(home, log).Advance(log.Note(), {}), "does not contain");
}

TEST(Witness, RefusesACheckpointOfAnotherKey) {
  TempHome home;
  FakeLog log;
  FakeLog stranger(2);
  stranger.Grow(1);
  ExpectRefused(Loaded(home, log).Advance(stranger.Note(), {}), "not signed");
  EXPECT_EQ(Stored(home), "");
}

TEST(Witness, RefusesAMemoryThatWasTamperedWith) {
  TempHome home;
  FakeLog log;
  log.Grow(3);
  std::string note = log.Note();
  note[note.find("\n3\n") + 1] = '2';
  std::ofstream(home.File("checkpoint")) << note;
  ExpectRefused(Witness::Load(home.path(), log.VerifierKey()).status(), "does not verify");
}

TEST(Witness, NeverReplacesALargerCheckpointOfAnotherProcess) {
  TempHome home;
  FakeLog log;
  log.Grow(2);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  Witness slow = Loaded(home, log);
  log.Grow(1);
  const std::string third = log.Note();
  const auto proof = log.ProofFrom(2);
  log.Grow(1);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), log.ProofFrom(2)).ok());
  EXPECT_TRUE(slow.Advance(third, proof).ok());
  EXPECT_EQ(Stored(home), log.Note());
}

TEST(Witness, LeavesAnotherProcessesCheckpointWithoutAProofFromIt) {
  TempHome home;
  FakeLog log;
  log.Grow(2);
  ASSERT_TRUE(Loaded(home, log).Advance(log.Note(), {}).ok());
  Witness slow = Loaded(home, log);
  log.Grow(1);
  const std::string third = log.Note();
  ASSERT_TRUE(Loaded(home, log).Advance(third, log.ProofFrom(2)).ok());
  log.Grow(1);
  EXPECT_TRUE(slow.Advance(log.Note(), log.ProofFrom(2)).ok());
  EXPECT_EQ(Stored(home), third);
}

}  // namespace
}  // namespace holdfast::client
